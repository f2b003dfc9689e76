"""Work out what is true in a cell of the simulation study."""

from iatrogenesis.core.files import write_csv, write_parquet
from iatrogenesis.core.logs import logged
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.truth import truth


def main(cell: dict, surroundings: dict, replicates: int, clients: int, truth_path: str, rates_path: str) -> None:
    """Write the truth of every estimand, and of every therapist of every replicate."""
    cell, surroundings = Cell.model_validate(cell), Surroundings.model_validate(surroundings)
    found, rates = truth(cell, surroundings, replicates, clients)
    write_parquet(rates, rates_path)
    write_csv(found, truth_path)
    print(found.to_string(index=False), flush=True)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            cell=snakemake.params.cell,
            surroundings=snakemake.params.surroundings,
            replicates=snakemake.params.replicates,
            clients=snakemake.params.clients,
            truth_path=snakemake.output.truth,
            rates_path=snakemake.output.rates,
        )

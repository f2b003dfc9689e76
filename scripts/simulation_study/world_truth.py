"""Work out what is true of a cell's scenario and size in each plausible world."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.truth_of_worlds import of_worlds
from iatrogenesis.verification.records import recorded


def main(cell: dict, surroundings: dict, numbers_path: str, truth_path: str) -> None:
    """Write one row per world and estimand."""
    found = of_worlds(Cell.model_validate(cell), Surroundings.model_validate(surroundings).within(numbers_path))
    write_csv(found, truth_path)
    print(found.groupby("estimand")["truth"].describe().to_string(), flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            cell=snakemake.params.cell,
            surroundings=snakemake.params.surroundings,
            numbers_path=snakemake.input.numbers,
            truth_path=snakemake.output.truth,
        )

"""Work out what is true in a cell of the simulation study."""

from iatrogenesis.core.files import read_csv, write_csv, write_parquet
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings
from iatrogenesis.simulation_study.truth import truth
from iatrogenesis.verification.records import recorded


def main(
    cell: dict, surroundings: dict, worlds: dict[str, str], sizes: dict[str, int], truth_path: str, rates_path: str
) -> None:
    """Write the truth of every estimand, and of every therapist of every replicate.

    `worlds` are, in family B, the files of the plausible worlds and of what is true in them.
    """
    cell = Cell.model_validate(cell)
    surroundings = Surroundings.model_validate(surroundings).within(worlds.get("numbers"))
    of_worlds = read_csv(worlds["truth"]) if worlds else None
    found, rates = truth(cell, surroundings, sizes["replicates"], sizes["clients"], of_worlds)
    write_parquet(rates, rates_path)
    write_csv(found, truth_path)
    print(found.to_string(index=False), flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            cell=snakemake.params.cell,
            surroundings=snakemake.params.surroundings,
            worlds={name: path for name, path in snakemake.input.items() if name in ("numbers", "truth")},
            sizes=snakemake.params.sizes,
            truth_path=snakemake.output.truth,
            rates_path=snakemake.output.rates,
        )

"""Gather the grid of advice, and say how many therapists and clients are needed."""

import pandas as pd

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.simulation_study.needed import needed
from iatrogenesis.verification.records import recorded


def main(parts: list[str], rate: float, table_path: str, needed_path: str) -> None:
    """Write the grid, and what is needed."""
    grid = pd.concat([read_csv(part) for part in parts], ignore_index=True)
    found = needed(grid, rate)
    write_csv(grid, table_path)
    write_csv(found, needed_path)
    print(found.to_string(index=False), flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            parts=snakemake.input.parts,
            rate=snakemake.params.rate,
            table_path=snakemake.output.table,
            needed_path=snakemake.output.needed,
        )

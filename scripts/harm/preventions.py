"""All preventions in one table."""

import pandas as pd

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.core.logs import logged


def main(part_paths: list[str], table_path: str) -> None:
    """Stack the parts in the order of the study."""
    write_csv(pd.concat([read_csv(path) for path in part_paths], ignore_index=True), table_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(part_paths=list(snakemake.input.parts), table_path=snakemake.output.table)

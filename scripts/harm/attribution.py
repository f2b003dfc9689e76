"""What each mechanism causes, over all pairs of orders."""

from iatrogenesis.core.files import read_parquet, write_csv
from iatrogenesis.harm.attribution import combined
from iatrogenesis.verification.records import recorded


def main(part_paths: list[str], table_path: str) -> None:
    """Combine the pairs."""
    write_csv(combined([read_parquet(path) for path in part_paths]), table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(part_paths=list(snakemake.input.parts), table_path=snakemake.output.table)

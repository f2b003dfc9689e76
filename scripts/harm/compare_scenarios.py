"""Turn counts of twins into rates per 1,000 clients with Monte Carlo standard errors."""

from iatrogenesis.core.files import read_parquet, write_rows
from iatrogenesis.harm.twins import scenario_rows
from iatrogenesis.verification.records import recorded


def main(counts: dict[str, str], table_path: str) -> None:
    """Write one row per scenario and measure."""
    rows = [row for name, path in counts.items() for row in scenario_rows(name, read_parquet(path))]
    write_rows(rows, table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            counts=dict(zip(snakemake.params.scenarios, snakemake.input.counts, strict=True)),
            table_path=snakemake.output.table,
        )

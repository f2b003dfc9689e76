"""Judge every posterior by the convergence criteria and write one row each."""

from pathlib import Path

from iatrogenesis.core.files import write_csv
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.checks.diagnostics import diagnose, table
from iatrogenesis.inference.data.posterior import load
from iatrogenesis.verification.records import recorded


def main(posteriors: list[str], convergence: dict, table_path: str) -> None:
    """Write the table; a fit that fails the criteria is a row like any other."""
    rows = table(diagnose(load(Path(path)), Convergence.model_validate(convergence)) for path in posteriors)
    write_csv(rows, table_path)
    print(rows[["dataset", "model", "passed", "reasons"]].to_string(index=False))


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            posteriors=snakemake.input.posteriors,
            convergence=snakemake.params.convergence,
            table_path=snakemake.output.table,
        )

"""Pass every posterior through the gate and write one row each."""

from pathlib import Path

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.logs import logged
from iatrogenesis.inference.checks.convergence import Gate
from iatrogenesis.inference.checks.diagnostics import diagnose, table
from iatrogenesis.inference.data.posterior import load


def main(posteriors: list[str], gate: dict, table_path: str) -> None:
    """Write the table; a fit that fails the gate is a row like any other."""
    rows = table(diagnose(load(Path(path)), Gate.model_validate(gate)) for path in posteriors)
    write_csv(rows, table_path)
    print(rows[["dataset", "model", "passed", "reasons"]].to_string(index=False))


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(posteriors=snakemake.input.posteriors, gate=snakemake.params.gate, table_path=snakemake.output.table)

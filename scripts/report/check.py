"""Write every check with what was found; whether the run may be called finished is for its record to say."""

from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import read_csv, read_json, read_parquet, write_csv
from iatrogenesis.report import checks
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.setup import Setup


def main(paths: dict[str, str], figures: list[str], routine_care: str, fits: int, setup: dict, table_path: str) -> None:
    """Write the table, whatever is in it: of a job that fails Snakemake deletes what it wrote."""
    setup, clients = Setup.model_validate(setup), read_parquet(paths["clients"])
    t = {name: read_csv(path) for name, path in paths.items() if path.endswith(".csv")}
    sizes = {path: Path(path).stat().st_size for path in figures}
    numbers = read_json(paths["numbers"])
    rows = checks.client_checks(clients, setup.instruments, setup.judgement)
    rows += checks.therapist_checks(t["therapists"], clients, routine_care)
    rows += checks.harm_checks(t["scenarios"], t["attribution"], t["conclusions"], routine_care)
    rows += checks.table_checks(t["therapist_effects"], t["diagnostics"], fits)
    rows += checks.output_checks(numbers, sizes)
    rows += checks.findings(t["evidence"], t["therapist_effects"], t["diagnostics"], t["engines"])
    rows += checks.method_findings(t["method_agreement"])
    table = pd.DataFrame(rows)
    write_csv(table, table_path)
    print(table.to_string(index=False))


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths={name: str(path) for name, path in snakemake.input.items() if name not in ("code", "figures")},
            figures=list(snakemake.input.figures),
            routine_care=snakemake.params.routine_care,
            fits=snakemake.params.fits,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

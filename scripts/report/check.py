"""Write every check with what was found; stop if an invariant is broken."""

import json
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import read_csv, read_parquet, write_csv
from iatrogenesis.report import checks
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.setup import Setup


def main(paths: dict[str, str], figures: list[str], base: str, fits: int, setup: dict, table_path: str) -> None:
    """Write the table first, so that a broken check can be read."""
    setup, clients = Setup.model_validate(setup), read_parquet(paths["clients"])
    t = {name: read_csv(path) for name, path in paths.items() if path.endswith(".csv")}
    sizes = {path: Path(path).stat().st_size for path in figures}
    numbers = json.loads(Path(paths["numbers"]).read_text(encoding="utf-8"))
    rows = checks.client_checks(clients, setup.instruments, setup.judgement)
    rows += checks.therapist_checks(t["therapists"], clients, base)
    rows += checks.harm_checks(t["scenarios"], t["attribution"], t["conclusions"], base)
    rows += checks.table_checks(t["therapist_effects"], t["diagnostics"], fits)
    rows += checks.output_checks(numbers, sizes)
    rows += checks.findings(t["evidence"], t["therapist_effects"], t["diagnostics"], t["engines"])
    table = pd.DataFrame(rows)
    write_csv(table, table_path)
    print(table.to_string(index=False))
    broken = table[~table["passed"] & (table["kind"] == "invariant")]
    if len(broken):
        raise SystemExit(f"broken checks, see {table_path}: {'; '.join(broken['check'])}")


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths={name: str(path) for name, path in snakemake.input.items() if name not in ("code", "figures")},
            figures=list(snakemake.input.figures),
            base=snakemake.params.base,
            fits=snakemake.params.fits,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

"""Write every claim with what was found; stop if one is broken."""

import pandas as pd

from iatrogenesis.data.files import read_csv, read_parquet, write_csv
from iatrogenesis.data.logs import logged
from iatrogenesis.evaluate.checks import client_checks, table_checks
from iatrogenesis.simulate.setup import Setup


def main(paths: dict[str, str], base: str, setup: dict, table_path: str) -> None:
    """Write the table first, so that a broken claim can be read."""
    setup = Setup.model_validate(setup)
    t = {name: read_csv(path) for name, path in paths.items() if path.endswith(".csv")}
    rows = client_checks(read_parquet(paths["clients"]), setup.instruments, setup.judgement)
    rows += table_checks(t["scenarios"], t["therapists"], t["therapist_effects"], t["diagnostics"], base)
    table = pd.DataFrame(rows)
    write_csv(table, table_path)
    print(table.to_string(index=False))
    if not table["passed"].all():
        raise SystemExit(f"broken claims: {'; '.join(table.loc[~table['passed'], 'claim'])}")


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            paths={name: str(path) for name, path in snakemake.input.items() if name != "code"},
            base=snakemake.params.base,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

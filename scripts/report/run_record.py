"""Write the record of the run, and what each rule cost, if the results passed their checks."""

from pathlib import Path

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.core.resources import config_folder
from iatrogenesis.report.checks import require
from iatrogenesis.report.run_record import cost, run_record, source, write_record
from iatrogenesis.verification.records import recorded


def main(config: dict, scenarios: dict, commit: str, checks: str, record_path: str, cost_path: str) -> None:
    """Write run.yaml beside the report, and the table of costs beside the others."""
    require(read_csv(checks), checks)
    results = Path(record_path).parent
    table = cost(results)
    write_csv(table, cost_path)
    record = run_record(config, scenarios, source(config_folder().parent, commit), results, table)
    write_record(record, record_path)
    print(f"{table['core_seconds'].sum():.0f} core seconds in {table['jobs'].sum()} jobs", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            config=snakemake.params.config,
            scenarios=snakemake.params.scenarios,
            commit=snakemake.params.commit,
            checks=snakemake.input.checks,
            record_path=snakemake.output.record,
            cost_path=snakemake.output.cost,
        )

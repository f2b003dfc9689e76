"""Write the record of the run."""

from pathlib import Path

import yaml

from iatrogenesis.core.files import write_text
from iatrogenesis.core.logs import logged
from iatrogenesis.report.run_record import run_record


def main(config: dict, scenarios: dict, commit: str, record_path: str) -> None:
    """Write run.yaml beside the report."""
    record = run_record(config, scenarios, commit, Path(record_path).parent / "benchmarks")
    write_text(yaml.safe_dump(record, sort_keys=False, allow_unicode=True), record_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            config=snakemake.params.config,
            scenarios=snakemake.params.scenarios,
            commit=snakemake.params.commit,
            record_path=snakemake.output.record,
        )

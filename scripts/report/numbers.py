"""Collect every number of the report into one file."""

from iatrogenesis.core.files import read_csv, write_json
from iatrogenesis.report.numbers import every_number
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario


def main(tables: dict[str, str], routine_care: dict, everything: dict, config: dict, numbers_path: str) -> None:
    """Write numbers.json."""
    results = {name: read_csv(path) for name, path in tables.items()}
    found = every_number(results, Scenario.model_validate(routine_care), Scenario.model_validate(everything), config)
    write_json(found, numbers_path)
    print(f"{len(found)} numbers")


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            tables={name: str(path) for name, path in snakemake.input.items() if name != "code"},
            routine_care=snakemake.params.routine_care,
            everything=snakemake.params.everything,
            config=snakemake.params.config,
            numbers_path=snakemake.output.numbers,
        )

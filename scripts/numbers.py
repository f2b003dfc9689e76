"""Collect every number of the report into one file."""

from iatrogenesis.data.files import read_csv, write_json
from iatrogenesis.data.logs import logged
from iatrogenesis.report import numbers as collect
from iatrogenesis.scenarios import Scenario
from iatrogenesis.sources import records


def main(tables: dict[str, str], base: dict, seed: int, numbers_path: str) -> None:
    """Write numbers.json."""
    t, scenario = {name: read_csv(path) for name, path in tables.items()}, Scenario.model_validate(base)
    found = (
        collect.scenario_numbers(t["scenarios"])
        | collect.effect_numbers(t["therapist_effects"])
        | collect.count_numbers(t["evidence"], t["therapists"], t["diagnostics"], scenario.id)
        | collect.performance_numbers(t["performance"])
        | collect.parameter_numbers(records(scenario), seed)
    )
    write_json(found, numbers_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            tables={name: str(path) for name, path in snakemake.input.items() if name != "code"},
            base=snakemake.params.base,
            seed=snakemake.params.seed,
            numbers_path=snakemake.output.numbers,
        )

"""Collect every number of the report into one file."""

from iatrogenesis.data.files import read_csv, write_json
from iatrogenesis.data.logs import logged
from iatrogenesis.report import numbers as collect
from iatrogenesis.scenarios import Scenario
from iatrogenesis.sources import records

SIZES = ("simulate", "known_truth", "count_twins", "evidence", "true_effects", "true_rates", "fit", "performance")


def main(tables: dict[str, str], base: dict, config: dict, numbers_path: str) -> None:
    """Write numbers.json."""
    t, scenario = {name: read_csv(path) for name, path in tables.items()}, Scenario.model_validate(base)
    parameters = records(scenario)
    fitted = {pattern for record in parameters.values() for pattern in record.fitted_to}
    found = (
        collect.scenario_numbers(t["scenarios"])
        | collect.effect_numbers(t["therapist_effects"])
        | collect.evidence_numbers(t["evidence"], fitted)
        | collect.therapist_numbers(t["therapists"], scenario.id)
        | collect.fit_numbers(t["diagnostics"])
        | collect.engine_numbers(t["engines"])
        | collect.performance_numbers(t["performance"])
        | collect.attribution_numbers(t["attribution"])
        | collect.prevention_numbers(t["preventions"])
        | collect.parameter_numbers(parameters)
        | collect.config_numbers(config, SIZES)
    )
    write_json(found, numbers_path)
    print(f"{len(found)} numbers")


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            tables={name: str(path) for name, path in snakemake.input.items() if name != "code"},
            base=snakemake.params.base,
            config=snakemake.params.config,
            numbers_path=snakemake.output.numbers,
        )

"""Simulate routine care and its counterparts, and compare them with the published patterns."""

from pathlib import Path

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.sources import bibliography_keys, records
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.labels import labelled
from iatrogenesis.evidence.published import evidence_table, read_evidence
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    paths: dict[str, str], worlds: dict[str, dict], designs: dict[str, dict], setup: dict, table_path: str
) -> None:
    """Write one row per published pattern."""
    setup = Setup.model_validate(setup).apart("evidence")
    published = read_evidence(Path(paths["evidence"]), bibliography_keys(Path(paths["references"])))
    scenarios = {name: Scenario.model_validate(world) for name, world in worlds.items()}
    known = {path: record for scenario in scenarios.values() for path, record in records(scenario).items()}
    one_year, years = Design.model_validate(designs["year"]), Design.model_validate(designs["years"])
    year = Counterparts(**{name: setup.sample(scenario, one_year) for name, scenario in scenarios.items()})
    print("simulated one service year in every world", flush=True)
    over_years = Counterparts(setup.sample(scenarios["treated"], years))
    print("simulated several years", flush=True)
    labels = labelled(published, [*records(setup.instruments).values(), *known.values()])
    write_csv(evidence_table(published, labels, year, over_years), table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths=dict(snakemake.input.items()),
            worlds=snakemake.params.worlds,
            designs=snakemake.params.designs,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

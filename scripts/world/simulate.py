"""Simulate one scenario and each client's twin in the reference world; write the four long tables."""

from iatrogenesis.core.files import write_parquet
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, sessions_table, therapist_weeks_table, therapists_table


def main(scenario: dict, reference: dict, design: dict, setup: dict, output: dict[str, str]) -> None:
    """Simulate twice on the same chance events and write what happened."""
    setup, design = Setup.model_validate(setup), Design.model_validate(design)
    run = setup.run(Scenario.model_validate(scenario), design, record=True)
    twin = setup.run(Scenario.model_validate(reference), design)
    write_parquet(clients_table(run, setup.instruments, setup.judgement, twin), output["clients"])
    write_parquet(sessions_table(run), output["sessions"])
    write_parquet(therapists_table(run), output["therapists"])
    write_parquet(therapist_weeks_table(run), output["therapist_weeks"])


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            scenario=snakemake.params.scenario,
            reference=snakemake.params.reference,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            output=dict(snakemake.output.items()),
        )

"""The same clients with and without each prevention (or several), in every reading of the evidence."""

import numpy as np

from iatrogenesis.core.files import write_parquet, write_rows
from iatrogenesis.harm.outcomes import Sums, compared, outcome_sums, remembered, rows, together
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario, read_as
from iatrogenesis.world.setup import Setup

READINGS = ("sceptical", "central", "optimistic")
BLOCK = 10  # replicates at a time


def main(scenarios: list[dict], against: dict, design: dict, setup: dict, table_path: str, services_path: str) -> None:
    """One row per prevention, reading and outcome: with the prevention less without it; and sums of each service."""
    setup, design = Setup.model_validate(setup).apart("preventions"), Design.model_validate(design)

    @remembered
    def sums(world: Scenario) -> Sums:
        blocks = in_blocks(range(design.replicates), BLOCK)
        return together([outcome_sums(setup.run(world, design, replicates=block), setup) for block in blocks])

    without = sums(Scenario.model_validate(against))
    found, services = [], [of_services(without, against["id"], "")]
    for scenario in map(Scenario.model_validate, scenarios):
        for reading in READINGS:
            here = sums(read_as(scenario, reading))
            found += rows(compared(here, without), scenario=scenario.id, reading=reading)
            services.append(of_services(here, scenario.id, reading))
        print(scenario.id, flush=True)
    write_rows(found, table_path)
    write_parquet(together(services), services_path)


def of_services(sums: Sums, scenario: str, reading: str) -> Sums:
    """Sums of each service with the world they are of; without the preventions there is no reading."""
    number = np.arange(len(sums["clients"]))
    return {
        "scenario": np.full(len(number), scenario),
        "reading": np.full(len(number), reading),
        "service": number,
    } | sums


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            scenarios=snakemake.params.scenarios,
            against=snakemake.params.against,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
            services_path=snakemake.output.services,
        )

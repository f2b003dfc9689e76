"""The same clients with and without each prevention (or several), in every reading of the evidence."""

from iatrogenesis.core.files import write_rows
from iatrogenesis.harm.outcomes import Sums, compared, outcome_sums, remembered, rows, together
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario, read_as
from iatrogenesis.world.setup import Setup

READINGS = ("sceptical", "base", "optimistic")
BLOCK = 10  # replicates at a time


def main(scenarios: list[dict], against: dict, design: dict, setup: dict, table_path: str) -> None:
    """One row per prevention, reading and outcome: with the prevention less without it."""
    setup, design = Setup.model_validate(setup).apart("preventions"), Design.model_validate(design)

    @remembered
    def sums(world: Scenario) -> Sums:
        blocks = in_blocks(range(design.replicates), BLOCK)
        return together([outcome_sums(setup.run(world, design, replicates=block), setup) for block in blocks])

    without = sums(Scenario.model_validate(against))
    found = []
    for scenario in map(Scenario.model_validate, scenarios):
        for reading in READINGS:
            found += rows(compared(sums(read_as(scenario, reading)), without), scenario=scenario.id, reading=reading)
        print(scenario.id, flush=True)
    write_rows(found, table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            scenarios=snakemake.params.scenarios,
            against=snakemake.params.against,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

"""Run many clients through a scenario, the reference and routine care, and count who gets worse where."""

from iatrogenesis.core.files import write_parquet
from iatrogenesis.core.logs import logged
from iatrogenesis.harm.outcomes import together
from iatrogenesis.harm.twins import twin_counts
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

BLOCK = 20  # replicates at a time: memory stays flat


def main(worlds: tuple[dict, dict, dict], design: dict, setup: dict, counts_path: str) -> None:
    """Count block by block, so that memory does not grow with the number of clients."""
    setup, design = Setup.model_validate(setup), Design.model_validate(design)
    scenarios = [Scenario.model_validate(world) for world in worlds]
    parts = []
    for start in range(0, design.replicates, BLOCK):
        block = range(start, min(start + BLOCK, design.replicates))
        parts.append(twin_counts(*(setup.sample(scenario, design, replicates=block) for scenario in scenarios)))
        print(f"{scenarios[0].id}: {block.stop} of {design.replicates} replicates", flush=True)
    write_parquet(together(parts), counts_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            worlds=(snakemake.params.scenario, snakemake.params.reference, snakemake.params.base),
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            counts_path=snakemake.output.counts,
        )

"""Run many clients through every scenario and the reference world, and count who gets worse where."""

from iatrogenesis.core.files import write_parquet
from iatrogenesis.harm.outcomes import Sums, together
from iatrogenesis.harm.twins import twin_counts
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

BLOCK = 20  # replicates at a time


def main(worlds: list[dict], reference: dict, design: dict, setup: dict, counts_paths: list[str]) -> None:
    """Count block by block, so that memory does not grow with clients; the first world is routine care."""
    setup, design = Setup.model_validate(setup), Design.model_validate(design)
    scenarios, reference = [Scenario.model_validate(world) for world in worlds], Scenario.model_validate(reference)
    parts: list[list[Sums]] = [[] for _ in scenarios]
    for block in in_blocks(range(design.replicates), BLOCK):
        without, usual = (setup.sample(world, design, replicates=block) for world in (reference, scenarios[0]))
        for scenario, counts in zip(scenarios, parts, strict=True):
            here = usual if scenario is scenarios[0] else setup.sample(scenario, design, replicates=block)
            counts.append(twin_counts(here, without, usual))
        print(f"{block.stop} of {design.replicates} replicates", flush=True)
    for counts, path in zip(parts, counts_paths, strict=True):
        write_parquet(together(counts), path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            worlds=snakemake.params.worlds,
            reference=snakemake.params.reference,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            counts_paths=list(snakemake.output.counts),
        )

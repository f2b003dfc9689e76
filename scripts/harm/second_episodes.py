"""Two episodes of the same clients in routine care, without each route that bears on seeking help, and without any."""

from iatrogenesis.core.files import write_rows
from iatrogenesis.core.logs import logged
from iatrogenesis.harm.outcomes import Sums, together
from iatrogenesis.harm.second_episodes import episodes, rows, twin_sums
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

BLOCK = 10  # replicates at a time


def main(base: dict, design: dict, setup: dict, table_path: str) -> None:
    """One row per world (or pair of worlds), people, course and outcome."""
    scenario = Scenario.model_validate(base)
    setup, design = Setup.model_validate(setup).apart("second episodes"), Design.model_validate(design)

    def counted(block: range) -> dict[str, Sums]:
        return twin_sums(scenario, lambda world: episodes(setup.run(world, design, replicates=block), setup))

    parts: dict[str, list[Sums]] = {}
    for block in in_blocks(range(design.replicates), BLOCK):
        for name, sums in counted(block).items():
            parts.setdefault(name, []).append(sums)
        print(f"{block.stop} of {design.replicates} replicates", flush=True)
    write_rows(rows({name: together(part) for name, part in parts.items()}), table_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            base=snakemake.params.base,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

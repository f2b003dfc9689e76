"""One pair of orders: open the mechanisms one by one, for the same clients, and see what each adds."""

from iatrogenesis.core.files import write_parquet
from iatrogenesis.core.logs import logged
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.attribution import contributions, order
from iatrogenesis.harm.outcomes import outcome_sums
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(full: dict, design: dict, setup: dict, pair: int, part_path: str) -> None:
    """Each pair has replicates of its own."""
    setup, design = Setup.model_validate(setup).apart("attribution"), Design.model_validate(design)
    scenario = Scenario.model_validate(full)
    mine = range(pair * design.replicates, (pair + 1) * design.replicates)
    kinds = [mechanism.kind for mechanism in scenario.mechanisms]

    def world(open_: frozenset[str]):
        some = tuple(mechanism for mechanism in scenario.mechanisms if mechanism.kind in open_)
        run = setup.run(scenario.model_copy(update={"mechanisms": some}), design, replicates=mine)
        return outcome_sums(run, setup)

    write_parquet(contributions(world, kinds, order(Noise(setup.seed), pair, kinds)), part_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            full=snakemake.params.full,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            pair=int(snakemake.wildcards.pair),
            part_path=snakemake.output.part,
        )

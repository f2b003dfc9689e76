"""Some pairs of orders: open the mechanisms one by one, for the same clients, and see what each adds."""

from functools import partial

from iatrogenesis.core.files import write_parquet
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.attribution import contributions, order
from iatrogenesis.harm.outcomes import Sums, outcome_sums
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(full: dict, design: dict, setup: dict, paths: dict[int, str]) -> None:
    """Each pair has replicates of its own, and a file."""
    setup, design = Setup.model_validate(setup).apart("attribution"), Design.model_validate(design)
    scenario = Scenario.model_validate(full)
    kinds = [mechanism.kind for mechanism in scenario.mechanisms]

    def world(open_: frozenset[str], replicates: range) -> Sums:
        some = tuple(mechanism for mechanism in scenario.mechanisms if mechanism.kind in open_)
        run = setup.run(scenario.model_copy(update={"mechanisms": some}), design, replicates=replicates)
        return outcome_sums(run, setup)

    for pair, path in paths.items():
        mine = partial(world, replicates=range(pair * design.replicates, (pair + 1) * design.replicates))
        write_parquet(contributions(mine, kinds, order(Noise(setup.seed), pair, kinds)), path)
        print(f"pair {pair}", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            full=snakemake.params.full,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            paths=dict(zip(snakemake.params.pairs, snakemake.output.parts, strict=True)),
        )

"""Sensitivity analysis: move every assumed number through its range and see how far the conclusions move."""

import pandas as pd

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.logs import logged
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.outcomes import Sums, outcome_sums, remembered
from iatrogenesis.harm.sensitivity import conclusions, explored
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(asked: list[str], worlds: dict[str, dict], draws: int, design: dict, setup: dict, table_path: str) -> None:
    """Write one row per conclusion and moved number, and per draw of all numbers at once."""
    setup, design = Setup.model_validate(setup).apart("assumptions"), Design.model_validate(design)
    judged, noise = setup.judgement.instruments, Noise(setup.seed)
    found = []

    @remembered
    def sums(world: Scenario) -> Sums:
        return outcome_sums(setup.run(world, design), setup)

    for about in conclusions(**{name: Scenario.model_validate(world) for name, world in worlds.items()}):
        if about.name not in asked:
            continue
        found.append(explored(about, sums, judged, draws, noise))
        print(f"{about.name}: {len(found[-1])} worlds", flush=True)
    write_csv(pd.concat(found, ignore_index=True), table_path)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            asked=snakemake.params.asked,
            worlds=snakemake.params.worlds,
            draws=snakemake.params.draws,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

"""Simulate one part of the explorer's settings: every n-th, n being the number of parts."""

import numpy as np

from iatrogenesis.core.files import write_parquet
from iatrogenesis.explorer.measure import Measures
from iatrogenesis.explorer.settings import Explorer, by_kind, every_setting, usual, world_of
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    explorer: dict, world: dict, prevented: dict, reference: dict, setup: dict, part: int, table_path: str,
) -> None:  # fmt: skip
    """Write one row per setting, in the order of all settings; every part simulates the same clients."""
    explorer, setup = Explorer.model_validate(explorer), Setup.model_validate(setup).apart("explorer")
    world, reference = Scenario.model_validate(world), Scenario.model_validate(reference)
    every = by_kind(Scenario.model_validate(prevented))
    measures = Measures.of(setup, explorer.design, world, reference)
    chosen = every_setting(explorer, usual(world))[part :: explorer.parts]
    found = measures.measure_all([world_of(setting, world, every) for _, setting in chosen])
    write_parquet({name: np.array([row[name] for row in found]) for name in found[0]}, table_path)
    print(f"{len(found)} settings, {len(found[0])} numbers each", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            prevented=snakemake.params.prevented,
            reference=snakemake.params.reference,
            setup=snakemake.params.setup,
            part=int(snakemake.wildcards.part),
            table_path=snakemake.output.part,
        )

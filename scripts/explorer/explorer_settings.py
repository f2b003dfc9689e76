"""Simulate the settings of which the explorer's table tells, all on the clients of its page."""

import numpy as np

from iatrogenesis.core.files import write_csv, write_parquet
from iatrogenesis.explorer.measure import Measures
from iatrogenesis.explorer.settings import Explorer, by_kind, told, usual, world_of
from iatrogenesis.explorer.tables import simulated
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    explorer: dict, world: dict, prevented: dict, reference: dict, setup: dict, measures_path: str, table_path: str,
) -> None:  # fmt: skip
    """Write one row per setting: all that is measured of it, and its averages with their errors."""
    explorer, setup = Explorer.model_validate(explorer), Setup.model_validate(setup).apart("explorer")
    world, every = Scenario.model_validate(world), by_kind(Scenario.model_validate(prevented))
    measures = Measures.of(setup, explorer.design, world, Scenario.model_validate(reference))
    settings = told(explorer, usual(world))
    found = measures.measure_all([world_of(setting, world, every) for _, setting in settings])
    write_csv(simulated(settings, found), table_path)
    write_parquet({name: np.array([row[name] for row in found]) for name in found[0]}, measures_path)
    print(f"{len(found)} settings, {len(found[0])} numbers each", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            prevented=snakemake.params.prevented,
            reference=snakemake.params.reference,
            setup=snakemake.params.setup,
            measures_path=snakemake.output.measures,
            table_path=snakemake.output.table,
        )

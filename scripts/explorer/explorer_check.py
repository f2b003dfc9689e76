"""Simulate random settings that the explorer interpolates, and compare them with its page."""

import pandas as pd

from iatrogenesis.core.files import read_parquet, write_csv
from iatrogenesis.explorer.measure import Measures
from iatrogenesis.explorer.settings import Explorer, by_kind, random_settings, usual, world_of
from iatrogenesis.explorer.surface import Surface
from iatrogenesis.explorer.tables import accuracy, checked
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    measures_path: str, explorer: dict, world: dict, prevented: dict, reference: dict, setup: dict, table_path: str,
) -> None:  # fmt: skip
    """Write one row per random setting and outcome; the clients are those of the page."""
    explorer, setup = Explorer.model_validate(explorer), Setup.model_validate(setup).apart("explorer")
    world, every = Scenario.model_validate(world), by_kind(Scenario.model_validate(prevented))
    measures = Measures.of(setup, explorer.design, world, Scenario.model_validate(reference))
    settings = random_settings(explorer, setup.apart("checks").seed)
    found = pd.DataFrame(measures.measure_all([world_of(setting, world, every) for setting in settings]))
    surface = Surface.of(explorer, usual(world), read_parquet(measures_path))
    table = checked(surface, settings, found)
    write_csv(table, table_path)
    print(accuracy(table).round(3).to_string(), flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            measures_path=snakemake.input.measures,
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            prevented=snakemake.params.prevented,
            reference=snakemake.params.reference,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

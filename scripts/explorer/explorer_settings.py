"""Put all settings of the explorer together."""

import pandas as pd

from iatrogenesis.core.files import read_parquet, write_csv, write_parquet
from iatrogenesis.explorer.settings import Explorer, every_setting, usual
from iatrogenesis.explorer.tables import simulated
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario


def main(part_paths: list[str], explorer: dict, world: dict, measures_path: str, table_path: str) -> None:
    """Interleave the parts, so that rows stand in the order of all settings."""
    settings = every_setting(Explorer.model_validate(explorer), usual(Scenario.model_validate(world)))
    parts = [read_parquet(path) for path in part_paths]
    for number, part in enumerate(parts):
        part.index = range(number, number + len(parts) * len(part), len(parts))
    measures = pd.concat(parts).sort_index()
    write_csv(simulated(settings, measures), table_path)
    write_parquet(measures, measures_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            part_paths=list(snakemake.input.parts),
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            measures_path=snakemake.output.measures,
            table_path=snakemake.output.table,
        )

"""Follow some simulated clients week by week in several worlds, each with a twin whom nothing harms."""

from iatrogenesis.core.files import write_csv
from iatrogenesis.explorer.courses import courses, worlds_of
from iatrogenesis.explorer.settings import Explorer, by_kind
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(explorer: dict, world: dict, prevented: dict, reference: dict, setup: dict, table_path: str) -> None:
    """Write one row per client, world and session."""
    explorer, setup = Explorer.model_validate(explorer), Setup.model_validate(setup).apart("explorer, courses")
    every = by_kind(Scenario.model_validate(prevented))
    worlds = worlds_of(explorer, Scenario.model_validate(world), Scenario.model_validate(reference), every)
    table = courses(setup, explorer, worlds)
    write_csv(table, table_path)
    print(f"{table['client'].nunique()} clients in {table['world'].nunique()} worlds", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            explorer=snakemake.params.explorer,
            world=snakemake.params.world,
            prevented=snakemake.params.prevented,
            reference=snakemake.params.reference,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )

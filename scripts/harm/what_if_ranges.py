"""What lower burnout or limited caseloads would avert in plausible worlds, beside the truth at their centre."""

from pathlib import Path

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.harm.what_if_ranges import designs, table
from iatrogenesis.inference.answers.questions import WhatIf
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(
    paths: dict[str, str],
    worlds: dict[str, dict],
    prevented: dict,
    associations: dict[str, dict],
    settings: dict,
    over: dict,
    setup: dict,
    cores: int,
    table_path: str,
) -> None:
    """Write one row per allocation and question; ``over``: members, and the design of one."""
    setup = Setup.model_validate(setup).apart("what_if ranges")
    worlds = {name: Scenario.model_validate(world) for name, world in worlds.items()}
    nodes = [worlds["routine_care"], Scenario.model_validate(prevented)]
    unknowns = Unknowns(nodes, setup.judgement.instruments, associations)
    ensemble = read_ensemble(Path(paths["ensemble"]), unknowns.names)
    values = unknowns.split({name: of[: over["members"]] for name, of in ensemble.items()})
    by_allocation = designs(WhatIf.model_validate(settings), Design.model_validate(over["design"]))
    write_csv(table(setup, by_allocation, worlds, values, read_csv(paths["what_if"]), cores), table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths=dict(snakemake.input.items()),
            worlds=snakemake.params.worlds,
            prevented=snakemake.params.prevented,
            associations=snakemake.params.associations,
            settings=snakemake.params.settings,
            over=snakemake.params.over,
            setup=snakemake.params.setup,
            cores=snakemake.threads,
            table_path=snakemake.output.table,
        )

"""Two episodes of the same clients in routine care, without each route that bears on seeking help, and without any."""

from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import write_csv
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.harm.outcomes import Sums, together
from iatrogenesis.harm.over_members import told_by_members
from iatrogenesis.harm.second_episodes import episodes, name_of, of_member, rows, twin_sums, with_ranges, worlds_of
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

BLOCK = 10  # replicates at a time


def main(
    ensemble_path: str,
    scenarios: dict[str, dict],
    associations: dict[str, dict],
    design: dict,
    over: dict,
    setup: dict,
    cores: int,
    table_path: str,
) -> None:
    """One row per world (or pair of worlds), people, course and outcome; ``over``: members, and the design of one."""
    routine_care, prevented = (Scenario.model_validate(scenarios[name]) for name in ("routine_care", "prevented"))
    setup, design = Setup.model_validate(setup).apart("second episodes"), Design.model_validate(design)
    worlds = worlds_of(routine_care)
    parts: dict[str, list[Sums]] = {}
    for block in in_blocks(range(design.replicates), BLOCK):
        seen = {name: episodes(setup.run(world, design, replicates=block), setup) for name, world in worlds.items()}
        for name, sums in twin_sums(seen).items():
            parts.setdefault(name, []).append(sums)
        print(f"{block.stop} of {design.replicates} replicates", flush=True)
    centre = pd.DataFrame(rows({name: together(part) for name, part in parts.items()}))

    unknowns = Unknowns([routine_care, prevented], setup.judgement.instruments, associations)
    ensemble = read_ensemble(Path(ensemble_path), unknowns.names)
    values = unknowns.split({name: of[: over["members"]] for name, of in ensemble.items()})
    labels = {name_of(row): row["label"] for row in centre.to_dict("records")}
    mine, one = setup.apart("members"), Design.model_validate(over["design"])
    members = told_by_members(mine, one, worlds, of_member, labels, values, cores, look=episodes)
    write_csv(with_ranges(centre, members), table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            ensemble_path=snakemake.input.ensemble,
            scenarios=snakemake.params.scenarios,
            associations=snakemake.params.associations,
            design=snakemake.params.design,
            over=snakemake.params.over,
            setup=snakemake.params.setup,
            cores=snakemake.threads,
            table_path=snakemake.output.table,
        )

"""The conclusions in every plausible world: ranges, what drives them, and which study would narrow them."""

from pathlib import Path

import numpy as np

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.sources import records
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.ranges import ranges
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.harm.conclusions import MAIN, drivers, measurable, next_studies, one_by_one, worlds_of
from iatrogenesis.harm.over_members import in_order, over_members
from iatrogenesis.harm.policy_numbers import MONITORED, POLICY
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

CENTRE = 5  # times as many clients as a member has


def main(
    ensemble_path: str,
    scenarios: dict[str, dict],
    associations: dict[str, dict],
    feasible: dict[str, dict],
    sizes: dict[str, int],
    design: dict,
    setup: dict,
    cores: int,
    output: dict[str, str],
) -> None:
    """Write members, conclusions, drivers and next studies."""
    setup, design = Setup.model_validate(setup).apart("conclusions"), Design.model_validate(design)
    names, members, each = ("routine_care", "prevented", "rested"), sizes["members"], sizes["each"]
    routine, everything, rested = (Scenario.model_validate(scenarios[name]) for name in names)
    unknowns = Unknowns([routine, everything], setup.judgement.instruments, associations)
    ensemble = read_ensemble(Path(ensemble_path), unknowns.names)

    def some(first: int, last: int) -> dict:
        return unknowns.split({name: of[first:last] for name, of in ensemble.items()})

    alone, one_each = one_by_one(routine, everything)
    worlds = worlds_of(routine, everything, rested) | {MONITORED: alone[MONITORED]}
    # Worlds of both kinds of conclusions are shared, so that the first members are asked about all at once.
    every, asked = worlds | alone, MAIN | POLICY | one_each
    parts = [over_members(setup, design, every, asked, some(0, each), cores)]
    if each < members:
        parts.append(over_members(setup, design, worlds, MAIN | POLICY, some(each, members), cores, first=each))
    table = in_order(parts, asked)
    write_csv(table, output["members"])
    known = records(routine) | records(everything)
    usual = {path: np.array([known[path].value]) for path in some(0, 1)}
    many = design.model_copy(update={"replicates": CENTRE * design.replicates})
    write_csv(ranges(table, over_members(setup.apart("centre"), many, every, asked, usual, 1)), output["conclusions"])
    driving = drivers(table[table["conclusion"].isin(MAIN)], unknowns, ensemble)
    write_csv(driving, output["drivers"])
    could = measurable(unknowns.names, known, feasible)
    write_csv(next_studies(driving, ensemble, could), output["next_studies"])


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            ensemble_path=snakemake.input.ensemble,
            scenarios=snakemake.params.scenarios,
            associations=snakemake.params.associations,
            feasible=snakemake.params.feasible,
            sizes={"members": snakemake.params.members, "each": snakemake.params.each},
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            cores=snakemake.threads,
            output=dict(snakemake.output.items()),
        )

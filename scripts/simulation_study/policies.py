"""Ten years of each policy, in the plausible worlds and at their centre."""

from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import read_csv, write_csv
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.evidence.worlds import ensemble_of
from iatrogenesis.simulation_study.policies import in_worlds, parted, table
from iatrogenesis.simulation_study.policy_world import SIMULATED, Estimates, PolicyWorld, of_outcomes, of_service
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.scenarios import Scenario


def main(
    paths: dict[str, str],
    declared: dict,
    scenarios: dict[str, dict],
    judged_by: list[str],
    associations: dict[str, dict],
    seed: int,
    replicates: int,
    services: int,
    table_path: str,
    members_path: str,
) -> None:
    """Write one row per policy and measure, and one for each of them in each plausible world."""
    declared, noise = PolicyWorld.model_validate(declared), Noise(derived_seed(seed, "policies"))
    routine_care, prevented = (Scenario.model_validate(scenarios[name]) for name in ("routine_care", "prevented"))
    unknowns = Unknowns([routine_care, prevented], judged_by, associations)
    values = unknowns.split(read_ensemble(Path(paths["ensemble"]), unknowns.names))
    members, conclusions = read_csv(paths["members"]), read_csv(paths["conclusions"])
    simulated = found_in(members, "value", "mcse")
    worlds = len(simulated["rate"].values)
    ours = declared.drawn(noise, worlds)
    ours |= of_service(ensemble_of(routine_care, {path: of[:worlds] for path, of in values.items()}))
    ours |= of_outcomes(simulated, ours)
    middle = declared.centre() | of_service(routine_care)
    middle |= of_outcomes(found_in(conclusions, "centre", "centre_mcse"), middle)
    at_centre = in_worlds(middle, Noise(derived_seed(seed, "policies at the centre")), replicates)
    by_world = in_worlds(ours, noise, services)
    write_csv(table(by_world, at_centre), table_path)
    write_csv(parted(by_world), members_path)
    print(f"ten years in {worlds} plausible worlds, of {services} services each", flush=True)


def found_in(conclusions: pd.DataFrame, value: str, error: str) -> dict[str, Estimates]:
    """What was found in simulated routine care, member by member."""
    by = {name: conclusions[conclusions["conclusion"] == f"policy.{name}"] for name in SIMULATED}
    return {name: Estimates(rows[value].to_numpy(), rows[error].to_numpy()) for name, rows in by.items()}


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            paths=dict(snakemake.input.items()),
            declared=snakemake.params.declared,
            scenarios=snakemake.params.scenarios,
            judged_by=snakemake.params.judged_by,
            associations=snakemake.params.associations,
            seed=snakemake.params.seed,
            replicates=snakemake.params.replicates,
            services=snakemake.params.services,
            table_path=snakemake.output.table,
            members_path=snakemake.output.members,
        )

"""Hundreds of worlds as members of one simulation, beside one world with as many clients, and each world alone.

300 worlds of 12,600 clients, in which every assumed and every calibrated number varies. Contenders take turns. Run by
``make bench``.
"""

from statistics import median

import numpy as np
import pandas as pd

from bench.settings import load
from bench.simulator import RESULTS, timed
from iatrogenesis.core.files import write_csv
from iatrogenesis.core.sources import Sourced, records
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.members import with_members
from iatrogenesis.world.scenarios import Scenario

MEMBERS, BLOCK, ROUNDS = 300, 10, 3
SERVICE = {"therapists": 168, "services": 21, "clients_per_therapist": 75}


def unknown(scenario: Scenario) -> dict[str, np.ndarray]:
    """Values of all assumed and calibrated numbers for the members of a block, within a per cent of what they are."""
    steps = 1 - 0.01 * np.linspace(0, 1, BLOCK)
    return {
        path: record.value * steps
        for path, record in records(scenario).items()
        if isinstance(record, Sourced) and record.status in ("assumed", "calibrated") and ".cost." not in path
    }


def main() -> None:
    """Measure, and write the table."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    study = load()
    one, many = Design(replicates=1, **SERVICE), Design(replicates=BLOCK, **SERVICE)
    rows = []
    for name in ("routine_care", "all_preventions"):
        scenario = study.catalogue[name]
        ensemble = with_members(scenario, unknown(scenario))
        contenders = {
            "one world": lambda scenario=scenario: study.setup.run(scenario, many),
            "members": lambda ensemble=ensemble: study.setup.run(ensemble, one),
            "alone": lambda scenario=scenario: [study.setup.run(scenario, one) for _ in range(BLOCK)],
        }
        for round_ in range(ROUNDS):
            for what, work in contenders.items():
                seconds = sum(timed(work)[0] for _ in range(MEMBERS // BLOCK))
                rows.append({"world": name, "what": what, "round": round_, "seconds": seconds})
                print(f"{name}, round {round_ + 1} of {ROUNDS}: {what} {seconds:.1f} s", flush=True)
    wide = pd.DataFrame(rows).pivot(index=["world", "round"], columns="what", values="seconds")
    ratios = wide.div(wide["one world"], axis=0).groupby("world").agg(median)
    table = wide.groupby("world").min().add_suffix(" (s)").join(ratios.add_suffix(" (ratio)"))
    write_csv(table.reset_index(), RESULTS / "members.csv")
    print(table.round(2).to_string())


if __name__ == "__main__":
    main()

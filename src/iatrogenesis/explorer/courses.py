"""Some simulated clients week by week, each in several worlds and with a twin whom nothing in therapy harms."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from iatrogenesis.explorer.settings import Explorer, Setting, usual, world_of
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.run import ENDS, Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

KINDS = ("worse_because", "worse_anyway", "unchanged", "improved")
"""What becomes of clients in the world of `CHOSEN`: those who came once have no course to follow."""

TWIN, CHOSEN = "twin", "burned_out"
HELP = ("monitoring", "supervision", "caseload_limit", "repair")
"""What is done in the world in which burned-out therapists are cared for, where the explorer has a switch for it."""

LONG = 6
"""Sessions in the world of `CHOSEN`, at least: in shorter courses there is little to follow."""

COUNTS = ("rupture", "repaired", "crisis", "noticed")


def help_of(explorer: Explorer) -> tuple[str, ...]:
    """Those of `HELP` that the explorer has."""
    return tuple(name for name in HELP if name in explorer.preventions)


def worlds_of(explorer: Explorer, world: Scenario, reference: Scenario, every: Mapping) -> dict[str, Scenario]:
    """The worlds in which each client is followed; burnout is that at the end of its slider."""
    at = usual(world)
    worn = (explorer.ends.burnout[-1], *at[1:])
    return {
        TWIN: reference,
        "usual": world_of(Setting(at), world, every),
        CHOSEN: world_of(Setting(worn), world, every),
        "helped": world_of(Setting(worn, help_of(explorer)), world, every),
    }


def courses(setup: Setup, explorer: Explorer, worlds: Mapping[str, Scenario]) -> pd.DataFrame:
    """One row per client, world and session.

    Of each kind as many clients as `Explorer.courses` says, at even distances from the list of all of that kind whose
    course is `LONG`.
    ``week`` counts from the first session; ``score`` is that of the first instrument, ``alliance`` as it is and not as
    it is rated, ``noticed`` whether the therapist has by then noticed that the client is off track, and ``burnout``
    the therapist's when the course began.
    """
    runs = {name: setup.run(world, explorer.member_design, record=True) for name, world in worlds.items()}
    samples = {name: Sample.of(run, setup.instruments, setup.judgement) for name, run in runs.items()}
    chosen = _chosen(samples[CHOSEN], samples[TWIN], explorer.courses)
    instrument = setup.judgement.instruments[0]
    parts = [
        _of_world(runs[name], samples[name], np.concatenate(list(chosen.values())), instrument).assign(world=name)
        for name in worlds
    ]
    kinds = {client: kind for kind, clients in chosen.items() for client in clients}
    table = pd.concat(parts).sort_values(["client", "world", "session"], kind="stable", ignore_index=True)
    order = {client: number for number, client in enumerate(kinds, 1)}
    people = runs[TWIN].clients
    vulnerable = (people.trauma > 0) | (people.fragile > 0) | (people.unrealistic > 0)
    who = table.pop("client")
    about = {"client": who.map(order), "kind": who.map(kinds), "vulnerable": vulnerable[who.to_numpy()]}
    return pd.DataFrame(about).join(table).sort_values(["client", "world", "session"], ignore_index=True)


def _chosen(here: Sample, twin: Sample, each: int) -> dict[str, np.ndarray]:
    """Clients by kind; all of a kind where there are fewer."""
    worse = here.deteriorated
    flags = {
        "worse_because": worse & ~twin.deteriorated,
        "worse_anyway": worse & twin.deteriorated,
        "unchanged": here.finished & ~worse & ~here.improved,
        "improved": here.improved,
    }
    found = {}
    for kind in KINDS:
        some = np.flatnonzero(flags[kind] & (here.sessions >= LONG))
        found[kind] = some[np.unique(np.linspace(0, len(some) - 1, min(each, len(some))).astype(int))]
    return found


def _of_world(run: Run, sample: Sample, clients: np.ndarray, instrument: str) -> pd.DataFrame:
    names = {"client": "client", "session": "session", "week": "week", instrument: "score", "alliance": "alliance"}
    weeks = []
    for week in run.sessions:
        some = np.isin(week["client"], clients)
        weeks.append(pd.DataFrame({new: week[old][some] for old, new in (names | {c: c for c in COUNTS}).items()}))
    table = pd.concat(weeks, ignore_index=True)
    who = table["client"].to_numpy()
    table["week"] = table["week"] - run.state.start_week[who] + 1
    return table.assign(
        burnout=run.state.burnout_at_start[who],
        end=np.asarray(ENDS, dtype=object)[run.state.end[who]],
        deteriorated=sample.deteriorated[who],
    )


def packed(table: pd.DataFrame) -> list[dict[str, object]]:
    """The courses as the page's script takes them: by client, then by world, each a few short lists."""
    found: list[dict[str, object]] = []
    for client, rows in table.groupby("client", sort=True):
        first = rows.iloc[0]
        found.append(
            {
                "client": int(client),
                "kind": first["kind"],
                "vulnerable": bool(first["vulnerable"]),
                "worlds": {name: _course(some) for name, some in rows.groupby("world", sort=False)},
            }
        )
    return found


def _course(rows: pd.DataFrame) -> dict[str, object]:
    week = rows["week"].astype(int)
    noticed = week[rows["noticed"].astype(bool)]
    return {
        "week": week.tolist(),
        "score": rows["score"].astype(int).tolist(),
        "alliance": rows["alliance"].round(2).tolist(),
        **{name: week[rows[name].astype(bool)].tolist() for name in ("rupture", "repaired", "crisis")},
        "noticed": int(noticed.iloc[0]) if len(noticed) else None,
        "burnout": round(float(rows["burnout"].iloc[0]), 2),
        "end": rows["end"].iloc[0],
        "worse": bool(rows["deteriorated"].iloc[0]),
    }

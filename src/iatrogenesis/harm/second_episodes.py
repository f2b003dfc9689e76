"""Second episodes: who comes back, who stays away because of what therapy left, and how the second course goes.

The same clients with the same chance events go through routine care, through the reference world, and
through routine care with one route closed that bears on seeking help again; those that do say so themselves, by
overriding `help_seeking`. What is asked of these worlds are three things, not to be mixed up:

- *Who stays away because of a route?* Of all clients of the first episode, routine care less the world with the route
  closed, twin by twin. A closed route also leaves fewer people unwell, who then need not come back. So beside it stands
  its *barrier* alone: the first episode as it was, and the same chance, with this route silent when help is sought.
- *How does the second course go?* Of those who come back in one world, beside their own first course. The difference
  is no effect of the first course: they were still unwell, so that their first course went worse than others' by
  selection; and people first come when they are worse than usual, while a second course begins at the severity of the
  follow-up. So the first course of all clients, and the same in the reference world, stand beside it.
- *Does a route make second courses worse?* In two worlds different people come back, so that the means of all who do
  are not those of the same persons. They are compared within those who come back in both worlds (a principal stratum,
  Frangakis & Rubin 2002, 10.1111/j.0006-341X.2002.00021.x; only a simulation can see it), and what is found there says
  nothing of those who come back in one world alone.

How strongly each of it holds differs between plausible worlds, so that every number is worked out in members of the
ensemble as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import finished
from iatrogenesis.core.montecarlo import around, ratio
from iatrogenesis.core.streams import Noise
from iatrogenesis.evidence.ranges import RANGE, ranges
from iatrogenesis.harm.outcomes import Counted, Sums, clusters
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.follow_up import seeks_help
from iatrogenesis.world.mechanisms.base import Mechanism
from iatrogenesis.world.members import aligned
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.run import DROPPED_OUT, Run
from iatrogenesis.world.scenarios import Scenario, reference_of, without
from iatrogenesis.world.second_episode import second_episode
from iatrogenesis.world.setup import Setup

FOLLOW_UP = {
    "unwell": "Unwell at follow-up",
    "returning": "Unwell at follow-up and coming back",
    "not_returning": "Unwell at follow-up and staying away",
}
COURSE = {
    "severity_first": "True severity at the first session",
    "severity_last": "True severity at the last session",
    "sessions": "Sessions",
    "dropped_out": "Dropped out",
    "improved": "Reliably improved",
    "deteriorated": "Reliably deteriorated",
}
LABELS = FOLLOW_UP | COURSE | {"severity_follow_up": "True severity at follow-up"}
MEANS = {"sessions": "sessions, mean"} | {name: "points, mean" for name in LABELS if name.startswith("severity")}
"""Units of outcomes that are not counted."""

KEYS = ("world", "less", "people", "course", "outcome")

PEOPLE = {
    "clients": "clients",
    "unwell": "unwell clients",
    "returning": "who come back",
    "not_returning": "who stay away",
    "in_both": "who come back in both worlds",
}


@dataclass(frozen=True)
class Episodes:
    """Both episodes of the same clients.

    Attributes
    ----------
    member
        Number of each client's member of the ensemble, shape (clients,).
    cluster
        Number of each client's cluster, shape (clients,); so are the others.
    unwell, returning
        At caseness at follow-up, and of these who come back.
    unbarred
        By kind of a route that bears on seeking help: who would come back without its word, all else being the same.
    severity
        True severity at follow-up, points.
    first, second
        Outcomes of each course by the names in `COURSE`; in the second 0 for those who have none.
    """

    member: np.ndarray
    cluster: np.ndarray
    unwell: np.ndarray
    returning: np.ndarray
    unbarred: Mapping[str, np.ndarray]
    severity: np.ndarray
    first: Mapping[str, np.ndarray]
    second: Mapping[str, np.ndarray]

    def only(self, keep: slice) -> Self:
        """The episodes of some of the clients, whose clusters are numbered anew."""

        def kept(values: np.ndarray | Mapping[str, np.ndarray]) -> np.ndarray | dict[str, np.ndarray]:
            return {k: of[keep] for k, of in values.items()} if isinstance(values, Mapping) else values[keep]

        found: dict[str, Any] = {part.name: kept(getattr(self, part.name)) for part in fields(self)}
        found["cluster"] = np.unique(found["cluster"], return_inverse=True)[1]
        return type(self)(**found)


def barriers(scenario: Scenario) -> list[str]:
    """Kinds of the open routes that bear on seeking help again."""
    return [route.kind for route in scenario.mechanisms if type(route).help_seeking is not Mechanism.help_seeking]


def worlds_of(routine_care: Scenario) -> dict[str, Scenario]:
    """Routine care, its reference world, and routine care with each of these routes closed (``no_<kind>``)."""
    closed = {f"no_{kind}": without(routine_care, kind) for kind in barriers(routine_care)}
    return {"routine_care": routine_care, "reference": reference_of(routine_care)} | closed


def episodes(run: Run, setup: Setup) -> Episodes:
    """Both episodes of a run's clients; the second is simulated here."""
    who, later = second_episode(run, setup.instruments, setup.judgement, Noise(setup.seed))
    first, follow_up = _course(run, setup), run.follow_up
    second = {name: np.zeros(len(follow_up["unwell"])) for name in COURSE}
    for name, values in (_course(later, setup) if later else {}).items():
        second[name][who] = values
    return Episodes(
        member=run.therapists.member[run.clients.row],
        cluster=clusters(run.therapists)[run.clients.row],
        unwell=follow_up["unwell"],
        returning=follow_up["returns"],
        unbarred={kind: _without_word_of(kind, run, setup) for kind in barriers(run.scenario)},
        severity=follow_up["severity"],
        first=first,
        second=second,
    )


def _course(run: Run, setup: Setup) -> dict[str, np.ndarray]:
    state, clients = run.state, run.clients
    judged = finished(state.session)
    worse, better = setup.judgement.worse_and_better(state.first, state.last, setup.instruments)
    return {
        "severity_first": clients.level + clients.elevation,
        "severity_last": state.severity,
        "sessions": state.session,
        "dropped_out": state.end == DROPPED_OUT,
        "improved": better & judged,
        "deteriorated": worse & judged,
    }


def _without_word_of(kind: str, run: Run, setup: Setup) -> np.ndarray:
    clients = run.clients
    scenario = aligned(run.scenario, run.therapists.member[clients.row])
    others = Routes([route for route in scenario.mechanisms if route.kind != kind], scenario.preventions)
    draw = Draw(Noise(setup.seed), clients.replicate, clients.therapist, clients.index)
    return seeks_help(scenario.world, others, run.state.own, run.follow_up["unwell"], draw)


def twin_sums(seen: Mapping[str, Episodes]) -> dict[str, Sums]:
    """Sums by cluster: of each world by its name, of each pair (``less <world>``), of each ``barrier <kind>``.

    Parameters
    ----------
    seen
        Of the worlds in `worlds_of`, by their names.
    """
    usual = seen["routine_care"]
    sums = {"routine_care": _sums(usual)}
    for kind, unbarred in usual.unbarred.items():
        more = unbarred.astype(float) - usual.returning
        sums[f"barrier {kind}"] = _summed(usual, {"clients": np.ones_like(more), "returning": -more})
        sums[f"barrier {kind}"]["not_returning"] = -sums[f"barrier {kind}"]["returning"]
    for name, other in seen.items():
        if name == "routine_care":
            continue
        both = usual.returning & other.returning
        columns = {"in_both": both}
        for course in ("first", "second"):
            mine, theirs = getattr(usual, course), getattr(other, course)
            columns |= {f"{course}.{what}": both * (mine[what].astype(float) - theirs[what]) for what in COURSE}
        sums |= {name: _sums(other), f"less {name}": _summed(usual, columns)}
    return sums


def _sums(one: Episodes) -> Sums:
    away = one.unwell & ~one.returning
    columns = {"clients": np.ones(len(away)), "unwell": one.unwell, "returning": one.returning, "not_returning": away}
    columns["not_returning.severity_follow_up"] = one.severity * away
    for name in COURSE:
        columns[f"clients.first.{name}"] = one.first[name]
        columns[f"returning.first.{name}"] = one.first[name] * one.returning
        columns[f"returning.second.{name}"] = one.second[name]
    return _summed(one, columns)


def _summed(one: Episodes, columns: Mapping[str, np.ndarray]) -> Sums:
    return {name: np.bincount(one.cluster, weights=values) for name, values in columns.items()}


def rows(sums: Mapping[str, Sums]) -> list[dict[str, Any]]:
    """Long rows of a table, from sums of all clusters by the names of `twin_sums`.

    ``world`` and ``less``: of which world, less which other one (or less ``<kind>_barrier``, or nothing); ``people``
    and ``count``: of whom, and how many they are; ``course``: ``follow_up``, ``first``, ``second``, or ``change``, the
    second less the first. Then outcome, label, unit, value, mcse and a 95 % Monte Carlo interval.
    """
    found: list[dict[str, Any]] = []
    for name, part in sums.items():
        kind, less = name.removeprefix("barrier "), name.removeprefix("less ")
        if kind != name:
            asked = _differences(part, part["clients"], ("returning", "not_returning"))
            found += _rows(asked, world="routine_care", less=f"{kind}_barrier")
        elif less != name:
            change = {what: sums["routine_care"][what] - sums[less][what] for what in FOLLOW_UP}
            found += _rows(
                _differences(change, sums["routine_care"]["clients"], FOLLOW_UP), world="routine_care", less=less
            )
            found += _rows(_within_both(part), world="routine_care", less=less)
        else:
            found += _rows(_levels(part), world=name, less="")
    return found


Asked = Iterator[tuple[str, str, str, np.ndarray, np.ndarray]]
"""Of whom, of which course, which outcome; its sums by cluster, and those of the people."""


def _differences(change: Sums, clients: np.ndarray, outcomes: Iterable[str]) -> Asked:
    return (("clients", "follow_up", name, change[name], clients) for name in outcomes)


def _within_both(part: Sums) -> Asked:
    for course in ("first", "second"):
        for name in COURSE:
            yield "in_both", course, name, part[f"{course}.{name}"], part["in_both"]


def _levels(part: Sums) -> Asked:
    for name in FOLLOW_UP:
        yield "clients", "follow_up", name, part[name], part["clients"]
    yield "unwell", "follow_up", "returning", part["returning"], part["unwell"]
    away = part["not_returning.severity_follow_up"]
    yield "not_returning", "follow_up", "severity_follow_up", away, part["not_returning"]
    for people, course in (("clients", "first"), ("returning", "first"), ("returning", "second")):
        for name in COURSE:
            yield people, course, name, part[f"{people}.{course}.{name}"], part[people]
    for name in COURSE:
        change = part[f"returning.second.{name}"] - part[f"returning.first.{name}"]
        yield "returning", "change", name, change, part["returning"]


def _rows(asked: Asked, **about: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for people, course, outcome, total, count in asked:
        if not count.any():  # nobody to say anything of
            continue
        scale = 1.0 if outcome in MEANS else 1000.0
        value, error = (scale * part for part in ratio(total, count))
        whom = {"people": people, "course": course, "outcome": outcome, "label": LABELS[outcome]}
        unit = {"unit": MEANS.get(outcome, f"per 1,000 {PEOPLE[people]}")}
        numbers = Counted(value, error, *around(value, error, len(count)))._asdict()
        found.append(about | whom | unit | numbers | {"count": int(count.sum())})
    return found


def of_member(seen: dict[str, Episodes]) -> dict[str, tuple[float, float]]:
    """Every number of the table with its Monte Carlo error, in one member of the ensemble, by `name_of`."""
    return {name_of(row): (row["value"], row["mcse"]) for row in rows(twin_sums(seen))}


def name_of(row: Mapping) -> str:
    """What names a row of the table: world, less, people, course and outcome."""
    return "/".join(str(row[key]) for key in KEYS)


def with_ranges(centre: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """The table at the centre of the plausible worlds, with how each number ranges over members beside it.

    Parameters
    ----------
    centre
        Rows of `rows`.
    members
        Columns conclusion (by `name_of`), label, member, value and mcse.

    Returns
    -------
    pandas.DataFrame
        The rows with the columns of a range; ``world_mcse`` is the Monte Carlo error of one member's value.
    """
    named = centre.assign(conclusion=[name_of(row) for row in centre.to_dict("records")])
    found = ranges(members, named).rename(columns={"mcse": "world_mcse"}).set_index("conclusion")
    asked = [name if name != "mcse" else "world_mcse" for name in RANGE if not name.startswith("centre")]
    return named.join(found[asked], on="conclusion").drop(columns="conclusion")

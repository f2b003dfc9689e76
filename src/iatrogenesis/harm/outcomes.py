"""Outcome sums per independent cluster, so that worlds can be compared twin by twin."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from iatrogenesis.core.definitions import finished as finished_courses
from iatrogenesis.core.montecarlo import around, ratio
from iatrogenesis.world.cohort import Therapists
from iatrogenesis.world.run import DROPPED_OUT, Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

HOURS_PER_SESSION = 1.0  # a definition of the table: the session itself and its notes

OUTCOMES = {
    "deteriorated": "Reliably deteriorated at the last session, per 1,000 clients",
    "deteriorated_at_follow_up": "Reliably deteriorated at follow-up, per 1,000 clients",
    "dropped_out": "Dropped out, per 1,000 clients",
    "crises": "Episodes of self-harm ideation in therapy, per 1,000 clients",
    "not_returning": "Still unwell at follow-up and seeking no help, per 1,000 clients",
    "severity_last": "True severity at the last session, mean points",
    "severity_follow_up": "True severity at follow-up, mean points",
    "sessions": "Sessions, mean",
    "waiting": "Weeks from the first week to the first session, mean",
    "prevention_hours": "Hours for preventions, per 1,000 clients",
    "therapist_hours": "Hours of therapists, sessions and preventions, per 1,000 clients",
}
PER_THOUSAND = frozenset(name for name, label in OUTCOMES.items() if label.endswith("per 1,000 clients"))


Sums = dict[str, np.ndarray]
"""Sums over the clients of each cluster (a service of a replicate) by outcome, and ``clients``; shape (clusters,)."""


def clusters(therapists: Therapists) -> np.ndarray:
    """Number of each therapist's independent cluster, from 0 without gaps, shape (therapists,)."""
    services = int(therapists.service.max()) + 1
    return np.unique(therapists.replicate.astype(np.int64) * services + therapists.service, return_inverse=True)[1]


def outcome_sums(run: Run, setup: Setup) -> Sums:
    """What became of the clients of a run, summed by cluster."""
    state, clients, therapists = run.state, run.clients, run.therapists
    instruments, judgement = setup.instruments, setup.judgement
    finished = finished_courses(state.session)
    worse, _ = judgement.worse_and_better(state.first, state.last, instruments)
    later = {name: run.follow_up[name] for name in state.first}
    worse_later, _ = judgement.worse_and_better(state.first, later, instruments)
    columns = {
        "clients": np.ones(len(finished)),
        "deteriorated": worse & finished,
        "deteriorated_at_follow_up": worse_later & finished,
        "dropped_out": state.end == DROPPED_OUT,
        "crises": state.crises,
        "not_returning": run.follow_up["unwell"] & ~run.follow_up["returns"],
        "severity_last": state.severity,
        "severity_follow_up": run.follow_up["severity"],
        "sessions": state.session,
        "waiting": state.start_week,
    }
    cluster = clusters(therapists)
    sums = {name: np.bincount(cluster[clients.row], weights=column) for name, column in columns.items()}
    weeks = np.zeros(len(cluster))
    np.maximum.at(weeks, clients.row, state.start_week + state.session)
    therapist_weeks = np.bincount(cluster, weights=weeks)
    hours: Any = sum(
        (
            prevention.cost.hours(sums["clients"], sums["sessions"], therapist_weeks)
            for prevention in run.scenario.preventions
        ),
        start=np.zeros(len(sums["clients"])),
    )
    sums["prevention_hours"] = hours
    sums["therapist_hours"] = hours + HOURS_PER_SESSION * sums["sessions"]
    return sums


def remembered(world: Callable[[Scenario], Sums]) -> Callable[[Scenario], Sums]:
    """Return the same function, which simulates no world twice: names and titles of a scenario are no part of it.

    Conclusions share worlds, such as that without any route of harm; and where a prevention's numbers are read one way
    only, so are its readings.
    """
    known: dict[str, Sums] = {}

    def found(scenario: Scenario) -> Sums:
        key = scenario.model_dump_json(include={"world", "mechanisms", "preventions", "treated"})
        if key not in known:
            known[key] = world(scenario)
        return known[key]

    return found


def together(parts: Sequence[Sums]) -> Sums:
    """The sums of all clusters, from those of blocks of replicates."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class Counted(NamedTuple):
    """An outcome in its unit, with its Monte Carlo standard error over clusters and a 95 % interval."""

    value: float
    mcse: float
    low: float
    high: float


def counted(sums: np.ndarray, clients: np.ndarray, outcome: str) -> Counted:
    """An outcome per client (or per 1,000) from sums over clusters."""
    value, error = ratio(sums, clients)
    scale = 1000.0 if outcome in PER_THOUSAND else 1.0
    value, error = scale * value, scale * error
    return Counted(value, error, *around(value, error, len(clients)))


def compared(world: Sums, other: Sums) -> dict[str, Counted]:
    """Each outcome's difference, world less other, of the same clients."""
    return {name: counted(world[name] - other[name], world["clients"], name) for name in OUTCOMES}


def rows(values: Mapping[str, Counted], **about: object) -> list[dict[str, object]]:
    """Long rows of a table: outcome, label, value, mcse and a 95 % Monte Carlo interval."""
    return [{**about, "outcome": name, "label": OUTCOMES[name], **found._asdict()} for name, found in values.items()]

"""What the page shows of one setting, as numbers by name: outcomes of clients, their courses, a therapist's year."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.outcomes import outcome_sums
from iatrogenesis.world.burnout import WEEKS_PER_YEAR
from iatrogenesis.world.cohort import Design, draw_therapists
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.members import together
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

FATES = ("improved", "unchanged", "worse_anyway", "worse_because", "not_judged")
"""What becomes of clients, without rest: `not_judged` came only once, so that change cannot be told."""

ALSO = ("spared", "dropped_out", "worse_at_follow_up", "crises")
"""Counted besides; a client can be in several."""

WORK = ("sessions", "new_clients", "prevention_minutes")
"""Sessions per client, new clients per therapist and year, minutes for preventions per client."""

type Averaged = tuple[np.ndarray, np.ndarray]
"""Sums and sizes by cluster; the average is the ratio of their totals."""

SESSIONS = 16
FAN = (0.10, 0.25, 0.75, 0.90)
CLIENTS = {"lucky": (0.0, 0.1), "typical": (0.45, 0.55), "unlucky": (0.9, 1.0)}
"""Means over tenths of all clients, by how much severity rose from the first to the last session."""

WEEKS = range(0, WEEKS_PER_YEAR + 1)
MONTHS = range(0, WEEKS_PER_YEAR + 1, 4)
YEAR_FAN = (0.10, 0.50, 0.90)
ENOUGH = 1 / 3
"""Share of therapists whose places must be taken until the year is over."""

TOGETHER = 8
"""Settings simulated side by side: more of them no longer fit into the processor's cache."""

BEGUN = (8, 34)
"""Weeks over which new clients are counted: places were all filled at once in the first week."""


@dataclass(frozen=True)
class Measures:
    """The simulator set up to measure settings on the same clients, and their fates with average therapists."""

    setup: Setup
    design: Design
    reference: Sample
    typical_therapist: int

    @classmethod
    def of(cls, setup: Setup, design: Design, world: Scenario, reference: Scenario) -> "Measures":
        """Simulate the reference world, and choose the therapist whose workload is nearest to the middle."""
        therapists = draw_therapists(world.world, design, Noise(setup.seed), range(design.replicates))
        return cls(setup, design, setup.sample(reference, design), int(np.argmin(np.abs(therapists.workload))))

    def measure_all(self, worlds: Sequence[Scenario]) -> list[dict[str, float]]:
        """`measure` of each setting; those with the same preventions are simulated side by side."""
        found: dict[int, dict[str, float]] = {}
        kinds = [tuple(prevention.kind for prevention in world.preventions) for world in worlds]
        for kind in dict.fromkeys(kinds):
            alike = [place for place, other in enumerate(kinds) if other == kind]
            for some in (alike[start : start + TOGETHER] for start in range(0, len(alike), TOGETHER)):
                run = self.setup.run(together([worlds[place] for place in some]), self.design, record=True)
                for member, place in enumerate(some):
                    found[place] = self._measured(run.of_member(member))
        return [found[place] for place in range(len(worlds))]

    def measure(self, world: Scenario) -> dict[str, float]:
        """Every number of one setting, by name.

        Averages (`FATES`, `ALSO`, `WORK`) are there over all clusters (``improved.0``) and with each left out in turn
        (``improved.1`` and so on), for jackknife errors; courses and the year by session and week (``lucky@3``).

        Raises
        ------
        ValueError
            If the lists are too short to fill a year.
        """
        return self._measured(self.setup.run(world, self.design, record=True))

    def _measured(self, run: Run) -> dict[str, float]:
        if (most := _share_at_work(run)) < ENOUGH:
            raise ValueError(
                f"explorer.design: only {100 * most:.0f} % of therapists have their places taken for a year; give "
                "longer lists (clients_per_therapist) or an end of caseload that is lower"
            )
        sample = Sample.of(run, self.setup.instruments, self.setup.judgement)
        averages = {**_fates(run, sample, self.reference), **_work(run, self.setup)}
        found = {}
        for name, (sums, sizes) in averages.items():
            without = (sums.sum() - sums) / (sizes.sum() - sizes)
            found |= {f"{name}.{i}": float(v) for i, v in enumerate([sums.sum() / sizes.sum(), *without])}
        return {**found, **_courses(run), **_year(run, self.typical_therapist)}


def clusters(design: Design) -> int:
    """How many independent clusters (services of a replicate) there are."""
    return design.replicates * design.services


def _fates(run: Run, sample: Sample, reference: Sample) -> dict[str, Averaged]:
    """What became of clients."""
    worse = sample.deteriorated
    flags = {
        "improved": sample.improved,
        "unchanged": sample.finished & ~worse & ~sample.improved,
        "worse_anyway": worse & reference.deteriorated,
        "worse_because": worse & ~reference.deteriorated,
        "not_judged": ~sample.finished,
        "spared": ~worse & reference.deteriorated,
        "dropped_out": sample.dropped_out,
        "worse_at_follow_up": sample.worse_at_follow_up,
        "crises": run.state.crises,
    }
    _, cluster = np.unique(sample.cluster, return_inverse=True)
    clients = np.bincount(cluster)
    return {name: (np.bincount(cluster, weights=flag), clients) for name, flag in flags.items()}


def _work(run: Run, setup: Setup) -> dict[str, Averaged]:
    """What it takes: sessions and minutes for preventions per client, new clients per therapist and year."""
    sums = outcome_sums(run, setup)
    place = run.therapists.replicate * (run.therapists.service.max() + 1) + run.therapists.service
    _, cluster = np.unique(place, return_inverse=True)
    begun = (run.state.start_week >= BEGUN[0]) & (run.state.start_week < BEGUN[1])
    years = np.bincount(cluster) * (BEGUN[1] - BEGUN[0]) / WEEKS_PER_YEAR
    clients = sums["clients"]
    return {
        "sessions": (sums["sessions"], clients),
        "new_clients": (np.bincount(cluster[run.clients.row], weights=begun), years),
        "prevention_minutes": (60 * sums["prevention_hours"], clients),
    }


def _courses(run: Run) -> dict[str, float]:
    """True severity by session; after the end it stays where it was, so that all clients count at every session."""
    severity = np.full((len(run.state.session), SESSIONS), np.nan)
    for week in run.sessions:
        shown = week["session"] <= SESSIONS
        severity[week["client"][shown], week["session"][shown] - 1] = week["severity"][shown]
    for session in range(1, SESSIONS):
        ended = run.state.session <= session
        severity[ended, session] = severity[ended, session - 1]
    order = np.argsort(severity[:, -1] - severity[:, 0], kind="stable")
    found = {}
    for share, values in zip(FAN, np.quantile(severity, FAN, axis=0), strict=True):
        found |= _series(f"severity_{round(100 * share)}", values, range(1, SESSIONS + 1))
    for name, (low, high) in CLIENTS.items():
        some = order[int(low * len(order)) : int(high * len(order))]
        found |= _series(name, severity[some].mean(axis=0), range(1, SESSIONS + 1))
    return found


def _year(run: Run, typical: int) -> dict[str, float]:
    """Burnout over therapists and of one of them, places, and the share of clients in session who are off track."""
    burnout = np.array([run.therapist_weeks[week]["burnout"] for week in WEEKS])
    found = {}
    for share, values in zip(YEAR_FAN, np.quantile(burnout[MONTHS], YEAR_FAN, axis=1), strict=True):
        found |= _series(f"burnout_{round(100 * share)}", values, MONTHS)
    found |= _series("burnout_one", burnout[:, typical], WEEKS)
    full = _full(run)
    distressed, judged = (
        np.array([run.therapist_weeks[week][name] for week in WEEKS]) * full for name in ("distressed", "judged")
    )
    for start in MONTHS[:-1]:
        span = slice(start, start + 4)
        found[f"off_track@{start}"] = distressed[span].sum() / max(judged[span].sum(), 1.0)
    found["places"] = float(run.therapists.caseload.mean())
    return found


def _full(run: Run) -> np.ndarray:
    """Which therapists have every place taken, shape (weeks, therapists).

    Who has nobody left to begin with keeps those who stay longest, and these are not like the others.
    """
    weeks = [run.therapist_weeks[week] for week in WEEKS]
    return np.array([week["in_study"] >= week["caseload"] for week in weeks])


def _share_at_work(run: Run) -> float:
    """Share of therapists whose places are all taken in the last week of the year."""
    return float(_full(run)[-1].mean()) if run.weeks > WEEKS[-1] else 0.0


def _series(name: str, values: np.ndarray, places: range) -> dict[str, float]:
    return {f"{name}@{place}": float(value) for place, value in zip(places, values, strict=True)}

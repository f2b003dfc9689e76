"""The calendar: weeks run, places are filled from waiting lists, dyads meet, clients end.

One week, in order:

1. free places take the next clients of the therapist's own list;
2. alliance: ruptures happen and are repaired;
3. scores are taken;
4. courses end: as agreed, by dropping out, or because things are good enough;
5. severity moves until the next session;
6. therapists' burnout moves.

State is one array entry per client. Each week works on the clients in session at once, so one step is vector
arithmetic over all dyads of all replicates. After a list is exhausted its places count as taken by clients outside
the study, so a therapist's workload does not fall just because the study ends.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from iatrogenesis.instruments import Instruments, Judgement
from iatrogenesis.mechanisms.base import Week
from iatrogenesis.scenarios import Scenario
from iatrogenesis.simulate import burnout
from iatrogenesis.simulate.cohort import Clients, Design, Therapists, draw_clients, draw_therapists, noisy_rating
from iatrogenesis.simulate.scores import scores
from iatrogenesis.streams import Noise

ENDS = ("in_treatment", "completed", "dropped_out")
COMPLETED, DROPPED_OUT = 1, 2
FOLLOW_UP_OCCASION = 1_000_000  # beyond any session number: its own noise
LONGEST_WEEKS = 100_000  # a guard against a world in which nobody ever ends


@dataclass
class State:
    """What changes for a client, shape (clients,)."""

    level: np.ndarray
    fluctuation: np.ndarray
    damage: np.ndarray
    session: np.ndarray
    start_week: np.ndarray
    end: np.ndarray
    burnout_at_start: np.ndarray
    burnout_rating: np.ndarray
    alliance_rating_sum: np.ndarray
    ruptures: np.ndarray
    worse_sessions: np.ndarray
    first: dict[str, np.ndarray]
    last: dict[str, np.ndarray]

    @classmethod
    def before(cls, clients: Clients, instruments: Instruments) -> "State":
        """Nobody has begun."""
        n = len(clients.level)

        def zeros(dtype=float):
            return np.zeros(n, dtype=dtype)

        return cls(
            level=clients.level.copy(),
            fluctuation=clients.elevation.copy(),
            damage=zeros(),
            session=zeros(np.int64),
            start_week=zeros(np.int64),
            end=zeros(np.int8),
            burnout_at_start=zeros(),
            burnout_rating=zeros(),
            alliance_rating_sum=zeros(),
            ruptures=zeros(np.int64),
            worse_sessions=zeros(np.int64),
            first={name: zeros(np.int16) for name in instruments.by_name()},
            last={name: zeros(np.int16) for name in instruments.by_name()},
        )


@dataclass
class Run:
    """One simulated set: who took part, how they ended, and (if recorded) every session and therapist-week."""

    scenario: Scenario
    therapists: Therapists
    clients: Clients
    state: State
    follow_up: dict[str, np.ndarray]
    sessions: list[dict[str, np.ndarray]] = field(default_factory=list)
    therapist_weeks: list[dict[str, np.ndarray]] = field(default_factory=list)

    @property
    def alliance_rating(self) -> np.ndarray:
        """Each client's mean rating of the alliance over the course, in SD, shape (clients,)."""
        return self.state.alliance_rating_sum / self.state.session


def simulate(
    scenario: Scenario,
    design: Design,
    instruments: Instruments,
    judgement: Judgement,
    noise: Noise,
    *,
    replicates: range | None = None,
    record: bool = False,
) -> Run:
    """Run one scenario until every client on every list has ended.

    Parameters
    ----------
    replicates
        Which replicates to run; all of the design's by default. Any split gives the same clients the same course.
    record
        Keep every session and therapist-week (memory grows with them).
    """
    world = scenario.world
    therapists = draw_therapists(world, design, noise, range(design.replicates) if replicates is None else replicates)
    clients = draw_clients(world, therapists, noise)
    state = State.before(clients, instruments)
    run = Run(scenario, therapists, clients, state, {})
    engine = _Engine(run, instruments, judgement, noise)
    for week in range(LONGEST_WEEKS):
        here = engine.fill_places(week)
        if here.size == 0:
            break
        alliance, rupture = engine.meet(here)
        rating = engine.rate(here, alliance)
        seen, severity = engine.measure(here)
        if record:
            engine.record(week, here, alliance, rupture, rating, seen, severity)
        engine.end_courses(here, alliance, seen)
        engine.move_severity(here, alliance)
        engine.move_therapists(week, here, seen)
    else:
        raise RuntimeError(f"{scenario.id}: clients still in treatment after {LONGEST_WEEKS} weeks")
    run.follow_up = engine.follow_up()
    return run


class _Engine:
    """The steps of one week over a run's state."""

    def __init__(self, run: Run, instruments: Instruments, judgement: Judgement, noise: Noise) -> None:
        self.run, self.instruments, self.judgement, self.noise = run, instruments, judgement, noise
        self.world, self.mechanisms = run.scenario.world, run.scenario.mechanisms
        self.therapists, self.clients, self.state = run.therapists, run.clients, run.state
        self.burnout = burnout.start(self.world.burnout, self.therapists, noise)
        self.free = self.therapists.caseload.copy()
        self.waiting = self.therapists.clients.copy()
        self.in_session = np.zeros(0, dtype=np.int64)

    def fill_places(self, week: int) -> np.ndarray:
        """Give free places to the next on each list; return the clients in session this week, in client order."""
        begin = np.minimum(self.free, self.waiting)
        next_client = self.therapists.first_client + self.therapists.clients - self.waiting
        row = np.repeat(np.arange(len(begin)), begin)
        within = np.arange(len(row)) - np.repeat(np.cumsum(begin) - begin, begin)
        new = next_client[row] + within
        self.free -= begin
        self.waiting -= begin
        state, therapists = self.state, self.therapists
        state.start_week[new] = week
        state.burnout_at_start[new] = self.burnout[row]
        error = self.noise.normal(
            "rating.burnout", replicate=therapists.replicate, therapist=therapists.index, occasion=week
        )
        rating = noisy_rating(self.burnout, 0.0, float(self.world.ratings.burnout), error)
        state.burnout_rating[new] = rating[row]
        still = self.in_session[state.end[self.in_session] == 0]
        self.in_session = np.sort(np.concatenate([still, new]))
        state.session[self.in_session] += 1
        return self.in_session

    def _draw(self, kind: str, decision: str, here: np.ndarray) -> np.ndarray:
        who = {name: values[here] for name, values in self.clients.who().items()}
        return getattr(self.noise, kind)(decision, **who, occasion=self.state.session[here])

    def _week(self, here: np.ndarray, alliance: np.ndarray) -> Week:
        row = self.clients.row[here]
        return Week(
            competence=self.therapists.competence[row],
            burnout=self.burnout[row],
            fit=self.clients.fit[here],
            alliance=alliance,
            session=self.state.session[here],
        )

    def _sum(self, channel: str, week: Week) -> np.ndarray | float:
        return sum((getattr(mechanism, channel)(week) for mechanism in self.mechanisms), start=0.0)

    def meet(self, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Alliance of this session, after ruptures and repairs; and where a rupture happened."""
        state, p = self.state, self.world.alliance
        core = self.clients.alliance[here]
        if not self.run.scenario.treated:
            return np.zeros(len(here)), np.zeros(len(here), dtype=bool)
        week = self._week(here, core)
        rupture = self._draw("uniform", "rupture", here) < expit(float(p.rupture_logit) + self._sum("rupture", week))
        repaired = self._draw("uniform", "repair", here) < float(p.repair_probability)
        damage = np.where(repaired, 0.0, state.damage[here]) + float(p.rupture_damage) * rupture
        alliance = core + self._sum("alliance", week) - damage
        state.damage[here] = damage
        state.ruptures[here] += rupture
        return alliance, rupture

    def rate(self, here: np.ndarray, alliance: np.ndarray) -> np.ndarray:
        """The client's rating of the alliance in this session."""
        error = self._draw("normal", "rating.alliance", here)
        rating = noisy_rating(alliance, 0.0, float(self.world.ratings.alliance), error)
        self.state.alliance_rating_sum[here] += rating
        return rating

    def measure(self, here: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Scores at the beginning of the session, before it can do anything."""
        state = self.state
        severity = state.level[here] + state.fluctuation[here]
        session = state.session[here]
        seen = scores(self.world, self.instruments, self.clients, self.noise, here, severity, session)
        new = session == 1
        for name, values in seen.items():
            state.first[name][here[new]] = values[new]
            state.last[name][here] = values
        return dict(seen), severity

    def end_courses(self, here: np.ndarray, alliance: np.ndarray, seen: dict[str, np.ndarray]) -> None:
        """Decide who does not come again, and free their places."""
        state, world = self.state, self.world
        agreed = state.session[here] >= self.clients.agreed[here]
        left, enough = np.zeros_like(agreed), np.zeros_like(agreed)
        if self.run.scenario.treated:
            logit = float(world.dropout.logit) + float(world.alliance.dropout) * alliance
            logit = logit + self.therapists.dropout[self.clients.row[here]]
            logit = logit + self._sum("dropout", self._week(here, alliance))
            left = ~agreed & (self._draw("uniform", "dropout", here) < expit(logit))
            well = ~self.judgement.caseness(seen, self.instruments) & (state.session[here] >= 2)
            enough = well & (self._draw("uniform", "good_enough", here) < float(world.therapy.good_enough_ending))
        state.end[here] = np.where(left, DROPPED_OUT, np.where(agreed | enough, COMPLETED, 0))
        gone = here[state.end[here] > 0]
        self.free += np.bincount(self.clients.row[gone], minlength=len(self.free))

    def move_severity(self, here: np.ndarray, alliance: np.ndarray) -> None:
        """Natural course, treatment and the mechanisms move severity of those who go on, until the next session."""
        on = self.state.end[here] == 0
        here, alliance = here[on], alliance[on]
        state, clients, world = self.state, self.clients, self.world
        drift = clients.natural_slope[here] + clients.case_mix_drift[here]
        if self.run.scenario.treated:
            distress = np.maximum(state.level[here], 0.0)
            drift = drift - clients.gain[here] * distress / (distress + float(world.therapy.half_gain_level))
            drift = drift + self.therapists.drift[clients.row[here]] + float(world.alliance.drift) * alliance
            drift = drift + self._sum("drift", self._week(here, alliance))
        state.level[here] += drift
        stability = float(world.client.fluctuation_stability)
        shock = float(world.client.fluctuation_sd) * np.sqrt(1 - stability**2)
        state.fluctuation[here] = stability * state.fluctuation[here] + shock * self._draw(
            "normal", "fluctuation", here
        )

    def move_therapists(self, week: int, here: np.ndarray, seen: dict[str, np.ndarray]) -> None:
        """Burnout answers to the clients that were in session this week."""
        first = {name: values[here] for name, values in self.state.first.items()}
        worse, _ = self.judgement.worse_and_better(first, seen, self.instruments)
        judged = self.state.session[here] >= 2
        self.state.worse_sessions[here] += worse & judged
        row, n = self.clients.row[here], len(self.burnout)
        seen_again = np.bincount(row, weights=judged, minlength=n)
        got_worse = np.bincount(row, weights=worse & judged, minlength=n)
        expected = float(self.world.burnout.expected_worse)
        share = np.divide(got_worse, seen_again, out=np.full(n, expected), where=seen_again > 0)
        self.burnout = burnout.next_week(self.world.burnout, self.therapists, self.noise, week, self.burnout, share)

    def record(self, week, here, alliance, rupture, rating, seen, severity) -> None:
        """Keep this week's sessions and therapists."""
        self.run.sessions.append(
            {
                "client": here,
                "session": self.state.session[here],
                "week": np.full(len(here), week),
                **seen,
                "severity": severity,
                "alliance": alliance,
                "alliance_rating": rating,
                "rupture": rupture,
            }
        )
        self.run.therapist_weeks.append(
            {
                "week": np.full(len(self.burnout), week),
                "burnout": self.burnout.copy(),
                "caseload": self.therapists.caseload.copy(),
                "in_study": np.bincount(self.clients.row[here], minlength=len(self.burnout)),
            }
        )

    def follow_up(self) -> dict[str, np.ndarray]:
        """Scores and severity some months after the end: part of the gain is lost, fluctuation has moved on."""
        state, clients, world = self.state, self.clients, self.world
        everyone = np.arange(len(clients.level))
        gained = np.maximum(clients.level - state.level, 0.0)
        level = state.level + float(world.follow_up.relapse) * gained
        kept = float(world.client.fluctuation_stability) ** float(world.follow_up.weeks)
        new = float(world.client.fluctuation_sd) * np.sqrt(1 - kept**2)
        shock = self.noise.normal("follow_up.fluctuation", **clients.who())
        severity = level + kept * state.fluctuation + new * shock
        seen = scores(world, self.instruments, clients, self.noise, everyone, severity, FOLLOW_UP_OCCASION)
        return {"severity": severity, **seen}

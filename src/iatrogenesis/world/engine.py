"""The calendar: weeks run, places are filled from waiting lists, dyads meet, clients end.

One week, in order:

1. free places take whoever was referred to the therapist, then the next clients of the therapist's own list;
2. alliance: ruptures happen and are repaired; self-harm ideation breaks out;
3. scores are taken and judged, and therapists notice (or not) who is off track;
4. courses end: as agreed, by dropping out, or because things are good enough;
5. severity and the mechanisms' own states move until the next session;
6. clients are referred to another therapist;
7. therapists' burnout and busy spells move.

What each step does is in `iatrogenesis.world.steps`.
"""

import numpy as np

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise
from iatrogenesis.world.allocation import allocate
from iatrogenesis.world.cohort import Clients, Design, Therapists, draw_clients, draw_therapists
from iatrogenesis.world.follow_up import follow_up
from iatrogenesis.world.members import aligned
from iatrogenesis.world.preventions.base import Posts
from iatrogenesis.world.recording import final_state, sessions, therapist_weeks
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.scores import Scoring
from iatrogenesis.world.steps import Steps

LONGEST_WEEKS = 100_000  # a guard against a world in which nobody ever ends


def simulate(
    scenario: Scenario,
    design: Design,
    instruments: Instruments,
    judgement: Judgement,
    noise: Noise,
    *,
    replicates: range | None = None,
    apart: bool = False,
    record: bool = False,
) -> Run:
    """Run one scenario, or all members of an ensemble of it, until every client on every list has ended.

    Parameters
    ----------
    replicates
        Which replicates to run; all of the design's by default. Any split gives the same clients the same course.
    apart
        Whether each member of an ensemble has people of its own; see `draw_therapists`.
    record
        Keep every session and therapist-week (memory grows with them).
    """
    world, chosen = scenario.world, range(design.replicates) if replicates is None else replicates
    therapists = draw_therapists(world, design, noise, chosen, apart=apart)
    theirs = aligned(scenario, therapists.member)
    posts = Posts(theirs.world.therapist.caseload_mean.value, theirs.world.therapist.caseload_sd.value)
    everyone = draw_clients(world, therapists, noise, design.list_start)
    clients = allocate(everyone, therapists, design, theirs.world.burnout, noise)
    for prevention in theirs.preventions:
        therapists = prevention.staff(therapists, posts)
    run = run_course(scenario, therapists, clients, instruments, judgement, noise, record=record)
    run.one_of_many = design.replicates > 1
    return run


def run_course(
    scenario: Scenario,
    therapists: Therapists,
    clients: Clients,
    instruments: Instruments,
    judgement: Judgement,
    noise: Noise,
    *,
    brought: dict[str, np.ndarray] | None = None,
    scoring: Scoring | None = None,
    record: bool = False,
) -> Run:
    """Run the calendar for these people.

    Parameters
    ----------
    brought
        Own states, by ``kind.name``, that the clients bring from an earlier episode, shape (clients,).
    scoring
        How instruments see these clients, where that was settled in an earlier episode.
    """
    steps = Steps(scenario, therapists, clients, instruments, judgement, noise, brought or {}, scoring)
    kept_sessions, kept_weeks = [], []
    for week in range(LONGEST_WEEKS):
        steps.fill_places(week)
        if steps.places.n == 0:
            break
        steps.meet()
        steps.break_out()
        steps.measure()
        steps.notice()
        if record:
            kept_sessions.append(sessions(steps, week))
            kept_weeks.append(therapist_weeks(steps, week))
        steps.end_courses()
        steps.move_clients()
        steps.refer()
        steps.places.close(steps.leaving)
        steps.move_therapists(week)
    else:
        raise RuntimeError(f"{scenario.id}: clients still in treatment after {LONGEST_WEEKS} weeks")
    state = final_state(steps)
    return Run(scenario, therapists, clients, state, follow_up(steps, state), week, kept_sessions, kept_weeks)

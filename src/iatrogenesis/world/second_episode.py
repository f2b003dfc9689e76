"""The next episode of those who seek help again: the same people, later, with what the first episode left in them."""

from dataclasses import fields, replace

import numpy as np

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.world.cohort import Clients, Therapists
from iatrogenesis.world.engine import run_course
from iatrogenesis.world.members import aligned
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.run import Run
from iatrogenesis.world.scores import Scoring


def second_episode(
    run: Run, instruments: Instruments, judgement: Judgement, noise: Noise
) -> tuple[np.ndarray, Run | None]:
    """Treat those who seek help again at follow-up, by the same therapists, from the severity of the follow-up on.

    Lasting severity, symptoms of another kind, and the own states that mechanisms carry over (`Mechanism.carried`), are
    brought along; the alliance begins anew. Chance events are others than in the first episode, but the same in every
    scenario.

    Returns
    -------
    tuple
        Who comes again (positions in the first run's clients, ascending), and their run; None where nobody comes.
    """
    who = np.flatnonzero(run.follow_up["returns"])
    if who.size == 0:
        return who, None
    first, routes = run.clients, Routes(run.scenario.mechanisms, run.scenario.preventions)
    before = Clients(**{part.name: getattr(first, part.name)[who] for part in fields(Clients)})
    fluctuation = run.follow_up["fluctuation"][who]
    clients = replace(before, level=run.follow_up["severity"][who] - fluctuation, elevation=fluctuation)
    brought = {name: run.state.own[name][who] for name in routes.carried()}
    brought["second"] = run.follow_up["second"][who]
    therapists = _with_lists_of(run.therapists, np.bincount(clients.row, minlength=len(run.therapists.index)))
    later = Noise(derived_seed(noise.seed, "second episode"))
    # The same person answers the same questionnaires: what an instrument adds of its own stays.
    world = aligned(run.scenario.world, run.therapists.member[before.row])
    scoring = Scoring(world, instruments, before, noise)
    episode = run_course(
        run.scenario, therapists, clients, instruments, judgement, later, brought=brought, scoring=scoring
    )
    return who, episode


def _with_lists_of(therapists: Therapists, clients: np.ndarray) -> Therapists:
    first = np.concatenate([[0], np.cumsum(clients)[:-1]]).astype(np.int64)
    return replace(therapists, clients=clients.astype(np.int64), first_client=first)

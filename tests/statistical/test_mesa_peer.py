"""The object-per-client version in Mesa is the same model: its averages agree with the simulator's."""

import numpy as np
import pytest
from bench.mesa_model import Service, three_routes

from iatrogenesis.world.cohort import Design
from iatrogenesis.world.run import DROPPED_OUT

pytestmark = pytest.mark.slow
ONE = Design(therapists=40, services=20, clients_per_therapist=30)
SERVICES, REPLICATES = 12, 100


def measures(sessions, dropped, first, last, worse, better, alliance) -> np.ndarray:
    """Means of one replicate over its clients; change among finished courses only."""
    done = sessions >= 2
    return np.array(
        [
            sessions.mean(),
            dropped.mean(),
            first.mean(),
            first.std(),
            last[done].mean(),
            last[done].std(),
            worse[done].mean(),
            better[done].mean(),
            alliance.mean(),
            alliance.std(),
        ]
    )


def by_mesa(study, seed: int) -> np.ndarray:
    service = Service(
        three_routes(study.catalogue["routine_care"]), ONE, study.instruments, study.config.judgement, seed
    )
    service.run()
    rows = [
        (c.session, c.end == "dropped_out", c.first["phq9"], c.last["phq9"], c.worse, c.better, c.rated / c.session)
        for c in service.everyone
    ]
    return measures(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def by_simulator(study) -> list[np.ndarray]:
    design = ONE.model_copy(update={"replicates": REPLICATES})
    run = study.setup.run(three_routes(study.catalogue["routine_care"]), design)
    state = run.state
    worse, better = study.config.judgement.worse_and_better(state.first, state.last, study.instruments)
    left, rated = state.end == DROPPED_OUT, run.alliance_rating
    columns = [state.session, left, state.first["phq9"], state.last["phq9"], worse, better, rated]
    found = []
    for replicate in range(REPLICATES):
        mine = run.clients.replicate == replicate
        found.append(measures(*(np.asarray(column, dtype=float)[mine] for column in columns)))
    return found


def test_both_are_the_same_model(study):
    mesa = np.array([by_mesa(study, seed) for seed in range(SERVICES)])
    ours = np.array(by_simulator(study))
    error = np.sqrt(mesa.var(axis=0, ddof=1) / SERVICES + ours.var(axis=0, ddof=1) / REPLICATES)
    assert np.all(np.abs(mesa.mean(axis=0) - ours.mean(axis=0)) < 5 * error), (mesa.mean(axis=0), ours.mean(axis=0))

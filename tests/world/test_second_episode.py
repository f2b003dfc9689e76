"""The next episode: the same people, where they were left, with what they learned."""

import numpy as np
import pytest

from iatrogenesis.core.sources import records
from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import with_values
from iatrogenesis.world.second_episode import second_episode

DESIGN = Design(replicates=2, therapists=30, services=3, clients_per_therapist=50)


def both(study, name):
    """Two episodes at the judged strengths: the centre has a share of them, too weak to be seen in so few clients."""
    setup, scenario = study.setup, study.catalogue[name]
    judged = {path: getattr(record, "judged", None) for path, record in records(scenario).items()}
    strong = with_values(scenario, {path: value for path, value in judged.items() if value is not None})
    run = setup.run(strong, DESIGN)
    return run, *second_episode(run, setup.instruments, setup.judgement, Noise(setup.seed))


@pytest.fixture(scope="module")
def routine_care(study):
    return both(study, "no_resistance")


@pytest.fixture(scope="module")
def resistant(study):
    return both(study, "routine_care")


def test_it_begins_where_the_follow_up_left_off(routine_care):
    run, who, later = routine_care
    assert np.array_equal(who, np.flatnonzero(run.follow_up["returns"])) and len(who) > 100
    assert np.allclose(later.clients.level + later.clients.elevation, run.follow_up["severity"][who])
    # Both scores see the same severity through the same person; only the error of the day differs, and who comes again
    # was chosen by the first one, so that the second is a little lower.
    apart = later.state.first["gad7"].astype(float) - run.follow_up["gad7"][who]
    assert -1 < apart.mean() < 0.3 and apart.std() < 5
    assert (later.state.end > 0).all()


def test_chance_is_another_one_but_the_same_in_every_world(routine_care, resistant):
    run, who, later = routine_care
    again = np.isin(who, resistant[1])
    assert not np.array_equal(later.state.session, run.state.session[who])
    other = np.searchsorted(resistant[1], who[again])
    assert np.array_equal(later.clients.agreed[again], resistant[2].clients.agreed[other])


def test_distrust_is_brought_along_and_keeps_people_away(routine_care, resistant):
    run, who, later = resistant
    brought = run.state.own["resistance.distrust"][who]
    assert np.all(later.state.own["resistance.distrust"] >= brought) and brought.max() > 0.2
    assert len(who) / run.follow_up["unwell"].sum() < len(routine_care[1]) / routine_care[0].follow_up["unwell"].sum()
    fresh = both_alliances(routine_care, resistant)
    assert fresh < -0.01  # SD of alliance, the same people in their second episode


def both_alliances(routine_care, resistant) -> float:
    """Mean difference of the rated alliance in the second episode of those who come again in both worlds."""
    shared, mine, theirs = np.intersect1d(resistant[1], routine_care[1], return_indices=True)
    assert len(shared) > 50
    return float((resistant[2].alliance_rating[mine] - routine_care[2].alliance_rating[theirs]).mean())


def test_where_nobody_comes_there_is_no_episode(study):
    setup = study.setup
    run = setup.run(study.catalogue["routine_care"], Design(therapists=2, services=1, clients_per_therapist=5))
    run.follow_up["returns"][:] = False
    who, later = second_episode(run, setup.instruments, setup.judgement, Noise(setup.seed))
    assert who.size == 0 and later is None

"""Members of an ensemble simulated as one block: each is, byte for byte, what it is alone."""

from dataclasses import fields

import numpy as np
import pytest

from iatrogenesis.core.sources import Sourced, records
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.members import aligned, member_count, together, varying, with_members
from iatrogenesis.world.scenarios import with_values

DESIGN = Design(replicates=2, therapists=6, services=2, clients_per_therapist=12)


def numbers(scenario):
    """Every single number of a scenario, by path."""
    return {path: one for path, one in records(scenario).items() if isinstance(one, Sourced)}


def shaken(scenario, count):
    """Values for so many members: every number that may differ does, by a twentieth of its range or of itself."""
    found = {}
    for place, (path, one) in enumerate(numbers(scenario).items()):
        low, high = (one.low, one.high) if one.low is not None else (0.8 * one.value, 1.2 * one.value)
        steps = 0.05 * ((np.arange(count) * (place + 1)) % 5) * (high - low)
        found[path] = np.where(one.value + steps <= high, one.value + steps, one.value - steps)
        found[path] = found[path].clip(low, high) if low < high else np.full(count, one.value)
    return found


def same(one, other, where=""):
    """All arrays of two records are equal, bytes and types."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for name in one:
            same(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), where
    else:
        assert one == other, where


@pytest.mark.parametrize("name", ["routine_care", "all_preventions"])
def test_each_member_of_a_block_is_what_it_is_alone(study, name):
    scenario = study.catalogue[name]
    moved = shaken(scenario, 3)
    whole = study.setup.run(with_members(scenario, moved), DESIGN, record=True)
    assert member_count(whole.scenario) == 3 and len(whole.therapists.index) == 3 * 2 * 6
    for member in range(3):
        alone_in = with_values(scenario, {path: value[member] for path, value in moved.items()})
        alone, part = study.setup.run(alone_in, DESIGN, record=True), whole.of_member(member)
        for what in ("therapists", "clients", "state"):
            for one in fields(getattr(alone, what)):
                same(getattr(getattr(part, what), one.name), getattr(getattr(alone, what), one.name), one.name)
        same(part.follow_up, alone.follow_up)
        for week in range(alone.weeks):
            order = np.argsort(part.sessions[week]["client"]), np.argsort(alone.sessions[week]["client"])
            for key, values in alone.sessions[week].items():
                same(part.sessions[week][key][order[0]], values[order[1]], key)
            same(part.therapist_weeks[week], alone.therapist_weeks[week])
        values = {path: float(one) for path, one in numbers(part.scenario).items()}
        assert values == {path: float(one) for path, one in numbers(alone_in).items()}


def test_a_members_number_reaches_only_its_own_clients(study):
    """So that the test above cannot pass because nothing varies."""
    scenario = study.catalogue["routine_care"]
    run = study.setup.run(with_members(scenario, {"world.therapy.gain": np.array([0.5, 1.5])}), DESIGN)
    sample = Sample.of(run, study.setup.instruments, study.setup.judgement)
    fall = sample.first["phq9"].astype(int) - sample.last["phq9"]
    assert fall[sample.member == 0].mean() < fall[sample.member == 1].mean()
    assert not set(sample.cluster[sample.member == 0]) & set(sample.cluster[sample.member == 1])
    assert not set(sample.unit[sample.member == 0]) & set(sample.unit[sample.member == 1])


def test_worlds_that_differ_in_numbers_are_members_of_one(study):
    routine_care, high = study.catalogue["routine_care"], study.catalogue["high_burnout"]
    assert varying(together([routine_care, high]))["world.burnout.mean"].tolist() == [0.0, 1.0]
    assert len(varying(together([routine_care, high]))) == 1
    assert together([routine_care, routine_care]) is routine_care
    with pytest.raises(ValueError, match="other routes"):
        together([routine_care, study.catalogue["no_burnout"]])


def test_a_scenario_with_one_world_is_left_as_it_is(study):
    scenario = study.catalogue["routine_care"]
    assert member_count(scenario) == 1 and varying(scenario) == {} and with_members(scenario, {}) is scenario
    assert aligned(scenario, np.zeros(3, dtype=int)) is scenario


def test_alignment_shares_what_does_not_vary(study):
    scenario = study.catalogue["routine_care"]
    values = {"mechanisms.burnout.drift_per_sd": np.array([0.1, 0.2])}
    found = aligned(with_members(scenario, values), np.array([1, 0, 1]))
    assert found.world is scenario.world
    assert found.mechanisms[1].drift_per_sd.value.tolist() == [0.2, 0.1, 0.2]
    assert scenario.mechanisms[1].drift_per_sd.value == pytest.approx(float(scenario.mechanisms[1].drift_per_sd))


@pytest.mark.trial(kind="refused", what="a member of the ensemble with {values}")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"world.therapy.gane": [1.0, 2.0]}, "'world.therapy.gane' is not a number of this scenario"),
        ({"world.client.age_shares": [1.0, 2.0]}, "'world.client.age_shares' is not a number"),
        ({"world.therapy.gain": [1.0, 2.0], "world.dropout.logit": [1.0]}, r"shape \(members,\)"),
        ({"world.therapy.gain": 1.0}, r"shape \(members,\)"),
    ],
)
def test_faulty_members_are_refused(study, values, words):
    with pytest.raises(ValueError, match=words):
        with_members(study.catalogue["routine_care"], {path: np.asarray(value) for path, value in values.items()})

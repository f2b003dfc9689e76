"""What every mechanism and every prevention promises, checked for each by one suite."""

import re
from inspect import getdoc

import numpy as np
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms import KINDS as MECHANISMS
from iatrogenesis.world.mechanisms.base import CHANNELS, Intake, Mechanism, Week
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.preventions.base import Prevention
from iatrogenesis.world.scenarios import Scenario

KINDS = MECHANISMS | PREVENTIONS
EVERYTHING = "all_preventions"
HOOKS = ("exposure", "effect", "notice", "repair", "soothe", "refer", "relief", "after", "help_seeking")
COURSE = ("level", "fluctuation", "transient", "second", "session", "end", "ruptures", "crises", "start_week")


def field_of(kind: str) -> str:
    return "mechanisms" if kind in MECHANISMS else "preventions"


def route(study, kind):
    return next(r for r in getattr(study.catalogue[EVERYTHING], field_of(kind)) if r.kind == kind)


def with_routes(scenario: Scenario, mechanisms=None, preventions=None) -> Scenario:
    parts = {"mechanisms": mechanisms, "preventions": preventions}
    return scenario.model_copy(update={name: value for name, value in parts.items() if value is not None})


def without(scenario: Scenario, kind: str) -> Scenario:
    return with_routes(
        scenario, **{field_of(kind): tuple(r for r in getattr(scenario, field_of(kind)) if r.kind != kind)}
    )


def silenced(one):
    """The same with every number at its neutral value; ranges of numbers need not contain it."""
    content = one.model_dump()
    for name, number in content.items():
        if isinstance(number, dict) and "value" in number:
            neutral = one.neutral.get(name, 0.0)
            number |= {"value": neutral, "low": neutral, "high": neutral}
    return type(one).model_validate(content)


def assert_same(one, other, exactly=True):
    for name in COURSE:
        a, b = getattr(one.state, name), getattr(other.state, name)
        assert np.array_equal(a, b) if exactly else np.allclose(a, b, rtol=0, atol=1e-9), name
    for name in one.state.last:
        assert np.array_equal(one.state.last[name], other.state.last[name]), name
        assert np.array_equal(one.follow_up[name], other.follow_up[name]), name


@pytest.fixture(scope="module")
def whole(study, small):
    return study.setup.run(study.catalogue[EVERYTHING], small)


@pytest.mark.parametrize("kind", KINDS)
def test_zero_strength_is_absence_bit_for_bit(study, small, kind):
    everything = study.catalogue[EVERYTHING]
    routes = tuple(silenced(r) if r.kind == kind else r for r in getattr(everything, field_of(kind)))
    silent = study.setup.run(with_routes(everything, **{field_of(kind): routes}), small)
    assert_same(silent, study.setup.run(without(everything, kind), small))


@pytest.mark.parametrize("kind", KINDS)
def test_it_moves_something(study, kind):
    """Against its absence, in a world where every other route is open (preventions need something to prevent)."""
    everything, design = study.catalogue[EVERYTHING], Design(therapists=20, services=2, clients_per_therapist=40)
    with_it, without_it = (study.setup.run(s, design) for s in (everything, without(everything, kind)))
    moved = [
        name for name in (*COURSE, "severity") if not np.array_equal(*(_of(r, name) for r in (with_it, without_it)))
    ]
    assert moved, f"{kind} changes nothing that can be seen"


def _of(run, name):
    return run.follow_up["severity"] if name == "severity" else getattr(run.state, name)


@pytest.mark.parametrize("kind", KINDS)
def test_people_and_first_scores_are_nobodys_to_change(study, whole, small, kind):
    other = study.setup.run(without(study.catalogue[EVERYTHING], kind), small)
    for name in ("level", "elevation", "fit", "agreed", "gain", "young", "trauma"):
        assert np.array_equal(getattr(whole.clients, name), getattr(other.clients, name)), name
    for name in whole.state.first:
        assert np.array_equal(whole.state.first[name], other.state.first[name]), name


def test_order_is_indifferent(study, small, whole):
    e = study.catalogue[EVERYTHING]
    turned = with_routes(e, e.mechanisms[::-1], e.preventions[::-1])
    assert_same(whole, study.setup.run(turned, small), exactly=False)


def test_chunks_are_indifferent(study, small, whole):
    parts = [study.setup.run(study.catalogue[EVERYTHING], small, replicates=range(i, i + 1)) for i in range(3)]
    for name in COURSE:
        assert np.array_equal(getattr(whole.state, name), np.concatenate([getattr(p.state, name) for p in parts])), name


def test_longer_lists_extend_and_do_not_reshuffle(study, small, whole):
    longer = study.setup.run(study.catalogue[EVERYTHING], small.model_copy(update={"clients_per_therapist": 30.0}))
    c, d = whole.clients, longer.clients
    key = {(t, i, r): n for n, (t, i, r) in enumerate(zip(d.therapist, d.index, d.replicate, strict=True))}
    same = np.array([key[k] for k in zip(c.therapist, c.index, c.replicate, strict=True)])
    assert len(d.level) > len(c.level)
    assert np.array_equal(c.level, d.level[same]) and np.array_equal(c.fit, d.fit[same])
    first = whole.state.start_week == 0
    for name in whole.state.own:
        if name.split(".")[1] in ("drugs", "labelled", "remote", "shared", "prone"):  # decided at intake
            begun = whole.state.own[name][first] > 0
            assert np.array_equal(begun, longer.state.own[name][same][first] > 0) or name == "overmedication.drugs"


def week_of(n: int, **given) -> Week:
    values = {name: np.zeros(n) for name in Week.__dataclass_fields__} | {"session": np.full(n, 5.0)}
    return Week(**(values | {name: np.broadcast_to(np.asarray(v, float), n) for name, v in given.items()}))


BAD = {
    "competence": -2, "burnout": 1, "pressure": 1, "fit": -1, "young": 1, "trauma": 1, "fragile": 1, "unrealistic": 1,
    "level": 12, "intake_level": 12, "transient": 2, "second": 2, "alliance": -2, "rupture": 1, "strained": 1,
    "crisis": 1, "rise": 1.5, "worse": 1, "noticed": 1, "repaired": 1,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_signs_are_as_declared(study, kind):
    one = route(study, kind)
    assert set(one.signs) == set(one.channels())
    own = {name: np.full(3, 2.0 if name == "drugs" else 1.0) for name in one.own}
    for channel, sign in one.signs.items():
        for session in (3, 5):  # some act early only, some late only
            part = np.broadcast_to(getattr(one, channel)(week_of(3, **BAD | {"session": session}), own), 3)
            assert np.all(sign * part >= 0), channel
        early, late = (getattr(one, channel)(week_of(3, **BAD | {"session": s}), own) for s in (3, 5))
        assert np.any(early != 0) or np.any(late != 0), channel


@pytest.mark.parametrize("kind", KINDS)
def test_contributions_are_finite_and_one_per_dyad_on_extreme_inputs(study, kind):
    one, far = route(study, kind), np.array([-50.0, -1.0, 0.0, 1.0, 50.0])
    week = week_of(5, **{name: far for name in Week.__dataclass_fields__ if name != "session"})
    own = {name: np.array([0.0, 0.2, 0.5, 1.0, 3.0]) for name in one.own}
    for channel in one.channels():
        given = getattr(one, channel)(week, own)
        assert np.shape(given) == (5,) and np.all(np.isfinite(given)), channel
    draw = Draw(Noise(1), np.arange(5), np.arange(5), np.arange(5), 3)
    for name, values in one.move(week, own, draw).items():
        assert name in one.own and np.all(np.isfinite(values)), name
    for what in ("after", "help_seeking"):
        assert np.all(np.isfinite(getattr(one, what)(own)))
    intake = Intake(*(np.abs(far) > 1 for _ in range(5)), competence=far)
    for name, values in one.begin(intake, draw, 1.0).items():
        assert name in one.own and np.shape(values) == (5,), name


@pytest.mark.parametrize("kind", KINDS)
def test_no_exposure_no_harm(study, kind):
    """A prevention that keeps everybody away from a mechanism leaves nothing of what is decided at intake."""
    one = route(study, kind)
    draw = Draw(Noise(1), np.arange(2000), np.arange(2000), np.arange(2000))
    intake = Intake(*(np.ones(2000) for _ in range(6)))
    for name, values in one.begin(intake, draw, 0.0).items():
        assert not np.any(values), name
        all_of_them, half = (np.mean(np.asarray(one.begin(intake, draw, x)[name]) > 0) for x in (1.0, 0.5))
        assert 0 < half < all_of_them < 1, name


@pytest.mark.parametrize("kind", KINDS)
def test_the_class_says_in_words_what_it_does_in_code(study, kind):
    """Every channel, own state and hook has its equation in the docstring, and no other has one."""
    cls = KINDS[kind]
    said = set(re.findall(r"^(\w+)(?:\(\w+\))? = ", getdoc(cls), flags=re.MULTILINE))
    base = Prevention if kind in PREVENTIONS else Mechanism
    hooks = {hook for hook in HOOKS if hasattr(cls, hook) and getattr(cls, hook) is not getattr(base, hook)}
    done = set(cls.channels()) | hooks | set(cls.own)
    assert done <= said | {"withdrawal"}, done - said
    helpers = {"active", "burden", "expected", "alarm", "competence", "caseload", "workload"}
    assert said <= done | helpers, said - done


def test_channels_are_all_used():
    assert {channel for cls in KINDS.values() for channel in cls.channels()} == set(CHANNELS)

"""Second episodes: counts by hand, barriers that keep away and never bring back, and nothing where nothing acts."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.definitions import finished
from iatrogenesis.core.sources import records
from iatrogenesis.core.streams import Noise
from iatrogenesis.harm.over_members import told_by_members
from iatrogenesis.harm.second_episodes import (
    COURSE,
    FOLLOW_UP,
    KEYS,
    Episodes,
    _without_word_of,
    barriers,
    episodes,
    of_member,
    rows,
    twin_sums,
    with_ranges,
    worlds_of,
)
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.mechanisms import KINDS
from iatrogenesis.world.run import DROPPED_OUT
from iatrogenesis.world.scenarios import Scenario, with_values
from iatrogenesis.world.second_episode import second_episode

DESIGN = Design(replicates=2, therapists=20, services=2, clients_per_therapist=40)
STRENGTHS = {"resistance": "barrier", "labelling": "barrier", "dependency": "return_logit"}


def of(study, scenario: Scenario) -> Episodes:
    return episodes(study.setup.run(scenario, DESIGN), study.setup)


def indexed(sums) -> pd.DataFrame:
    return pd.DataFrame(rows(sums)).set_index(list(KEYS)).sort_index()


def table(study, routine_care: Scenario) -> pd.DataFrame:
    return indexed(twin_sums({name: of(study, world) for name, world in worlds_of(routine_care).items()}))


def alone(routine_care: Scenario, kind: str) -> Scenario:
    """The world in which only this route is open."""
    return routine_care.model_copy(update={"mechanisms": tuple(m for m in routine_care.mechanisms if m.kind == kind)})


def only_barrier(routine_care: Scenario, kind: str) -> Scenario:
    """The same, and the route does nothing but to build up and to bear on seeking help again."""
    idle = {
        "resistance": ("alliance_loss", "dropout_logit", "gain_loss"),
        "labelling": ("self_worth_points", "isolation_gain_loss"),
        "dependency": ("clinging", "rebound_points"),
    }[kind]
    return with_values(alone(routine_care, kind), {f"mechanisms.{kind}.{name}": 0.0 for name in idle})


@pytest.fixture(scope="module")
def routine_care(study) -> Scenario:
    return study.catalogue[study.routine_care]


@pytest.fixture(scope="module")
def found(study, routine_care) -> pd.DataFrame:
    return table(study, routine_care)


def test_the_routes_are_those_that_say_something_when_help_is_sought(routine_care):
    ones = {name: np.ones(1) for cls in KINDS.values() for name in cls.own}
    speak = [route.kind for route in routine_care.mechanisms if np.any(route.help_seeking(ones) != 0)]
    assert barriers(routine_care) == speak and set(speak) == set(STRENGTHS)
    closed = {name: {m.kind for m in world.mechanisms} for name, world in worlds_of(routine_care).items()}
    every = closed.pop("routine_care")
    assert closed == {"reference": set()} | {f"no_{kind}": every - {kind} for kind in speak}


def test_who_comes_back_is_drawn_as_the_engine_draws_it(study, routine_care):
    run = study.setup.run(routine_care, DESIGN)
    assert np.array_equal(_without_word_of("no such route", run, study.setup), run.follow_up["returns"])


@pytest.mark.parametrize("kind", STRENGTHS)
def test_a_barrier_keeps_people_away_and_brings_nobody_back(study, routine_care, kind):
    """Twin by twin, where it is the only route; dependency the other way round."""
    world = only_barrier(routine_care, kind)
    one, closed = of(study, world), of(study, worlds_of(world)[f"no_{kind}"])
    fewer, more = (one.returning, closed.returning) if kind != "dependency" else (closed.returning, one.returning)
    assert np.all(fewer <= more) and fewer.sum() < more.sum()
    # The first episode is the same, so that closing the route and silencing its word are one thing.
    assert np.array_equal(one.unwell, closed.unwell)
    assert np.array_equal(one.unbarred[kind], closed.returning)


@pytest.mark.parametrize("kind", STRENGTHS)
def test_a_barrier_of_no_strength_does_exactly_nothing(study, routine_care, kind):
    strength = {f"mechanisms.{kind}.{STRENGTHS[kind]}": 0.0}
    for world, pairs in ((routine_care, 1), (only_barrier(routine_care, kind), 2)):
        by = table(study, with_values(world, strength)).reset_index()
        nothing = by[by["less"].isin([f"{kind}_barrier", f"no_{kind}"][:pairs])]
        assert nothing["less"].nunique() == pairs
        assert (nothing[["value", "mcse", "low", "high"]] == 0).all(axis=None)


def test_counts_add_up(found):
    follow_up = found.xs(("clients", "follow_up"), level=["people", "course"])["value"].unstack("outcome")
    levels = follow_up[follow_up["unwell"].notna()]
    assert levels["unwell"].to_numpy() == pytest.approx((levels["returning"] + levels["not_returning"]).to_numpy())
    assert len(levels) == 2 + len(STRENGTHS) + 1 + len(STRENGTHS)  # worlds, and differences from routine care
    for less in ("reference", *(f"no_{kind}" for kind in STRENGTHS)):
        apart = levels.loc[("routine_care", "")] - levels.loc[(less, "")]
        assert levels.loc[("routine_care", less)].to_numpy() == pytest.approx(apart.to_numpy(), abs=1e-9)
    courses = found.loc[("routine_care", "", "returning")]["value"]
    for name in COURSE:
        assert courses["change", name] == pytest.approx(courses["second", name] - courses["first", name])
    count = found["count"]
    away = count["routine_care", "", "not_returning", "follow_up", "severity_follow_up"]
    assert (
        count["routine_care", "", "unwell", "follow_up", "returning"]
        == away + count["routine_care", "", "returning", "first", "sessions"]
    )


def test_they_are_a_recount_of_both_runs(study, routine_care, found):
    setup = study.setup
    run = setup.run(routine_care, DESIGN)
    who, later = second_episode(run, setup.instruments, setup.judgement, Noise(setup.seed))
    value = found.loc[("routine_care", "")]["value"]
    clients = len(run.clients.row)
    assert value["clients", "follow_up", "unwell"] == pytest.approx(1000 * run.follow_up["unwell"].sum() / clients)
    assert value["clients", "follow_up", "returning"] == pytest.approx(1000 * len(who) / clients)
    away = run.follow_up["unwell"] & ~run.follow_up["returns"]
    severity = value["not_returning", "follow_up", "severity_follow_up"]
    assert severity == pytest.approx(run.follow_up["severity"][away].mean())
    for course, one, whom in (("first", run, who), ("second", later, np.arange(len(who)))):
        worse, better = setup.judgement.worse_and_better(one.state.first, one.state.last, setup.instruments)
        done = finished(one.state.session)
        told = value["returning", course]
        assert told["sessions"] == pytest.approx(one.state.session[whom].mean())
        assert told["dropped_out"] == pytest.approx(1000 * (one.state.end == DROPPED_OUT)[whom].mean())
        assert told["improved"] == pytest.approx(1000 * (better & done)[whom].mean())
        assert told["deteriorated"] == pytest.approx(1000 * (worse & done)[whom].mean())
        assert told["severity_last"] == pytest.approx(one.state.severity[whom].mean())
    assert value["returning", "second", "severity_first"] == pytest.approx(run.follow_up["severity"][who].mean())


def made(returning: list[int], sessions: list[float], unbarred: list[int] | None = None) -> Episodes:
    """Six clients in two clusters, all unwell; nothing but sessions happens in the second course."""
    back, none = np.array(returning, dtype=bool), np.zeros(6)
    return Episodes(
        member=np.zeros(6, dtype=int),
        cluster=np.repeat([0, 1], 3),
        unwell=np.ones(6, dtype=bool),
        returning=back,
        unbarred={} if unbarred is None else {"resistance": np.array(unbarred, dtype=bool)},
        severity=np.arange(6.0),
        first=dict.fromkeys(COURSE, none),
        second=dict.fromkeys(COURSE, none) | {"sessions": np.array(sessions) * back},
    )


def test_only_those_who_come_back_in_both_worlds_are_compared_person_by_person(routine_care):
    """By hand: clients 0, 1 and 3 in routine care, 1, 3, 4 and 5 without resistance; 1 and 3 in both."""
    resistant = alone(routine_care, "resistance")
    usual = made([1, 1, 0, 1, 0, 0], [2, 8, 9, 6, 9, 9], unbarred=[1, 1, 1, 1, 1, 0])
    other = made([0, 1, 0, 1, 1, 1], [9, 5, 9, 4, 1, 1])
    by = indexed(twin_sums({name: usual if name == "routine_care" else other for name in worlds_of(resistant)}))
    value, count = by["value"], by["count"]
    assert value["routine_care", "no_resistance", "in_both", "second", "sessions"] == pytest.approx((3 + 2) / 2)
    assert count["routine_care", "no_resistance", "in_both", "second", "sessions"] == 2
    assert value["routine_care", "", "returning", "second", "sessions"] == pytest.approx(16 / 3)
    assert value["no_resistance", "", "returning", "second", "sessions"] == pytest.approx(11 / 4)
    away = [
        value["routine_care", less, "clients", "follow_up", "not_returning"]
        for less in ("no_resistance", "resistance_barrier")
    ]
    assert away == pytest.approx([-1000 * (3 - 4) / 6, 1000 * 2 / 6])
    assert value["routine_care", "", "not_returning", "follow_up", "severity_follow_up"] == pytest.approx(
        (2 + 4 + 5) / 3
    )


def test_of_nobody_nothing_is_said(routine_care):
    nobody = made([0] * 6, [1.0] * 6)
    by = indexed(twin_sums(dict.fromkeys(worlds_of(alone(routine_care, "resistance")), nobody)))
    assert set(by.index.get_level_values("people")) == {"clients", "unwell", "not_returning"}
    assert by.loc[("routine_care", "", "clients", "follow_up")]["value"].to_dict() == dict(
        zip(FOLLOW_UP, (1e3, 0, 1e3), strict=True)
    )
    assert np.isfinite(by["value"]).all()


def test_intervals_are_over_clusters(found):
    """Two services in two replicates: three degrees of freedom."""
    row = found.loc[("routine_care", "", "clients", "follow_up", "unwell")]
    assert row["high"] - row["value"] == pytest.approx(3.182 * row["mcse"], rel=1e-3)
    assert row["value"] - row["low"] == pytest.approx(row["high"] - row["value"])


def test_each_member_has_the_episodes_that_it_has_alone(study, routine_care):
    """Eleven members in two blocks, of other scores, other help seeking and another barrier."""
    values = {
        "world.help_seeking.logit": np.linspace(-1.0, 1.0, 11),
        "world.scores.gad7.own_sd": np.linspace(1.0, 3.0, 11),
        "mechanisms.resistance.barrier": np.linspace(0.0, 2.0, 11),
    }
    design, setup = Design(replicates=1, therapists=12, services=2, clients_per_therapist=30), study.setup
    worlds, expected = worlds_of(routine_care), {}
    for member in (0, 10):
        own = {}
        for name, world in worlds.items():
            world = with_values(world, {path: of[member] for path, of in values.items() if path in records(world)})
            own[name] = episodes(setup.run(world, design, replicates=range(member, member + 1)), setup)
        expected[member] = of_member(own)
    labels = dict.fromkeys(expected[0], "")
    found = told_by_members(setup, design, worlds, of_member, labels, values, 1, look=episodes)
    for member, numbers in expected.items():
        here = found[found["member"] == member].set_index("conclusion")
        for name, (value, mcse) in numbers.items():
            assert (here["value"][name], here["mcse"][name]) == pytest.approx((value, mcse)), name


def test_ranges_stand_beside_the_centre():
    """Three members of one number; of another nobody can say anything."""
    about = {"world": "routine_care", "less": "", "people": "clients", "course": "follow_up", "label": "Some"}
    rows_ = [about | {"outcome": name, "value": 5.0, "mcse": 1.0} for name in ("unwell", "returning")]
    told = pd.DataFrame(
        [
            {"conclusion": f"routine_care//clients/follow_up/{name}", "label": "Some", "member": member}
            | {"value": value + member, "mcse": 0.2}
            for name, value in (("unwell", 1.0), ("returning", np.nan))
            for member in range(3)
        ]
    )
    found = with_ranges(pd.DataFrame(rows_), told).set_index("outcome")
    assert found["median"]["unwell"] == pytest.approx(2.0) and found["members"]["unwell"] == 3
    assert found["world_mcse"]["unwell"] == pytest.approx(0.2) and found["mcse"].tolist() == [1.0, 1.0]
    assert np.isnan(found["median"]["returning"])

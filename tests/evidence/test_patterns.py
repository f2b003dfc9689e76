"""Estimators of the evidence against cases worked out by hand or by another route."""

from dataclasses import fields

import numpy as np
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns import OVER_YEARS, PATTERNS
from iatrogenesis.evidence.patterns.register import between_share, counted, mean_by, odds_ratio, residual
from iatrogenesis.evidence.patterns.services import _persistence
from iatrogenesis.evidence.published import COLUMNS, DIRECTION, read_evidence, verdict
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample


def sample(n: int, **given) -> Sample:
    """A sample in which nothing happened, but for what is given."""
    blank = {part.name: np.zeros(n) for part in fields(Sample)}
    blank |= {
        "finished": np.ones(n, dtype=bool),
        "first": {"phq9": np.full(n, 15.0)},
        "last": {"phq9": np.zeros(n)},
        "later": {},
    }
    flags = ("deteriorated", "improved", "dropped_out", "recovered", "case_at_first", "noticed", "alarmed")
    blank |= {name: np.zeros(n, dtype=bool) for name in (*flags, "worse_at_follow_up")}
    return Sample(**(blank | given))


def test_share_between_groups_is_that_of_the_one_way_model():
    noise, groups, size = Noise(4), 4000, 5
    group = np.repeat(np.arange(groups), size)
    values = noise.normal("group", client=group) + 2 * noise.normal("own", client=np.arange(groups * size))
    assert between_share(values, group) == pytest.approx(1 / 5, abs=0.012)
    assert between_share(noise.normal("own", client=np.arange(20000)), group) == pytest.approx(0, abs=0.012)


def test_share_between_groups_by_hand():
    values, group = np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 0, 1, 1])
    # means 2 and 6, within mean square 2, among mean square 16, so the variance between is (16 - 2) / 2 = 7
    assert between_share(values, group) == pytest.approx(7 / 9)


def test_means_counts_odds_and_residuals_by_hand():
    mean, count, number = mean_by(np.array([1.0, 2.0, 6.0]), np.array([7, 7, 3]))
    assert mean.tolist() == [6.0, 1.5] and count.tolist() == [1, 2] and number.tolist() == [1, 1, 0]
    event, exposed = np.array([1, 0, 1, 0, 0], dtype=bool), np.array([1, 1, 0, 0, 0], dtype=bool)
    assert odds_ratio(event, exposed) == pytest.approx((1 / 1) / (1 / 2))
    x = np.arange(5.0)
    assert np.allclose(residual(3 + 2 * x, x), 0)
    one = sample(5, unit=np.array([0, 0, 1, 1, 1]), deteriorated=event)
    assert [a.tolist() for a in counted(one, one.deteriorated, np.array([1, 1, 1, 1, 0], dtype=bool))] == [
        [1, 1],
        [2, 2],
    ]


def test_ten_clients_call_harmful_by_chance_alone():
    therapists, per = 3000, 12
    unit = np.repeat(np.arange(therapists), per)
    worse = Noise(9).uniform("worse", client=np.arange(therapists * per)) < 0.058
    found = PATTERNS["T16"](Counterparts(sample(len(unit), unit=unit, deteriorated=worse)))
    by_chance = 1 - 0.942**10 - 10 * 0.058 * 0.942**9
    assert found == pytest.approx(by_chance, abs=5 * np.sqrt(by_chance / therapists))
    few = sample(9, unit=np.zeros(9), deteriorated=np.ones(9, dtype=bool))
    with pytest.warns(RuntimeWarning):  # nobody has ten
        assert np.isnan(PATTERNS["T16"](Counterparts(few)))


def test_spread_of_services_is_found_and_none_is_none():
    services, n = 300, 2000
    cluster = np.repeat(np.arange(services), n)
    noise = Noise(2)
    for sd in (0.0, 0.2):
        logit = -2.8 + sd * noise.normal("service", client=np.arange(services))
        chance = 1 / (1 + np.exp(-logit))
        worse = noise.uniform("worse", client=np.arange(services * n)) < chance[cluster]
        found = PATTERNS["T22"](Counterparts(sample(len(cluster), cluster=cluster, deteriorated=worse)))
        assert found == pytest.approx(sd, abs=0.035)


def test_persistence_is_freed_of_sampling_error():
    """Services that never change correlate at 1, however few their clients."""
    services, n, years = 400, 800, 4
    noise, cluster = Noise(6), np.repeat(np.arange(services), n * years)
    week = np.tile(np.repeat(np.arange(years) * 52 + 3, n), services)
    logit = -2.8 + 0.3 * noise.normal("service", client=np.arange(services))
    worse = noise.uniform("worse", client=np.arange(len(cluster))) < (1 / (1 + np.exp(-logit)))[cluster]
    counterparts = Counterparts(sample(len(cluster), cluster=cluster, start_week=week, deteriorated=worse))
    for lag in (1, 2, 3):
        assert _persistence(lag)(counterparts) == pytest.approx(1, abs=0.15)


def test_lasting_effects_are_net_of_those_that_the_reference_spares():
    here = sample(4, worse_at_follow_up=np.array([1, 1, 1, 0], dtype=bool))
    there = sample(4, worse_at_follow_up=np.array([1, 0, 0, 1], dtype=bool))
    assert PATTERNS["N01"](Counterparts(here, reference=there)) == 0.25


def test_effect_of_feedback_is_among_those_off_track_only():
    alarmed = np.array([1, 1, 0, 0], dtype=bool)
    without = sample(4, last={"phq9": np.array([10.0, 14.0, 3.0, 3.0])})
    with_it = sample(4, last={"phq9": np.array([9.0, 13.0, 0.0, 0.0])}, alarmed=alarmed)
    counterparts = Counterparts(without, monitored=with_it)
    assert PATTERNS["F06_phq9"](counterparts) == -1
    assert PATTERNS["F02"](counterparts) == pytest.approx(1 / 2)


def test_before_the_alarm_both_worlds_are_the_same(study):
    """The group of those off track can be told from the monitored world because nothing differs until the alarm."""
    routine_care = study.catalogue["routine_care"]
    monitoring = study.catalogue["with_monitoring"].preventions
    # Therapists' burnout answers to how clients fare, so their other clients would feel it: it is held here.
    still = routine_care.world.burnout.model_copy(
        update={"distress_push": routine_care.world.burnout.distress_push.model_copy(update={"value": 0.0})}
    )
    routine_care = routine_care.model_copy(update={"world": routine_care.world.model_copy(update={"burnout": still})})
    design = Design(therapists=20, services=4, clients_per_therapist=40)
    usual, watched = (
        study.setup.run(s, design) for s in (routine_care, routine_care.model_copy(update={"preventions": monitoring}))
    )
    on_track = watched.state.own["monitoring.alarmed"] == 0
    early = usual.state.start_week == 0  # later ones may begin in another week, with another burnout of the therapist
    same = on_track & early & ~watched.state.noticed & ~usual.state.noticed
    assert same.sum() > 50
    assert np.array_equal(usual.state.level[same], watched.state.level[same])


def test_patterns_of_one_year_and_of_several_are_apart():
    assert not set(PATTERNS) & set(OVER_YEARS)
    assert all(function.__doc__ for name, function in PATTERNS.items() if not name.startswith(("M02", "M03")))


def test_a_direction_has_no_value_and_one_bound(study, tmp_path):
    found = study.evidence.set_index("id")
    assert np.isnan(found.loc["C02", "value"]) and found.loc["C02", ["lower", "upper"]].tolist() == [1, np.inf]
    assert verdict(1.4, 0.1, 1, np.inf) == "reproduced" and verdict(0.9, 0.01, 1, np.inf) == "not reproduced"
    path = tmp_path / "evidence.csv"
    text = ",".join(COLUMNS)
    for bounds in (f"1,2,{DIRECTION}", "1,,published"):
        row = f"C02,x,competence,,{bounds},,,why,predict,RR,a,b,read,"
        path.write_text(f"{text}\n{row}\n")
        with pytest.raises(ConfigError, match=r"line 2 \(C02\): value is missing"):
            read_evidence(path, frozenset({"a"}))

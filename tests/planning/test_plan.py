"""Planning with own numbers: what is said holds in data sets that were not simulated for it."""

import numpy as np
import pytest
from pydantic import ValidationError

from iatrogenesis.planning.plan import COLUMNS, Numbers, plan, smallest_effect, therapists_needed
from iatrogenesis.simulation_study.advice import power
from iatrogenesis.simulation_study.power_curve import therapists_for
from iatrogenesis.simulation_study.setting import Setting

OWN = {"therapists": 20, "clients_per_year": 40, "rate": 0.1, "odds_ratio": 1.5, "reliability": 0.88}


@pytest.fixture(scope="module")
def found(study):
    return plan(Numbers(**OWN, vpc=0.1, years=(1, 4)), study.config.fit.priors, 5, 12)


def test_every_question_is_answered_for_every_number_of_years(found, study):
    assert tuple(found.columns) == COLUMNS
    by = found.set_index(["years", "quantity"])["value"]
    for years in (1, 4):
        assert {
            *("width_vpc", "width_sd", "coverage", "sensitivity", "fdr", "raw_sensitivity", "power", "reliability"),
            *("smallest_odds_ratio", "therapists_needed"),
        } <= set(by[years].index)
    assert found["clients"].unique().tolist() == [40, 160]
    # more years tell more
    assert by[4, "width_vpc"] < by[1, "width_vpc"] and by[4, "reliability"] > by[1, "reliability"]
    assert 1 < by[4, "smallest_odds_ratio"] < by[1, "smallest_odds_ratio"]
    assert by[4, "therapists_needed"] < by[1, "therapists_needed"]
    ends = found.dropna(subset=["low", "high"])
    assert (ends["low"] <= ends["value"]).all() and (ends["value"] <= ends["high"]).all()
    shares = found[found["quantity"].isin(["power", "sensitivity", "fdr", "coverage"])].dropna(subset=["value"])
    assert shares[["value", "low", "high"]].stack().between(0, 1).all()
    again = plan(Numbers(**OWN, vpc=0.1, years=(4,)), study.config.fit.priors, 5, 12)
    assert again.reset_index(drop=True).equals(found[found["years"] == 4].reset_index(drop=True))


def test_reliability_is_that_of_the_formula(found):
    by = found.set_index(["years", "quantity"])["value"]
    sd = Numbers(**OWN, vpc=0.1).sd
    for years, clients in ((1, 40), (4, 160)):
        information = clients * 0.1 * 0.9 * sd**2
        assert by[years, "reliability"] == pytest.approx(information / (1 + information), abs=0.05)


@pytest.mark.slow
def test_what_is_enough_has_the_power_in_new_data_sets():
    setting = Setting(30, 60, 0.6, 0.1, 0.88)
    effect = smallest_effect(setting, 100, 1)
    again = power(Setting(30, 60, 0.6, 0.1, 0.88, effect.value), 200, 77)["value"]
    assert again == pytest.approx(0.8, abs=3 * np.sqrt(0.8 * 0.2 / 200 + 0.035**2))
    assert effect.low < effect.value < effect.high
    asked = Setting(10, 60, 0.6, 0.1, 0.88, 0.4)
    size = therapists_needed(asked, 100, 1)
    enough = Setting(round(size.value), 60, 0.6, 0.1, 0.88, 0.4)
    assert power(enough, 200, 78)["value"] == pytest.approx(0.8, abs=3 * np.sqrt(0.8 * 0.2 / 200 + 0.035**2))
    assert size.value == pytest.approx(therapists_for(0.8, np.sqrt(0.88 / (0.36 + 1 / 5.4)) * 0.4), rel=0.3)


@pytest.mark.trial(kind="refused", what="a plan with {change}")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpc": 0.1, "therapist_sd": 0.6}, "give the spread between therapists once"),
        ({}, "give the spread between therapists once"),
        ({"vpc": 0.01}, "more than the 0.18 in all"),
        ({"vpc": 0.1, "rate": 0.0}, "greater than 0"),
        ({"vpc": 0.1, "years": (0.01,)}, "at least one client of each therapist"),
        ({"vpc": 0.1, "therapists": 2}, "greater than or equal to 3"),
        ({"vpc": 0.1, "caseload": 12}, "Extra inputs are not permitted"),
    ],
)
def test_numbers_that_cannot_be_are_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        Numbers(**OWN | change)


def test_the_variance_share_and_the_spread_say_the_same():
    assert Numbers(**OWN, vpc=0.101).sd == pytest.approx(0.608, abs=0.001)
    assert Numbers(**OWN, therapist_sd=0.61).setting(2) == Setting(20, 80, 0.61, 0.1, 0.88)


def test_several_services_are_compared_within():
    own = OWN | {"therapists": 24, "vpc": 0.1}
    one = Numbers(**own).setting(2)
    assert Numbers(**own, services=1, service_sd=0.4).setting(2) == one  # one service has nobody to differ from
    four = Numbers(**own, services=4, service_sd=0.8).setting(2)
    assert four.freedom == 24 - 4 - 1 and four.in_service.shape == (24, 3)
    assert np.bincount(four.service).tolist() == [6, 6, 6, 6]
    events, rate, _ = four.drawn(3, 0)
    plain, plain_rate, _ = one.drawn(3, 0)
    assert not np.array_equal(events, plain) and not np.allclose(rate, plain_rate)
    with pytest.raises(ValidationError, match="10 services of 24 therapists"):
        Numbers(**own, services=10)


@pytest.mark.slow
def test_adjusting_for_services_keeps_level_and_power():
    size, spread = {"clients": 80, "therapist_sd": 0.6, "rate": 0.1, "reliability": 0.88}, {"services": 6}
    unlike = Setting(48, **size, **spread, service_sd=1.0)
    level = power(unlike, 400, 5)["value"]
    assert level == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 400))
    alone = power(Setting(43, **size, effect=0.35), 400, 6)["value"]  # as many degrees of freedom
    beside = power(Setting(48, **size, **spread, service_sd=1.0, effect=0.35), 400, 7)["value"]
    # Services that differ cost degrees of freedom, and little information.
    assert beside == pytest.approx(alone, abs=0.12)

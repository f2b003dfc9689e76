"""Therapists: who is named, reliabilities from 0 to 1, and flags with the error rate they hold."""

import numpy as np
import pytest
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.own_data.analysis import allocation
from iatrogenesis.own_data.analysis.fits import fitted
from iatrogenesis.own_data.analysis.flags import flags
from iatrogenesis.own_data.analysis.ready import ready
from iatrogenesis.own_data.analysis.risks import expected_risk, lighter, score
from iatrogenesis.own_data.analysis.therapists import for_people, judge, rates_of, reliability
from tests.own_data.analysis.conftest import own


@pytest.fixture(scope="module")
def start(prepared):
    return ready(prepared, own())


@pytest.fixture(scope="module")
def tree(start, priors):
    return fitted("casemix", start.data(), priors, 1)


@pytest.fixture(scope="module")
def judged(start, tree):
    return judge(start, tree, score(tree))


def test_therapists_with_few_courses_have_no_name_no_rate_and_no_rank(judged):
    found = for_people(judged, 10)
    assert "T003" not in set(found["therapist_id"])
    last = found.iloc[-1]
    assert last["therapist_id"] == "fewer than 10 courses (1 therapist)" and not last["named"]
    assert np.isnan(last["rate"]) and np.isnan(last["rank"]) and np.isnan(last["p_harmful"])
    assert found["clients"].sum() == judged.table["clients"].sum()
    ranks = found.iloc[:-1]
    assert len(ranks) == 11 and ranks["rank_high_simultaneous"].max() == 11
    assert (ranks["rank_low_simultaneous"] <= ranks["rank_low"]).all()
    assert "T003" not in set(flags(judged, 0.1)["therapist_id"])


def test_reliability_is_never_negative_and_grows_with_clients(tree):
    found = reliability(tree, np.array([1, 5, 40, 4000]))
    assert (found >= 0).all() and (found <= 1).all()
    assert (np.diff(found) > 0).all()


def test_expected_numbers_add_up_to_the_observed_ones(start, judged, tree):
    np.testing.assert_allclose(judged.table["expected"].sum(), start.worse.sum())
    risk = expected_risk(score(tree), start.worse)
    np.testing.assert_allclose(
        np.log(risk / (1 - risk)) - score(tree), np.log(risk[0] / (1 - risk[0])) - score(tree)[0]
    )


def test_flags_state_what_they_hold(judged):
    found = flags(judged, 0.1)
    assert found["stated"].notna().all()
    exact = found[found["rule"] == "exact 95 % limit"]
    assert set(exact["side"]) == {"above", "below"} and (exact["expected_false"] <= 0.025 * 11 + 1e-12).all()
    wide = found[found["rule"].str.startswith("95 % limit with") & (found["side"] == "above")]
    beyond = set(exact[(exact["side"] == "above") & exact["flagged"]]["therapist_id"])
    assert set(wide[wide["flagged"]]["therapist_id"]) <= beyond
    chosen = found[(found["rule"] == "false discovery rate") & found["flagged"]]["therapist_id"]
    harmful = judged.table.set_index("therapist_id")["p_harmful"]
    assert (1 - harmful[chosen]).sum() <= 0.1 * len(chosen) + 1e-9


def test_fewer_clients_give_nearly_the_same_rates(start, tree):
    whole, light = tree, lighter(tree, 150)
    assert light["constant_data"].sizes["row"] == 150 < whole["constant_data"].sizes["row"]
    one = judge(start, whole, score(whole)).rates.mean(axis=0)
    other = rates_of(light, start.therapist_ids).mean(axis=0)
    np.testing.assert_allclose(one, other, rtol=0.03)


def test_allocation_finds_what_is_not_dealt_out_by_chance(start):
    noise, who = Noise(6), np.arange(len(start.judged))
    by_chance = noise.normal("chance", client=who)
    by_therapist = by_chance + np.linspace(-1.0, 1.0, len(start.therapist_ids))[start.therapist]
    found = allocation.table(start, {"x_one": by_chance, "x_other": by_therapist}, expit(by_therapist - 3))
    found = found.set_index("covariate")
    assert found.loc["one", "verdict"] == "chance alone could have done it" and found.loc["one", "p"] > 0.05
    for name in ("other", allocation.RISK):
        assert found.loc[name, "verdict"] == "not dealt out by chance"
        assert found.loc[name, "icc"] > found.loc[name, "chance_high"]
    assert 0.1 < found.loc["other", "icc"] < 0.6 and (found["icc"] >= 0).all()


def test_allocation_is_compared_within_services(start):
    """A difference between services alone is not one between the therapists of a service."""
    service = start.judged["service_id"].to_numpy() == start.judged["service_id"].iloc[0]
    values = service * 3.0 + Noise(8).normal("within", client=np.arange(len(service)))
    found = allocation.table(start, {"x_one": values}, expit(values)).iloc[0]
    assert found["icc"] > 0.3 and found["p"] > 0.05

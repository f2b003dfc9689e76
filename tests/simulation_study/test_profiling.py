"""Therapists told apart: against counts made by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import spearmanr

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.methods.answer import RANKED
from iatrogenesis.simulation_study.profiling import profiling
from tests.conftest import ROOT

TRUE = np.array([[0.02, 0.05, 0.30, 0.04, 0.03], [0.06, 0.06, 0.06, 0.06, 0.06], [0.20, 0.02, 0.02, 0.02, 0.19]])
SCORE = np.array([[0.01, 0.09, 0.20, 0.08, 0.05], [0.10, 0.02, 0.03, 0.04, 0.05], [0.05, 0.04, 0.03, 0.02, 0.25]])
EXCEEDS = np.array([[0.1, 0.85, 0.9, 0.1, 0.1], [0.2, 0.1, 0.1, 0.1, 0.1], [0.79, 0.1, 0.1, 0.1, 0.99]])


def long(values: np.ndarray, name: str) -> pd.DataFrame:
    replicate, therapist = np.indices(values.shape)
    return pd.DataFrame({"replicate": replicate.ravel(), "therapist": therapist.ravel(), name: values.ravel()})


@pytest.fixture
def both():
    therapists = long(SCORE, "score").assign(exceeds=EXCEEDS.ravel())
    therapists = therapists.assign(
        rate=therapists["score"], low=therapists["score"] - 0.041, high=therapists["score"] + 0.041
    )
    return therapists, long(TRUE, "rate")


def test_measures_are_those_counted_by_hand(both):
    found = profiling(*both).set_index(["estimand", "measure"])["value"]
    # harmful: therapist 2 of the first service (mean .088), none of the second, 0 and 4 of the third (mean .09)
    assert found["flag_probable", "flagged"] == pytest.approx(3 / 3)
    assert found["flag_probable", "sensitivity"] == pytest.approx(2 / 3)
    # one of two wrong in the first, nobody flagged in the second, none of one wrong in the third
    assert found["flag_probable"][["fdr", "mfdr", "empty"]].tolist() == pytest.approx([1 / 6, 1 / 3, 1 / 3])
    assert found["flag_probable", "fpr"] == pytest.approx(1 / 12)
    # the worst one of five each: therapists 2, 0, 4
    assert found["flag_worst", "sensitivity"] == pytest.approx(2 / 3)
    assert found["flag_worst"][["fdr", "mfdr", "empty"]].tolist() == pytest.approx([1 / 3, 1 / 3, 0])
    error = SCORE - TRUE
    assert found["therapist_rate", "bias"] == pytest.approx(error.mean())
    assert found["therapist_rate", "rmse"] == pytest.approx(np.sqrt((error**2).mean()))
    assert found["therapist_rate", "coverage"] == pytest.approx((np.abs(error) <= 0.041).mean())
    assert found["therapist_rate", "width"] == pytest.approx(0.082)
    assert found["therapist_rate", "bias_harmful"] == pytest.approx((-0.1 - 0.15 + 0.06) / 3)
    assert found["therapist_rate", "coverage_harmful"] == 0
    # of five therapists one; in the second service all are equal, and all are well covered
    assert found["therapist_rate", "coverage_worst_tenth"] == pytest.approx(5 / 7)
    expected = [spearmanr(SCORE[0], TRUE[0])[0], 0.0, spearmanr(SCORE[2], TRUE[2])[0]]
    assert found["therapist_rank", "rank_correlation"] == pytest.approx(np.mean(np.nan_to_num(expected)))


def test_errors_are_those_of_independent_services(both):
    found = profiling(*both).set_index(["estimand", "measure"])["mcse"]
    means = (SCORE - TRUE).mean(axis=1)
    assert found["therapist_rate", "bias"] == pytest.approx(means.std(ddof=1) / np.sqrt(3))
    expected = ratio(np.array([1.0, 0.0, 1.0]), np.array([1.0, 0.0, 2.0]))[1]
    assert found["flag_probable", "sensitivity"] == pytest.approx(expected)


def test_a_method_that_only_orders_is_judged_by_its_order(both):
    therapists, rates = both
    found = profiling(therapists.assign(rate=np.nan, low=np.nan, high=np.nan, exceeds=np.nan), rates)
    assert set(found["estimand"]) == {"therapist_rank", "flag_worst"}


def test_every_measure_is_in_the_glossary(both):
    therapists, rates = both
    judged = profiling(therapists.assign(flag=1, grade=1, action=0, **dict.fromkeys(RANKED[:4], 1)), rates)
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [name for name in judged["measure"].unique() if f"`{name}`" not in text] == []
    funnel = {"flag_funnel", "flag_funnel_95"}
    assert {"rank_set", "rank_set_all", "grade", "action", "flag_fdr", *funnel} <= set(judged["estimand"])


def plainly(rule: str, exceeds: list[float], score: list[float]) -> list[bool]:
    """Who is flagged, by going down the order one by one."""
    most = max(1, round(0.05 * len(exceeds)))
    if rule == "flag_worst":
        first = sorted(range(len(score)), key=lambda j: -score[j])[:most]
        return [j in first for j in range(len(score))]
    if rule == "flag_probable":
        return [value >= 0.8 for value in exceeds]
    chosen, harmless = [], 0.0
    for j in sorted(range(len(exceeds)), key=lambda j: -exceeds[j]):
        if (harmless + 1 - exceeds[j]) / (len(chosen) + 1) > 0.2:
            break
        harmless += 1 - exceeds[j]
        chosen.append(j)
    chosen = chosen[:most] if rule == "flag_fdr_capacity" else chosen
    return [j in chosen for j in range(len(exceeds))]


@pytest.mark.parametrize("rule", ["flag_worst", "flag_probable", "flag_fdr", "flag_fdr_capacity"])
def test_flags_are_counted_again_therapist_by_therapist(rule):
    noise, shape = Noise(12), (40, 30)
    who = {"replicate": np.arange(40)[:, None], "therapist": np.arange(30)}
    truth = 0.06 * np.exp(0.7 * noise.normal("truth", **who))
    exceeds = expit(3 * np.log(truth / 0.12) + noise.normal("error", **who))
    therapists = long(exceeds, "score").assign(exceeds=exceeds.ravel(), rate=np.nan, low=np.nan, high=np.nan)
    found = profiling(therapists, long(truth, "rate")).set_index(["estimand", "measure"])["value"][rule]
    counts = dict.fromkeys(("flagged", "harmful", "both", "harmless", "wrong", "above", "share", "empty"), 0)
    for replicate in range(shape[0]):
        chosen = plainly(rule, list(exceeds[replicate]), list(exceeds[replicate]))
        limit = 2 * sum(truth[replicate]) / shape[1]
        wrong = 0
        for rate, flag in zip(truth[replicate], chosen, strict=True):
            counts["flagged"] += flag
            counts["harmful" if rate > limit else "harmless"] += 1
            counts["both"] += flag and rate > limit
            wrong += flag and rate <= limit
        counts["wrong"] += wrong
        counts["above"] += sum(chosen) > 0 and wrong / sum(chosen) > 0.2
        counts["share"] += wrong / sum(chosen) if any(chosen) else 0.0
        counts["empty"] += not any(chosen)
    assert counts["wrong"] > 0 and counts["above"] > 0
    assert found["flagged"] == pytest.approx(counts["flagged"] / 40)
    assert found["sensitivity"] == pytest.approx(counts["both"] / counts["harmful"])
    assert found["fdr"] == pytest.approx(counts["share"] / 40)
    assert found["mfdr"] == pytest.approx(counts["wrong"] / counts["flagged"])
    assert found["empty"] == pytest.approx(counts["empty"] / 40)
    if rule in ("flag_probable", "flag_fdr"):  # the others flag about as many everywhere: there the two are one
        assert abs(found["fdr"] - found["mfdr"]) > 0.01
    assert found["fpr"] == pytest.approx(counts["wrong"] / counts["harmless"])
    assert found["fdr_above"] == pytest.approx(counts["above"] / 40)


def test_a_funnels_flags_are_its_own(both):
    therapists, rates = both
    flag = [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
    score = np.where(flag, 3.2, 0.5)
    score[1] = 2.0  # beyond the limit of 95 % alone
    both = profiling(therapists.assign(flag=flag, score=score), rates).set_index(["estimand", "measure"])["value"]
    found = both["flag_funnel"]
    # wrong is the one of the second service, where nobody is harmful
    assert found[["flagged", "sensitivity", "fdr", "mfdr"]].tolist() == pytest.approx([4 / 3, 1.0, 1 / 3, 1 / 4])
    assert found["fdr_above"] == pytest.approx(1 / 3)
    found = both["flag_funnel_95"]
    assert found[["flagged", "sensitivity", "mfdr"]].tolist() == pytest.approx([5 / 3, 1.0, 2 / 5])
    assert found["fdr"] == pytest.approx((1 / 2 + 1) / 3)


def test_rates_are_held_to_what_they_are_estimates_of(both):
    therapists, rates = both
    others = np.roll(TRUE, 1, axis=1)  # as if everybody's clients were unlike the others'
    own = rates.assign(own_rate=others.ravel())
    ranks = others.argsort(axis=1).argsort(axis=1).ravel() + 1
    therapists = therapists.assign(rank_low=ranks, rank_high=ranks)
    found = profiling(therapists, own, "own_rate").set_index(["estimand", "measure"])["value"]
    error = SCORE - others
    assert found["own_rate", "bias"] == pytest.approx(error.mean())
    assert found["own_rate", "coverage"] == pytest.approx((np.abs(error) <= 0.041).mean())
    assert "therapist_rate" not in found.index.get_level_values(0)
    # who is harmful, and the order, do not depend on it
    usual = profiling(therapists, rates).set_index(["estimand", "measure"])["value"]
    for estimand in ("flag_worst", "flag_probable", "flag_fdr", "therapist_rank"):
        pd.testing.assert_series_equal(found[estimand], usual[estimand])
    # of own rates .06 five are alike, and .02 three and two: one rank each is not all that they may have
    assert found["rank_set", "coverage"] == pytest.approx((5 + 0 + 2) / 15)
    assert usual["rank_set", "coverage"] < found["rank_set", "coverage"]


def test_intervals_a_tenth_too_short_are_caught():
    """1.96 standard errors cover 95 %, nine tenths of that 92.2 %: far apart in Monte Carlo standard errors."""
    truth = np.full((400, 20), 0.06)
    error = Noise(13).normal("estimate", replicate=np.arange(400)[:, None], therapist=np.arange(20))
    table = long(truth + 0.01 * error, "score")
    table = table.assign(rate=table["score"], exceeds=0.5)
    for shrink, covered in ((1.0, True), (0.9, False)):
        half = 0.01 * 1.959964 * shrink
        intervals = table.assign(low=table["rate"] - half, high=table["rate"] + half)
        found = profiling(intervals, long(truth, "rate")).set_index(["estimand", "measure"])
        value, mcse = found.loc[("therapist_rate", "coverage"), ["value", "mcse"]]
        assert (abs(value - 0.95) < 4 * mcse) == covered


def test_nobody_flagged_leaves_a_share_missing(both):
    therapists, rates = both
    found = profiling(therapists.assign(exceeds=0.0), rates).set_index(["estimand", "measure"])["value"]
    assert found["flag_probable"][["fdr", "empty", "sensitivity"]].tolist() == [0, 1, 0]
    assert np.isnan(found["flag_probable", "mfdr"])


def test_therapists_without_a_truth_are_refused(both):
    therapists, rates = both
    with pytest.raises(DataError, match="3 therapists have no true rate"):
        profiling(therapists, rates[rates["therapist"] != 1])

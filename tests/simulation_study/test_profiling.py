"""Therapists told apart: against counts made by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.profiling import profiling

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
    assert found["flag_probable", "fdr"] == pytest.approx(1 / 3)
    assert found["flag_probable", "fpr"] == pytest.approx(1 / 12)
    # the worst one of five each: therapists 2, 0, 4
    assert found["flag_worst", "sensitivity"] == pytest.approx(2 / 3)
    assert found["flag_worst", "fdr"] == pytest.approx(1 / 3)
    error = SCORE - TRUE
    assert found["therapist_rate", "bias"] == pytest.approx(error.mean())
    assert found["therapist_rate", "rmse"] == pytest.approx(np.sqrt((error**2).mean()))
    assert found["therapist_rate", "coverage"] == pytest.approx((np.abs(error) <= 0.041).mean())
    assert found["therapist_rate", "width"] == pytest.approx(0.082)
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


def test_nobody_flagged_leaves_a_share_missing(both):
    therapists, rates = both
    found = profiling(therapists.assign(exceeds=0.0), rates).set_index(["estimand", "measure"])["value"]
    assert np.isnan(found["flag_probable", "fdr"]) and found["flag_probable", "sensitivity"] == 0


def test_therapists_without_a_truth_are_refused(both):
    therapists, rates = both
    with pytest.raises(DataError, match="3 therapists have no true rate"):
        profiling(therapists, rates[rates["therapist"] != 1])

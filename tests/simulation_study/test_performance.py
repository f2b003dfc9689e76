"""Performance measures against formulas written out by hand: Morris, White & Crowther (2019), Table 6, and simhelpers.

Those of Table 6 are the formulas of rsimsum, too.
"""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.performance import performance

ESTIMATE, SE, TRUTH = [0.5, 0.7, 0.2, 0.9, 0.6], [0.2, 0.25, 0.15, 0.1, 0.3], 0.5


@pytest.fixture
def replicates() -> pd.DataFrame:
    table = pd.DataFrame({"estimate": ESTIMATE, "se": SE, "truth": TRUTH})
    return table.assign(low=table["estimate"] - 2 * table["se"], high=table["estimate"] + 2 * table["se"])


def test_measures_are_those_of_the_paper(replicates):
    found = performance(replicates).set_index("measure")
    n, mean = 5, sum(ESTIMATE) / 5
    squares = [(value - mean) ** 2 for value in ESTIMATE]
    errors = [(value - TRUTH) ** 2 for value in ESTIMATE]
    empirical, mse = (sum(squares) / 4) ** 0.5, sum(errors) / 5
    variances = [value**2 for value in SE]
    model = (sum(variances) / 5) ** 0.5
    spread = sum((value - model**2) ** 2 for value in variances) / 4
    mse_mcse = (sum((value - mse) ** 2 for value in errors) / (n * (n - 1))) ** 0.5
    expected = {
        "bias": (mean - TRUTH, (sum(squares) / (n * (n - 1))) ** 0.5),
        "empirical_se": (empirical, empirical / (2 * (n - 1)) ** 0.5),
        "model_se": (model, (spread / (4 * n * model**2)) ** 0.5),
        "model_se_error": (
            model / empirical - 1,
            model / empirical * (spread / (4 * n * model**4) + 1 / (2 * (n - 1))) ** 0.5,
        ),
        "mse": (mse, mse_mcse),
        "rmse": (mse**0.5, mse_mcse / (2 * mse**0.5)),
        # 0.9 +- 0.2 misses 0.5; 0.2 +- 0.3 just reaches it, up to rounding
        "width": (4 * sum(SE) / 5, 4 * np.std(SE, ddof=1) / n**0.5),
        "failed": (0.0, 0.0),
    }
    for measure, (value, mcse) in expected.items():
        assert found.loc[measure, "value"] == pytest.approx(value), measure
        assert found.loc[measure, "mcse"] == pytest.approx(mcse), measure
        assert found.loc[measure, "n"] == 5


def test_coverage_counts_intervals_that_hold_the_truth(replicates):
    covered = replicates.assign(low=[0, 0, 0, 0.8, 0.55], high=1.0)
    found = performance(covered).set_index("measure").loc["coverage"]
    assert (found["value"], found["mcse"]) == pytest.approx((0.6, (0.6 * 0.4 / 5) ** 0.5))


def test_failures_are_counted_and_never_dropped(replicates):
    more = pd.concat([replicates, pd.DataFrame({"truth": [0.5]})], ignore_index=True)
    more["passed"] = [True, True, False, True, True, False]
    found = performance(more).set_index("measure")
    assert found.loc["failed", "value"] == pytest.approx(1 / 6)
    assert found.loc["failed", "n"] == 6
    assert found.loc["not_passed", "value"] == pytest.approx(2 / 6)
    assert found.loc["bias", "n"] == 5  # the fit that did not converge gave an estimate and stays in


def test_truths_that_differ_between_replicates_are_compared_one_by_one(replicates):
    moved = replicates.assign(truth=replicates["truth"] + np.arange(5), estimate=replicates["estimate"] + np.arange(5))
    for measure in ("bias", "empirical_se", "rmse"):
        one, other = (performance(table).set_index("measure").loc[measure, "value"] for table in (replicates, moved))
        assert one == pytest.approx(other)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="se"), "column 'se' is missing"),
        (lambda t: t.assign(estimate=np.inf), "'estimate' holds a missing or infinite"),
        (lambda t: t.assign(truth=t["truth"].where(t.index > 1)), "'truth' holds a missing"),
        (lambda t: t.iloc[:1], "1 replicates have an estimate"),
        (lambda t: t.assign(estimate="a"), "'estimate' must hold numbers"),
    ],
)
def test_faulty_tables_are_refused(replicates, change, words):
    with pytest.raises(DataError, match=words):
        performance(change(replicates))


def test_rejections_count_as_power_or_as_type_1_error(replicates):
    rejects = replicates.assign(rejects=[1, 1, 0, 1, np.nan])
    found = performance(rejects).set_index("measure")
    assert (found.loc["power", "value"], found.loc["power", "n"]) == (0.75, 4)
    nothing = performance(rejects.assign(truth=0.0)).set_index("measure")
    assert nothing.loc["type_1_error", "value"] == 0.75 and "power" not in nothing.index


def test_without_a_truth_only_what_needs_none_is_judged(replicates):
    found = performance(replicates.assign(truth=np.nan, rejects=1.0)).set_index("measure")
    assert {"bias", "mse", "rmse", "coverage"}.isdisjoint(found.index)
    assert found.loc["width", "n"] == 5 and found.loc["power", "value"] == 1


def test_estimates_without_an_interval_stay_in_the_bias(replicates):
    one = replicates.assign(se=replicates["se"].where(replicates.index > 0))
    found = performance(one).set_index("measure")
    assert found.loc["bias", "n"] == 5 and found.loc["coverage", "n"] == 4
    assert found.loc["no_interval", "value"] == pytest.approx(0.2) and found.loc["failed", "value"] == 0


def test_what_lies_far_out_is_counted_and_stays_in(replicates):
    far = pd.concat([replicates, replicates.iloc[[0]].assign(estimate=40.0, low=39.0, high=41.0)], ignore_index=True)
    found = performance(far).set_index("measure")
    assert found.loc["outlying", "value"] == pytest.approx(1 / 6)
    assert found.loc["bias", "value"] == pytest.approx((sum(ESTIMATE) + 40) / 6 - TRUTH)


@pytest.mark.parametrize(("zeros", "beyond"), [(40, 0), (60, 0), (60, 1), (85, 0), (85, 1)])
def test_beside_a_heap_of_zeros_the_others_are_not_far_out(zeros, beyond):
    """Estimates of a spread are often 0; half of them are enough to leave a median absolute deviation of 0."""
    others = 0.3 + 0.02 * np.arange(100 - zeros - beyond)
    estimate = np.concatenate([np.zeros(zeros), others, np.full(beyond, 50.0)])
    table = pd.DataFrame({"estimate": estimate, "se": 0.1, "low": 0.0, "high": 1.0, "truth": 0.3})
    assert performance(table).set_index("measure").loc["outlying", "value"] == beyond / 100


def test_errors_are_about_those_of_simhelpers():
    """Other formulas for the same errors: moments for that of the MSE, a jackknife for that of the RMSE."""
    generator = np.random.default_rng(4)
    k = 4000
    estimate = 0.3 + generator.gamma(2.0, 0.2, k)
    se = generator.uniform(0.2, 0.4, k)
    table = pd.DataFrame({"estimate": estimate, "se": se, "truth": 0.5}).assign(low=estimate - se, high=estimate + se)
    found = performance(table).set_index("measure")
    spread, bias = estimate.std(ddof=1), estimate.mean() - 0.5
    standard = (estimate - estimate.mean()) / spread
    skewness, kurtosis = np.mean(standard**3), np.mean(standard**4)
    mse_error = np.sqrt((spread**4 * (kurtosis - 1) + 4 * spread**3 * skewness * bias + 4 * spread**2 * bias**2) / k)
    assert found.loc["mse", "mcse"] == pytest.approx(mse_error, rel=0.01)
    squares = (estimate - 0.5) ** 2
    without = np.sqrt((squares.sum() - squares) / (k - 1))
    jackknife = np.sqrt((k - 1) / k * np.sum((without - np.sqrt(squares.mean())) ** 2))
    assert found.loc["rmse", "mcse"] == pytest.approx(jackknife, rel=0.01)
    assert found.loc["bias", "mcse"] == pytest.approx(spread / np.sqrt(k))
    covered = np.mean((table["low"] <= 0.5) & (table["high"] >= 0.5))
    assert found.loc["coverage", "mcse"] == pytest.approx(np.sqrt(covered * (1 - covered) / k))

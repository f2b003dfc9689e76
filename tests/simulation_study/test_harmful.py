"""Measures about those of whom something is decided: recomputed from raw rows by plain loops, planted faults caught."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.profiling import profiling

SERVICES, COUNT = 60, 30


def noise(name: str, services: int = SERVICES) -> np.ndarray:
    return Noise(31).normal(name, replicate=np.arange(services)[:, None], therapist=np.arange(COUNT))


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Therapists whose rates are drawn to the mean, and true rates: standardised ones, and others of own clients."""
    replicate, therapist = (place.ravel() for place in np.indices((SERVICES, COUNT)))
    rate = (0.06 * np.exp(0.6 * noise("truth"))).ravel()
    own_rate = rate * np.exp(0.4 * noise("own").ravel())
    estimate = 0.03 + 0.5 * own_rate + 0.01 * noise("error").ravel()
    rates = pd.DataFrame({"replicate": replicate, "therapist": therapist, "rate": rate, "own_rate": own_rate})
    told = rates[["replicate", "therapist"]].assign(score=estimate, rate=estimate)
    return told.assign(low=estimate - 0.03, high=estimate + 0.03, exceeds=np.nan), rates


def recounted(told: pd.DataFrame, rates: pd.DataFrame, target: str, harmful_by: str = "rate") -> dict[str, float]:
    """Coverage and bias of some therapists, one by one."""
    sums = dict.fromkeys(("harmful", "error", "covered", "worst", "covered_worst"), 0.0)
    for replicate, true in rates.groupby("replicate"):
        own = told[told["replicate"] == replicate]
        mean = sum(true[harmful_by]) / len(true)
        highest = sorted(true["rate"], reverse=True)[: round(0.1 * len(true))]
        for answer, truth in zip(own.itertuples(), true.itertuples(), strict=True):
            value = getattr(truth, target)
            held = answer.low <= value <= answer.high
            if getattr(truth, harmful_by) > 2 * mean:
                sums["harmful"] += 1
                sums["error"] += answer.rate - value
                sums["covered"] += held
            if truth.rate in highest:
                sums["worst"] += 1
                sums["covered_worst"] += held
    return {
        "bias_harmful": sums["error"] / sums["harmful"],
        "coverage_harmful": sums["covered"] / sums["harmful"],
        "coverage_worst_tenth": sums["covered_worst"] / sums["worst"],
    }


@pytest.mark.parametrize("target", ["rate", "own_rate"])
def test_coverage_where_something_is_decided_is_counted_again(tables, target):
    """Rates drawn to the mean are covered well on average, and badly where they are high."""
    found = profiling(*tables, target).set_index(["estimand", "measure"])["value"]
    found = found[{"rate": "therapist_rate", "own_rate": "own_rate"}[target]]
    expected = recounted(*tables, target)
    assert found[list(expected)].to_dict() == pytest.approx(expected)
    assert expected["coverage_harmful"] < found["coverage"] - 0.2 and expected["bias_harmful"] < -0.02


def test_who_is_harmful_by_the_rate_of_own_clients_is_someone_else(tables):
    found = profiling(*tables, "own_rate").set_index(["estimand", "measure"])["value"]["own_rate"]
    wrong = recounted(*tables, "own_rate", harmful_by="own_rate")
    assert abs(found["bias_harmful"] - wrong["bias_harmful"]) > 0.005
    assert abs(found["coverage_harmful"] - wrong["coverage_harmful"]) > 0.02


def stepped_up(p: list[float], level: float) -> list[bool]:
    """Benjamini & Hochberg's list: all up to the last p-value, in their order, that is below its share of the level."""
    order, last = sorted(p), 0
    for place, value in enumerate(order, start=1):
        if value <= level * place / len(p):
            last = place
    return [last > 0 and value <= order[last - 1] for value in p]


def test_lists_of_p_values_are_those_of_step_up_tests(tables):
    told, rates = tables
    true = rates.groupby("replicate")["rate"]
    p = norm.sf(8 * np.log(rates["rate"] / (2 * true.transform("mean"))) + noise("z").ravel())
    told = told.assign(exceeds=1 - p)
    by_p, as_posterior = (
        profiling(told, rates, exceeds=what).set_index(["estimand", "measure"])["value"] for what in ("p", "posterior")
    )
    shares, flagged, least = [], 0, 0
    for _, own in rates.assign(p=p).groupby("replicate"):
        chosen = stepped_up(list(own["p"]), 0.2)
        wrong = sum(flag and rate <= 2 * own["rate"].mean() for flag, rate in zip(chosen, own["rate"], strict=True))
        shares.append(wrong / max(sum(chosen), 1))
        flagged += sum(chosen)
        least += min(sum(chosen), 2)  # there is capacity for 5 % of 30
    assert flagged > 40 and least < flagged
    assert by_p["flag_fdr", "flagged"] == pytest.approx(flagged / SERVICES)
    assert by_p["flag_fdr", "fdr"] == pytest.approx(np.mean(shares))
    assert by_p["flag_fdr_capacity", "flagged"] == pytest.approx(least / SERVICES)
    # one less a p-value is above .5 for half of those at the limit: taken for a posterior, it flags far too many
    assert as_posterior["flag_fdr", "flagged"] > 1.5 * by_p["flag_fdr", "flagged"]
    pd.testing.assert_series_equal(by_p["flag_probable"], as_posterior["flag_probable"])


def test_methods_say_what_is_no_posterior():
    assert {name for name, facts in FACTS.items() if facts.get("EXCEEDS") == "p"} == {"raw", "funnel", "firth"}
    assert {facts.get("EXCEEDS", "posterior") for facts in FACTS.values()} == {"p", "posterior"}

"""Therapists with equal scores: whom a rule flags is drawn by lot, and never follows from their numbers."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.simulation_study.flag_rules import BASE_RATE, chosen_by
from iatrogenesis.simulation_study.profiling import profiling

SERVICES, COUNT, HARMFUL = 800, 40, 4
"""Two of forty are flagged by capacity; the last four are harmful, and all scores are equal."""


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    replicate, therapist = (place.ravel() for place in np.indices((SERVICES, COUNT)))
    rates = pd.DataFrame({"replicate": replicate, "therapist": therapist})
    rates["rate"] = np.where(therapist >= COUNT - HARMFUL, 0.3, 0.02)
    told = rates.assign(score=0.0, exceeds=0.9, rate=np.nan, low=np.nan, high=np.nan)
    return told, rates


def chosen(told: pd.DataFrame, exceeds: str) -> dict[str, np.ndarray]:
    return {rule: flags.reshape(-1, COUNT) for rule, flags in chosen_by(told, exceeds, True, False)}


@pytest.mark.parametrize("exceeds", ["posterior", "p"])
@pytest.mark.parametrize("rule", ["flag_worst", "flag_fdr_capacity"])
def test_equal_ones_are_flagged_equally_often(tables, rule, exceeds):
    """By their numbers the first two would be flagged in every service."""
    flags = chosen(tables[0], exceeds)[rule]
    assert set(flags.sum(axis=1)) == {2}
    expected, error = 2 / COUNT, np.sqrt(2 / COUNT * (1 - 2 / COUNT) / SERVICES)
    assert np.all(np.abs(flags.mean(axis=0) - expected) < 4.5 * error)


def test_a_list_that_ends_among_equal_ones_is_drawn_too(tables):
    """Of probabilities .95 and, of all others, .7, the expected false discovery rate allows one of these."""
    told = tables[0].assign(exceeds=np.where(tables[0]["therapist"] == 7, 0.95, 0.7))
    flags = chosen(told, "posterior")["flag_fdr"]
    assert set(flags.sum(axis=1)) == {2} and flags[:, 7].all()
    others = np.delete(flags, 7, axis=1).mean(axis=0)
    assert np.all(others < 1 / (COUNT - 1) + 4.5 * np.sqrt(1 / (COUNT - 1) / SERVICES))


def test_measures_are_those_expected_of_lots(tables):
    found = profiling(*tables).set_index(["estimand", "measure"])
    value, mcse = found.loc[("flag_worst", "mfdr"), ["value", "mcse"]]
    assert abs(value - (1 - HARMFUL / COUNT)) < 4 * mcse
    assert found.loc[("therapist_rank", "auc"), "value"] == 0.5
    for rule in ("flag_worst", "flag_probable", "flag_fdr"):
        assert found.loc[(rule, BASE_RATE), "value"] == HARMFUL / COUNT


def test_the_base_rate_is_counted_service_by_service():
    rates = pd.DataFrame({"replicate": np.repeat([0, 1], 5), "therapist": np.tile(np.arange(5), 2)})
    rates["rate"] = [0.02, 0.02, 0.02, 0.02, 0.3, 0.06, 0.06, 0.06, 0.06, 0.06]
    told = rates.assign(score=rates["rate"], rate=np.nan, low=np.nan, high=np.nan, exceeds=np.nan)
    found = profiling(told, rates).set_index(["estimand", "measure"]).loc[("flag_worst", BASE_RATE)]
    assert (found["value"], found["n"]) == (pytest.approx(0.1), 2)
    assert found["mcse"] == pytest.approx(0.1)  # of 1 in 5 and of none


def test_lots_depend_on_data_set_and_therapist_alone(tables):
    """Not on how many other data sets or therapists there are, nor on the order of rows."""
    told = tables[0]
    whole = told.assign(flag=chosen(told, "posterior")["flag_worst"].ravel())
    part = told[told["replicate"].isin([3, 700])].sample(frac=1, random_state=1)
    (_, flags), *_ = chosen_by(part, "posterior", False, False)
    assert flags.tolist() == whole.loc[part.index, "flag"].tolist()

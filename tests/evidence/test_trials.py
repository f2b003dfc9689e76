"""Trials of the calibration on a world whose posterior is known: linear patterns, normal scores."""

import numpy as np
import pytest

from iatrogenesis.evidence.ensemble import Search
from iatrogenesis.evidence.fitted import Fitted
from iatrogenesis.evidence.trials import freed, known_truths, left_out, weighed

NAMES = ["a", "b", "c"]
SLOPES = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.3, 0.0, 1.0]])
SEARCH = Search(members=400, steps=3, seed=5)
FITTED = Fitted(("p", "q", "r"), np.array(["one", "one", "two"]), np.array([1.0, -0.5, 0.4]), np.array([0.3, 0.4, 0.5]))


def shown(scores: np.ndarray, first: int) -> np.ndarray:
    return SLOPES @ scores


def test_a_group_is_predicted_without_its_own_patterns():
    table = left_out(FITTED, {"q"}, np.zeros(3), NAMES, shown, SEARCH).set_index("pattern")
    assert table.index.tolist() == ["p", "r"]
    # Without both of group one, only r informs: the exact prediction of p is that of the conjugate normal.
    slope, tolerance = SLOPES[2], 0.5
    gain = slope / (slope @ slope + tolerance**2)
    assert table.loc["p", "median"] == pytest.approx(SLOPES[0] @ gain * 0.4, abs=0.12)
    spread = np.sqrt(SLOPES[0] @ (np.eye(3) - np.outer(gain, slope)) @ SLOPES[0])
    assert (table.loc["p", "high_90"] - table.loc["p", "low_90"]) / 3.29 == pytest.approx(spread, rel=0.15)
    expected = (1.0 - table.loc["p", "median"]) / np.hypot(0.3, spread)
    assert table.loc["p", "z"] == pytest.approx(expected, abs=0.1)


def test_ranges_hold_known_truths_about_nine_times_in_ten():
    def concluded(scores: np.ndarray, first: int) -> np.ndarray:
        return np.stack([scores[0] + scores[1], scores[2]])

    table = known_truths(FITTED, NAMES, shown, concluded, ["sum", "last"], 60, SEARCH)
    assert len(table) == 120
    assert 0.8 <= table["covered"].mean() <= 0.97
    inside = (table["low_90"] <= table["truth"]) & (table["truth"] <= table["high_90"])
    assert (inside == table["covered"]).all()


def test_a_search_that_knows_too_much_is_found_out():
    """A world that shows twice what members show: ranges miss the truth."""

    def concluded(scores: np.ndarray, first: int) -> np.ndarray:
        return scores[:1] * (3.0 if first >= 1_000_000 else 1.0)

    table = known_truths(FITTED, NAMES, shown, concluded, ["first"], 30, SEARCH)
    assert table["covered"].mean() < 0.7


def test_the_smoother_concludes_as_importance_weights_do():
    def concluded(scores: np.ndarray, whose: int) -> np.ndarray:
        return np.stack([scores[0], scores[1]])

    def told(scores: np.ndarray, whose: int) -> np.ndarray:
        return SLOPES[:2] @ scores

    target, tolerance = FITTED.target[:2], FITTED.tolerance[:2]
    table = weighed(target, tolerance, NAMES, told, concluded, ["a", "b"], 4000, SEARCH).set_index(["quantity", "how"])
    for quantity in ("a", "b"):
        by_weight, by_steps, before = (table.loc[(quantity, how)] for how in ("weights", "smoother", "prior"))
        assert by_weight["median"] == pytest.approx(by_steps["median"], abs=0.12)
        exact = {"a": 1.095, "b": 1.202}[quantity]  # of the conjugate normal
        for way in (by_weight, by_steps):
            assert way["high_90"] - way["low_90"] == pytest.approx(exact, rel=0.18)
        assert before["high_90"] - before["low_90"] > 2 * exact
        assert 20 < by_weight["effective"] < 400


def test_monte_carlo_error_is_no_part_of_the_spread():
    noise = np.random.default_rng(8).standard_normal(4000)
    values = freed(3 * np.random.default_rng(9).standard_normal(4000) + 4 * noise, 4.0)
    assert values.std() == pytest.approx(3, rel=0.08)
    assert freed(4 * noise, 40.0).std() == 0

"""Grades: against all partitions, against all orders, and where the prior is right, against the truth."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import rankdata

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.grades import GAIN, graded, pairs_of_draws, pairs_of_normals

CASES = 60


def normals(name: str, *shape: int) -> np.ndarray:
    return Noise(8).normal(name, replicate=np.arange(shape[0])[:, None], therapist=np.arange(shape[1]))


def worth(pairs: np.ndarray, grade: np.ndarray, gain: float) -> float:
    """Expected total of a grading, pair by pair."""
    total = 0.0
    for i in range(len(grade)):
        for j in range(len(grade)):
            if grade[i] > grade[j]:
                total += gain * pairs[i, j] - (1 - pairs[i, j])
    return total


def partitions(order: np.ndarray):
    """All gradings whose grades are consecutive in the order."""
    for cuts in product([0, 1], repeat=len(order) - 1):
        grade = np.empty(len(order), dtype=int)
        grade[order] = 1 + np.concatenate([[0], np.cumsum(cuts)])
        yield grade


def case(number: int, count: int) -> np.ndarray:
    estimate, se = normals("estimate", CASES, count)[number], 0.1 + np.abs(normals("se", CASES, count)[number])
    return pairs_of_normals(estimate, se)


@pytest.mark.parametrize("gain", [0.1, GAIN, 0.6, 1.0])
@pytest.mark.parametrize("count", [1, 2, 5, 7])
def test_no_other_cut_of_the_order_is_worth_more(count, gain):
    several = 0
    for number in range(CASES if count < 7 else 20):
        pairs = case(number, count)
        order = np.argsort(pairs.sum(axis=1))
        best = max(worth(pairs, grade, gain) for grade in partitions(order))
        found = graded(pairs, gain)
        assert worth(pairs, found.grade, gain) == pytest.approx(best, abs=1e-12)
        assert np.all(np.diff(found.grade[order]) >= 0) and found.grade.min() == 1
        several += found.grade.max() > 1
    assert several > 5 or count == 1


def test_hardly_any_grading_in_another_order_is_worth_more():
    """Five therapists have 541 weak orders; what the order of expected ranks loses is next to nothing."""
    lost = []
    ways = [np.array(grade) for grade in product(range(5), repeat=5) if set(grade) == set(range(max(grade) + 1))]
    assert len(ways) == 541
    for number in range(CASES):
        pairs = case(number, 5)
        gains = np.tril((1 + GAIN) * pairs - 1, 0) + np.triu((1 + GAIN) * pairs - 1, 1)
        best = max((gains * (grade[:, None] > grade)).sum() for grade in ways)
        lost.append(best - worth(pairs, graded(pairs).grade, GAIN))
    assert min(lost) > -1e-12
    assert np.mean(np.array(lost) < 1e-12) > 0.8
    assert np.mean(lost) < 0.02  # in wrong orderings


def test_two_therapists_are_told_apart_from_a_probability_of_four_fifths_on():
    assert GAIN == 0.25
    for probability, grades in ((0.79, [1, 1]), (0.81, [2, 1]), (0.19, [1, 2])):
        assert graded(np.array([[0.5, probability], [1 - probability, 0.5]])).grade.tolist() == grades


def test_extremes():
    sure = graded(pairs_of_normals(np.array([3.0, 1.0, 2.0]), np.full(3, 0.01)))
    assert sure.grade.tolist() == [3, 1, 2] and sure.ordered == 1 and sure.discordance == pytest.approx(0, abs=1e-12)
    alike = graded(np.full((4, 4), 0.5))
    assert alike.grade.tolist() == [1] * 4 and alike.ordered == alike.discordance == 0
    assert graded(np.array([[0.5]])) == (np.array([1]), 0.0, 0.0)


def test_pairs_of_draws_are_counted():
    rates = np.round(np.abs(normals("draw", 50, 4)), 1)  # with ties
    found = pairs_of_draws(rates)
    for i in range(4):
        for j in range(4):
            both = zip(rates[:, i], rates[:, j], strict=True)
            assert found[i, j] == pytest.approx(np.mean([1.0 if a > b else 0.5 if a == b else 0.0 for a, b in both]))


def test_the_order_is_that_of_expected_ranks():
    rates = 0.3 * np.arange(6) + normals("ranks", 400, 6)
    pairs = pairs_of_draws(rates)
    np.testing.assert_allclose(0.5 + pairs.sum(axis=1), rankdata(rates, axis=1).mean(axis=0))


def test_where_the_prior_is_right_the_expected_discordance_is_the_realised_one():
    count, services, sd, se = 30, 600, 0.6, 0.3
    shrink, spread = sd**2 / (sd**2 + se**2), sd * se / np.hypot(sd, se)
    truths, errors = sd * normals("truth", services, count), se * normals("error", services, count)
    gaps, wrong, ordered = [], 0, 0
    for truth, error in zip(truths, errors, strict=True):
        found = graded(pairs_of_normals(shrink * (truth + error), np.full(count, spread)))
        apart = found.grade[:, None] > found.grade
        mistakes = (apart & (truth[:, None] < truth)).sum()
        gaps.append(mistakes / (count * (count - 1) / 2) - found.discordance)
        wrong, ordered = wrong + mistakes, ordered + apart.sum()
    assert abs(np.mean(gaps)) < 4 * np.std(gaps) / np.sqrt(services)
    assert 0 < wrong / ordered < 1 - 1 / (1 + GAIN)


@pytest.mark.trial(kind="refused", what="standard errors {se}")
@pytest.mark.parametrize("se", [0.0, np.nan, np.inf])
def test_unusable_errors_are_refused(se):
    with pytest.raises(DataError, match="positive standard error"):
        pairs_of_normals(np.zeros(2), np.array([1.0, se]))

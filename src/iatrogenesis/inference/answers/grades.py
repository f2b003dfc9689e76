"""Grades: therapists in as many groups as can be told apart, with a price on wrong orderings.

For each pair of therapists there is the posterior probability p_ij that i's rate is the higher one. To put i above j
gains `gain` (lambda) if that is right and loses 1 if it is wrong, and to leave them in one grade costs nothing; so a
pair on its own is put in order only where p_ij exceeds 1 / (1 + lambda). Grades are the grouping with the greatest
expected total. Kline, Rose & Walters (2024), "A discrimination report card", arXiv:2306.13005, from its description.

They search all groupings by an integer programme. Here therapists are put in the order of their posterior expected
ranks first, and the best cut of that order into consecutive grades is found exactly: the best grades of the first b are
those of some first a, and all from a to b in one grade. The total within a grade comes from sums over rectangles of the
matrix of pairs, so that J therapists take a time of J^2.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.special import ndtr

from iatrogenesis.core.definitions import FLAG_PROBABILITY
from iatrogenesis.core.tables import DataError

GAIN = round((1 - FLAG_PROBABILITY) / FLAG_PROBABILITY, 9)
"""Worth of a right ordering beside the cost of a wrong one: 0.25, so that a pair is ordered from a probability of 0.8
on, as therapists are flagged from 0.8 on; a choice of this study."""


class Graded(NamedTuple):
    """Grades and what the posterior expects of them.

    Attributes
    ----------
    grade
        int64, shape (therapists,); 1 has the lowest rates.
    ordered
        Share of all pairs that are in different grades.
    discordance
        Expected share of all pairs that are in different grades in the wrong order.
    """

    grade: np.ndarray
    ordered: float
    discordance: float


def pairs_of_draws(rates: np.ndarray) -> np.ndarray:
    """Return the posterior probability that the row's rate exceeds the column's; ties count half.

    Parameters
    ----------
    rates
        Posterior draws, shape (draws, therapists).

    Returns
    -------
    numpy.ndarray
        float64, shape (therapists, therapists); p + p' is 1, and .5 on the diagonal.
    """
    by_therapist = np.ascontiguousarray(rates.T, dtype=float)
    pairs = np.full((len(by_therapist), len(by_therapist)), 0.5)
    _compare(by_therapist, pairs)
    return pairs


@njit(cache=True)
def _compare(values, pairs):
    therapists, draws = values.shape
    for i in range(therapists):
        for j in range(i):
            above = 0
            for d in range(draws):
                above += (values[i, d] > values[j, d]) + (values[i, d] >= values[j, d])
            pairs[i, j] = above / (2 * draws)
            pairs[j, i] = 1.0 - pairs[i, j]


def pairs_of_normals(estimate: np.ndarray, se: np.ndarray) -> np.ndarray:
    """Return the same for independent normal posteriors with these means and SDs, shape (therapists,) each.

    Raises
    ------
    DataError
        If a standard error is not a positive number.
    """
    if not np.all((se > 0) & np.isfinite(se) & np.isfinite(estimate)):
        raise DataError("Grades need a finite estimate and a positive standard error of every therapist.")
    return ndtr((estimate[:, None] - estimate) / np.hypot(se[:, None], se))


def graded(pairs: np.ndarray, gain: float = GAIN) -> Graded:
    """Grade therapists.

    Parameters
    ----------
    pairs
        Probability that the row's rate exceeds the column's, shape (therapists, therapists).
    gain
        Lambda, from 0 (nobody is put above anybody) to 1 (everybody is).
    """
    order = np.argsort(pairs.sum(axis=1), kind="stable")  # the expected rank is a half and the sum of the row
    above = np.tril(pairs[np.ix_(order, order)], -1)  # the later one of the order above the earlier one
    worth = np.tril((1 + gain) * above - 1, -1)
    sizes = _best_cut(worth)
    grade = np.empty(len(order), dtype=np.int64)
    grade[order] = np.repeat(np.arange(1, len(sizes) + 1), sizes)
    total = len(order) * (len(order) - 1) / 2
    if total == 0:
        return Graded(grade, 0.0, 0.0)
    apart = grade[order][:, None] > grade[order]
    return Graded(grade, float(apart.sum() / total), float((1 - above)[apart].sum() / total))


def _best_cut(worth: np.ndarray) -> np.ndarray:
    """Return the sizes of consecutive grades, lowest first, that have the greatest total worth between grades.

    Parameters
    ----------
    worth
        Of putting the row above the column, below the diagonal; zero elsewhere. Shape (therapists, therapists).
    """
    count = len(worth)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = worth.cumsum(axis=0).cumsum(axis=1)
    corner = np.diagonal(sums)
    best, start = np.zeros(count + 1), np.zeros(count + 1, dtype=np.int64)
    for end in range(1, count + 1):
        # What is gained between the first a and those from a to the end: rows a to end, columns 0 to a.
        first = np.arange(end)
        totals = best[first] + sums[end, first] - corner[first]
        start[end] = np.argmax(totals)  # of equal totals the one with the longest last grade
        best[end] = totals[start[end]]
    sizes = []
    while count > 0:
        sizes.append(count - start[count])
        count = start[count]
    return np.array(sizes[::-1], dtype=np.int64)

"""Sets of ranks: which places each therapist may have, one therapist at a time and all of them at once.

Rank 1 is the lowest rate. Where true rates are equal, a therapist has every rank from 1 + the number of lower ones to
the number of those that are not higher; a set is right if it holds all of them.

*Confidence sets* (`confidence`; Mogstad, Romano, Shaikh & Wilhelm 2024, 10.1093/restud/rdad006, from the published
description) come from tests of all pairwise differences. With x_j independent and normal about the true values, the
therapist's lowest possible rank is 1 + the number of therapists who are significantly lower, the highest is J less the
number of those who are significantly higher. The critical value is the quantile of the largest studentised difference,
(x_j - x_k) / sqrt(se_j^2 + se_k^2) in either direction, of normal errors with these standard errors: among the
differences from therapist j for j's own set, and among all for the simultaneous sets. Stepdown leaves out what was
rejected and tests again, until nothing more is rejected; each direction of a difference is a hypothesis of its own, so
that errors of direction are controlled too.

*Credible sets* (`credible`) come from the ranks in posterior draws: equal-tailed for one therapist, and those sets
widened by the smallest common number of ranks that lets them hold all therapists' ranks in 95 % of the draws.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.stats import rankdata

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError

LEVEL = 0.95
BOOTSTRAP = 1000


class RankSets(NamedTuple):
    """Lowest and highest rank, int64, shape (therapists,): of one therapist at a time, and of all at once."""

    low: np.ndarray
    high: np.ndarray
    low_all: np.ndarray
    high_all: np.ndarray

    def columns(self) -> dict[str, np.ndarray]:
        """Return them by the names that they have in tables: rank_low, and so on."""
        return {f"rank_{name}": places for name, places in self._asdict().items()}


def credible(rates: np.ndarray, level: float = LEVEL) -> RankSets:
    """Return credible sets of ranks from posterior draws of rates, shape (draws, therapists).

    Therapists with the same rate in a draw share the mean of their ranks.
    """
    ranks = rankdata(rates, axis=1)
    tails = ((1 - level) / 2, (1 + level) / 2)
    # Outwards, so that no less than the level lies within.
    low = np.floor(np.quantile(ranks, tails[0], axis=0, method="lower")).astype(np.int64)
    high = np.ceil(np.quantile(ranks, tails[1], axis=0, method="higher")).astype(np.int64)
    outside = np.maximum(low - ranks, ranks - high).max(axis=1)
    widening = max(0, int(np.ceil(np.quantile(outside, level, method="higher"))))
    return RankSets(low, high, np.maximum(low - widening, 1), np.minimum(high + widening, ranks.shape[1]))


def confidence(
    estimate: np.ndarray, se: np.ndarray, level: float = LEVEL, *, replicate: int = 0, stepdown: bool = True,
    draws: int = BOOTSTRAP,
) -> RankSets:  # fmt: skip
    """Return confidence sets of ranks from independent normal estimates.

    Parameters
    ----------
    estimate, se
        On any scale on which they are about normal (log odds, say), shape (therapists,) each.
    replicate
        Which bootstrap draws are taken: data sets of a simulation study should not share them.
    stepdown
        Whether to test again without what was rejected.
    draws
        Of the parametric bootstrap.

    Raises
    ------
    DataError
        If an estimate is not finite or a standard error not a positive number.
    """
    if not np.all((se > 0) & np.isfinite(se) & np.isfinite(estimate)):
        raise DataError("Sets of ranks need a finite estimate and a positive standard error of every therapist.")
    count = len(estimate)
    who = {"replicate": replicate, "therapist": np.arange(count)[:, None], "occasion": np.arange(draws)}
    precision = 1 / np.hypot(se[:, None], se)
    statistic = (estimate[:, None] - estimate) * precision
    np.fill_diagonal(precision, 0.0)
    # Single precision is quicker by half, and errs far less than so many draws do.
    errors, precision = (
        (Noise(0).normal("sets of ranks", **who) * se[:, None]).astype(np.float32),
        precision.astype(np.float32),
    )
    largest = np.empty((count, draws), dtype=np.float32)
    _largest(errors, precision, precision, np.arange(count), largest)
    above, below = _one_at_a_time(statistic, errors, precision, largest.copy(), level, stepdown)
    low, high = 1 + above.sum(axis=1), count - below.sum(axis=1)
    above = _all_at_once(statistic, errors, precision, largest, level, stepdown)
    return RankSets(low, high, 1 + above.sum(axis=1), count - above.sum(axis=0))


def _one_at_a_time(statistic, errors, precision, largest, level, stepdown):
    """Return whether the row is significantly above, and below, the column; each row is a family of tests."""
    count = len(statistic)
    above, below = np.zeros((2, count, count), dtype=bool)
    rows = np.arange(count)
    while rows.size:
        limit = np.quantile(largest[rows], level, axis=1, method="higher")[:, None]
        new_above = (statistic[rows] > limit) & ~above[rows]
        new_below = (-statistic[rows] > limit) & ~below[rows]
        above[rows] |= new_above
        below[rows] |= new_below
        rows = rows[(new_above | new_below).any(axis=1)] if stepdown else rows[:0]
        _largest(
            errors,
            np.where(above, np.float32(0.0), precision),
            np.where(below, np.float32(0.0), precision),
            rows,
            largest,
        )
    return above, below


def _all_at_once(statistic, errors, precision, largest, level, stepdown):
    """Return whether the row is significantly above the column; all pairs are one family of tests."""
    above = np.zeros(statistic.shape, dtype=bool)
    while True:
        limit = np.quantile(largest.max(axis=0), level, method="higher")
        new = (statistic > limit) & ~above
        above |= new
        rows = np.flatnonzero(new.any(axis=1) | new.any(axis=0))
        if not (stepdown and rows.size):
            return above
        active = np.where(above, np.float32(0.0), precision)
        _largest(errors, active, np.ascontiguousarray(active.T), rows, largest)


@njit(cache=True)
def _largest(errors, above, below, rows, out):
    """Write the largest studentised difference of each of some therapists from the others, per draw, into out."""
    count, draws = errors.shape
    for i in rows:
        out[i] = 0.0
        for k in range(count):
            up, down = above[i, k], -below[i, k]
            for d in range(draws):
                difference = errors[i, d] - errors[k, d]
                value = max(difference * up, difference * down)
                out[i, d] = max(out[i, d], value)

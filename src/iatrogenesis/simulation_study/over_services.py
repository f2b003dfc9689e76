"""Means and ratios over services: what each service adds to them, and rows of tables with Monte Carlo errors.

Services are independent, except those made in the same world (family B: replicate r is in world r modulo the number of
worlds). There the worlds are the independent clusters, by which numerators and denominators are summed before the error
is worked out. Two methods judged on the same services are compared by the difference of their measures, whose error is
that of the paired contributions.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from iatrogenesis.core.montecarlo import ratio

Row = tuple[str, str, float, float, int]
"""Estimand, measure, value, Monte Carlo error, services."""


class Measured(NamedTuple):
    """What each service adds to a measure: the sum of `part` over that of `whole`, both indexed by replicate."""

    estimand: str
    measure: str
    part: pd.Series
    whole: pd.Series


def mean_of(estimand: str, measure: str, values: pd.Series) -> Measured:
    """Return a mean of one number per service, indexed by replicate."""
    return Measured(estimand, measure, values.astype(float), pd.Series(1.0, index=values.index))


def ratio_of(estimand: str, measure: str, part: pd.Series, whole: pd.Series) -> Measured:
    """Return a ratio of two sums over services."""
    return Measured(estimand, measure, part.astype(float), whole.astype(float))


def row(one: Measured, worlds: int = 1) -> Row:
    """Return the row of a measure; value and error are missing where there is nothing to share, the error of one alone.

    Parameters
    ----------
    worlds
        How many worlds the services were made in.
    """
    value, error = np.nan, np.nan
    if one.whole.sum() > 0:
        value = float(one.part.sum() / one.whole.sum())
        part, whole = (summed(values, one.part.index, worlds) for values in (one.part, one.whole))
        error = ratio(part, whole)[1] if len(part) > 1 else np.nan
    return one.estimand, one.measure, value, error, len(one.part)


def paired(one: Measured, other: Measured, worlds: int = 1) -> tuple[float, float, int]:
    """Return the difference of two methods' measures over the services that both have, its error, and their number.

    The error is that of the linearised contributions' differences, service by service (world by world): what makes a
    service hard for both cancels.
    """
    common = one.part.index.intersection(other.part.index)
    values, influence = [], np.zeros(len(common))
    for sign, own in ((1, one), (-1, other)):
        part, whole = own.part.loc[common].to_numpy(), own.whole.loc[common].to_numpy()
        if whole.sum() <= 0:
            return np.nan, np.nan, len(common)
        values.append(float(part.sum() / whole.sum()))
        influence += sign * (part - values[-1] * whole) / whole.sum()
    sums = summed(influence, common, worlds)
    error = float(np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2))) if len(sums) > 1 else np.nan
    return values[0] - values[1], error, len(common)


def summed(values: pd.Series | np.ndarray, replicate: pd.Index, worlds: int) -> np.ndarray:
    """Return sums over independent clusters: worlds where the replicates are in several, otherwise replicates."""
    _, cluster = np.unique(np.asarray(replicate) % max(worlds, 1), return_inverse=True)
    if not len(cluster) or cluster.max() == 0:
        return np.asarray(values, dtype=float)
    return np.bincount(cluster, weights=np.asarray(values, dtype=float))

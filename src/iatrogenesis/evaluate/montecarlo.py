"""Monte Carlo standard errors: for ratios of sums over independent clusters, and for any statistic by the jackknife."""

from collections.abc import Callable

import numpy as np

Z95 = 1.959963984540054
"""Half width of a 95 % interval in standard errors."""


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> tuple[float, float]:
    """Ratio of two sums over independent clusters, with its standard error (linearised).

    Parameters
    ----------
    numerator, denominator
        Sums per cluster, shape (clusters,); at least two clusters.

    Returns
    -------
    tuple of float
        Estimate and standard error.
    """
    clusters = len(denominator)
    total = denominator.sum()
    estimate = numerator.sum() / total
    residual = numerator - estimate * denominator
    return float(estimate), float(np.sqrt(clusters / (clusters - 1) * np.sum(residual**2)) / total)


def jackknife(statistics: Callable[[int | None], np.ndarray], groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Statistics of all groups with their delete-one-group jackknife standard errors.

    Parameters
    ----------
    statistics
        Takes the number of the group to leave out (None: leave out nothing) and returns numbers, shape (k,).
    groups
        How many independent groups there are; at least two.

    Returns
    -------
    tuple of numpy.ndarray
        Estimates and standard errors, shape (k,) each.
    """
    without = np.array([statistics(group) for group in range(groups)])
    spread = np.sum((without - without.mean(axis=0)) ** 2, axis=0)
    return np.asarray(statistics(None)), np.sqrt((groups - 1) / groups * spread)

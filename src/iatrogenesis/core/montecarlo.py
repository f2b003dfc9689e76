"""Monte Carlo standard errors of ratios of sums and of any statistic by the jackknife, and intervals made of them."""

from collections.abc import Callable
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

NOMINAL = 0.95  # coverage of the intervals that are judged


def reach(mcse: float, units: int) -> float:
    """Half of a 95 % Monte Carlo interval.

    By Student's t, because an error that comes from a few independent units (clusters, replicates) is itself unsure.
    """
    from scipy.special import stdtrit  # here, because jobs that only simulate and sum do without SciPy

    return float(stdtrit(units - 1, 0.975)) * mcse


def around(value: float, mcse: float, units: int) -> tuple[float, float]:
    """95 % Monte Carlo interval of a value."""
    half = reach(mcse, units)
    return value - half, value + half


def share_interval(share: float, mcse: float, units: int) -> tuple[float, float]:
    """95 % Monte Carlo interval of a share, within 0 and 1.

    Where none or all were counted the standard error is 0 and says nothing: there it is the exact one of so many units.
    """
    if mcse > 0 or share not in (0.0, 1.0):
        low, high = around(share, mcse, units)
        return max(low, 0.0), min(high, 1.0)
    from iatrogenesis.core.proportions import clopper_pearson

    low, high = clopper_pearson(round(share * units), units)
    return float(low), float(high)


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
    return np.asarray(statistics(None)), jackknife_error(without)


def jackknife_error(without: ArrayLike) -> np.ndarray:
    """Standard errors from what each left-out group leaves, shape (groups,) or (groups, k); of shape () or (k,)."""
    left = np.asarray(without)
    return np.sqrt((len(left) - 1) / len(left) * np.sum((left - left.mean(axis=0)) ** 2, axis=0))


def without_chance(values: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Values drawn to their mean until they differ as much as they would without their Monte Carlo errors.

    Louis (1984), 10.1080/01621459.1984.10478062. Values that differ by chance alone become their mean.

    Parameters
    ----------
    values, errors
        Of independent simulations, shape (k,); an error that is not known (NaN) counts as the others'.
    """
    left = 1 - np.nanmean(errors**2) / max(float(values.var(ddof=1)), 1e-300)
    return values.mean() + np.sqrt(max(left, 0.0)) * (values - values.mean())


def replicates_for(coverage_mcse: float) -> int:
    """Return how many replicates give a coverage of 95 % this Monte Carlo standard error.

    sqrt(p (1 - p) / n) solved for n (Morris, White & Crowther 2019, 10.1002/sim.8086, section 5.3).
    """
    return ceil(round(NOMINAL * (1 - NOMINAL) / coverage_mcse**2, 9))

"""Exact intervals of proportions.

Written out because importing the same function from SciPy or statsmodels costs every job core seconds.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv


def clopper_pearson(events: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact interval of a proportion (Clopper & Pearson 1934, 10.1093/biomet/26.4.404).

    Parameters
    ----------
    events, trials
        int, same shape; 0 <= events <= trials, trials at least 1.
    level
        Coverage is at least this.
    """
    tail = (1 - level) / 2
    events, trials = np.asarray(events), np.asarray(trials)
    # At the ends the interval reaches the end itself; the beta distribution has no such parameter there.
    low = np.where(events == 0, 0.0, betaincinv(np.maximum(events, 1), trials - events + 1, tail))
    high = np.where(events == trials, 1.0, betaincinv(events + 1, np.maximum(trials - events, 1), 1 - tail))
    return low, high

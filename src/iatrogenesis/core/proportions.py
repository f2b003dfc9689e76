"""Exact intervals of proportions."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta


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
    low = np.where(events == 0, 0.0, beta.ppf(tail, np.maximum(events, 1), trials - events + 1))
    high = np.where(events == trials, 1.0, beta.ppf(1 - tail, events + 1, np.maximum(trials - events, 1)))
    return low, high

"""Scores of the risk-adjusted Bernoulli CUSUM, and its path.

    X_0 = 0,   X_t = max(0, X_(t-1) + W_t),   W_t = y_t log R - log(1 - p_t + R p_t)

y_t is whether client t deteriorated, p_t the expected risk, R the odds ratio to be found: W_t is the log likelihood
ratio of odds R times those expected against the odds expected (Steiner et al. 2000, 10.1093/biostatistics/1.4.441).
"""

import numpy as np
from numba import njit

TINY = 1e-9
"""Sums of the same scores in another order differ by rounding: only what is above a threshold by more is above it."""


def costs(risk: np.ndarray, odds_ratio: float) -> np.ndarray:
    """Return what each client takes off the sum before the outcome counts, log(1 - p + R p), shape kept."""
    return np.log1p((odds_ratio - 1.0) * risk)


def changed(risk: np.ndarray, odds_ratio: float) -> np.ndarray:
    """Return the risks whose odds are so many times those of `risk`, shape kept."""
    return odds_ratio * risk / (1.0 + (odds_ratio - 1.0) * risk)


def path(events: np.ndarray, risk: np.ndarray, odds_ratio: float) -> np.ndarray:
    """Return the value after each client, float64, shape (n,); it is not set back after an alarm.

    Parameters
    ----------
    events
        Whether each client deteriorated, 0 or 1, shape (n,), in the order of the chart.
    risk
        Expected risks, between 0 and 1, shape (n,).
    odds_ratio
        Above 1.
    """
    return _path(np.log(odds_ratio), events.astype(float), costs(risk, odds_ratio))


@njit(cache=True)
def _path(gain, events, cost):
    found, value = np.empty(cost.size), 0.0
    for i in range(cost.size):
        value = max(value + (gain * events[i] - cost[i]), 0.0)
        found[i] = value
    return found


def first_above(values: np.ndarray, threshold: float) -> int | None:
    """Return the position of the first value above the threshold, None where no one is."""
    above = np.flatnonzero(values > threshold + TINY)
    return int(above[0]) if above.size else None

"""Binomial counts by inversion: the same chance gives more events where they are more probable."""

import numpy as np
from numba import njit


def quantile(chance: np.ndarray, trials: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Smallest counts whose cumulative probability reaches the chance, as floats.

    From 0 upwards by the recursion of the binomial terms: as many steps as there are events, so quick where they are
    rare (Devroye 1986, Non-Uniform Random Variate Generation, section X.4.3).

    Parameters
    ----------
    chance
        Between 0 and 1, any shape.
    trials, probability
        Of the same shape; whole numbers as floats, and strictly between 0 and 1.
    """
    flat = (np.ascontiguousarray(of, dtype=float).ravel() for of in (chance, trials, probability))
    return _quantile(*flat).reshape(chance.shape)


@njit(cache=True)
def _quantile(chance, trials, probability):
    count = np.zeros_like(chance)
    for i in range(chance.size):
        term = (1 - probability[i]) ** trials[i]
        odds, reached = probability[i] / (1 - probability[i]), term
        while reached < chance[i] and count[i] < trials[i]:
            term *= odds * (trials[i] - count[i]) / (count[i] + 1)
            reached += term
            count[i] += 1
    return count

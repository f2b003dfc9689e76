"""The distribution of true change, from observed change and the error of the questionnaire.

Observed change is true change plus error. The error's SD is known from the instrument, the distribution of the sum from
the clients; what is asked for is that of true change. It is taken as the exponential of a natural cubic spline, fitted
by penalised maximum likelihood (Efron 2016, 10.1093/biomet/asv068), which leaves its shape open and does not fall into
spikes as a likelihood without a penalty does. Several instruments are joined by a normal copula, whose correlation is
such that their covariance is the observed one, errors of different instruments being independent.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import ndtr, ndtri

POINTS = 121
DEGREES = 6  # of freedom of the spline
PENALTY = 0.1
ITERATIONS = 200


class Changes(NamedTuple):
    """Observed change of one instrument in equal bins.

    Attributes
    ----------
    bins
        Centres of the bins, points, shape (b,).
    bin_of
        Bin of each client, int, shape (n,).
    width
        Of a bin: a whole point, or a part of the error where scores are finer.
    error_sd
        Of a change without true change, before it is rounded.
    """

    bins: np.ndarray
    bin_of: np.ndarray
    width: float
    error_sd: float


def binned(change: np.ndarray, error_sd: float) -> Changes:
    """Put changes into bins; `error_sd` is that of the observed difference, rounding included."""
    whole = np.allclose(change, np.rint(change))
    width = 1.0 if whole else error_sd / 6
    place = np.rint(change / width).astype(np.int64)
    low, high = place.min(), place.max()
    before_rounding = np.sqrt(max(error_sd**2 - width**2 / 12, error_sd**2 / 4))
    return Changes(width * np.arange(low, high + 1), place - low, width, float(before_rounding))


class Spline:
    """What fits have in common: the grid, the spline's basis, and the chance of each bin at each true change."""

    def __init__(self, changes: Changes) -> None:
        """Make grid and basis."""
        low, high = changes.bins[0], changes.bins[-1]
        self.grid = np.linspace(low - changes.error_sd, high + changes.error_sd, POINTS)
        knots = np.quantile(changes.bins[changes.bin_of], np.linspace(0.03, 0.97, DEGREES))
        basis = natural(self.grid, np.unique(knots))
        self.basis, _ = np.linalg.qr(basis - basis.mean(axis=0))
        upper = (changes.bins[:, None] + changes.width / 2 - self.grid) / changes.error_sd
        lower = (changes.bins[:, None] - changes.width / 2 - self.grid) / changes.error_sd
        self.chance = ndtr(upper) - ndtr(lower)

    def fit(self, number: np.ndarray, start: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the weights of the grid, shape (POINTS,), and the coefficients, from clients per bin, shape (b,)."""
        total = number.sum()

        def loss(alpha: np.ndarray) -> tuple[float, np.ndarray]:
            g = normed(self.basis @ alpha)
            seen = np.maximum(self.chance @ g, 1e-300)
            size = np.sqrt(alpha @ alpha + 1e-9)
            value = -number @ np.log(seen) + PENALTY * size
            slope = g * (self.chance.T @ (number / seen) - total)
            return value / total, (-self.basis.T @ slope + PENALTY * alpha / size) / total

        begin = np.zeros(self.basis.shape[1]) if start is None else start
        found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}).x
        return normed(self.basis @ found), found


def normed(log_weights: np.ndarray) -> np.ndarray:
    """Return weights that add up to 1."""
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()


def natural(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return a natural cubic spline's basis without the constant, shape (len(x), len(knots) - 1); linear outside.

    Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 5.2.1.
    """
    if len(knots) < 3:
        return np.column_stack([x, x**2])
    scale = knots[-1] - knots[0]

    def d(k: int) -> np.ndarray:
        cubes = np.maximum(x - knots[k], 0.0) ** 3 - np.maximum(x - knots[-1], 0.0) ** 3
        return cubes / (knots[-1] - knots[k]) / scale**2

    last = d(len(knots) - 2)
    # A quadratic term too: the logarithm of a normal density is one.
    return np.column_stack([x / scale, (x / scale) ** 2, *(d(k) - last for k in range(len(knots) - 2))])


def draws(grid: np.ndarray, weights: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return true changes at some chances, by the inverse of the distribution function; shape kept."""
    return np.interp(chance, np.cumsum(weights) - weights / 2, grid)


def moments(grid: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return mean and SD."""
    mean = float(weights @ grid)
    return mean, float(np.sqrt(weights @ (grid - mean) ** 2))


def joined(chance: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return chances with a normal copula's correlation from independent ones, shape (draws, m)."""
    if chance.shape[1] == 1:
        return chance
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 1e-9))
    together = ndtri(chance) @ root.T
    return ndtr(together / np.sqrt(np.sum(root**2, axis=1)))

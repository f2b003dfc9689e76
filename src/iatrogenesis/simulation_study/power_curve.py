"""The power of a t-test along a line of effects or sizes: one number, fitted to counts of rejections.

The statistic follows Student's noncentral t with noncentrality c x, x being the effect at a fixed size, or the square
root of the number of therapists at a fixed effect. Of burnout, which belongs to the therapist, the maximum-likelihood
estimate over its standard error has J - 2 degrees of freedom with J therapists; with the normal's 1.96 the test of a
true null rejects at 9 % with 10 therapists and at 7 % with 20, with Student's quantile at 5 to 6 %.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize_scalar
from scipy.special import nctdtr, stdtrit

TEST = 0.05
FARTHEST = 30.0  # a noncentrality beyond which every test rejects


def critical(freedom: ArrayLike) -> np.ndarray:
    """Return the value that a t-statistic must exceed, either way, for p < .05."""
    return stdtrit(freedom, 1 - TEST / 2)


def power(noncentrality: ArrayLike, freedom: ArrayLike) -> np.ndarray:
    """Return the power of a two-sided t-test at 5 %; arguments broadcast."""
    shift, reach = np.minimum(np.abs(noncentrality), FARTHEST), critical(freedom)
    # Far out SciPy has no number for a probability that is as good as 0.
    return 1.0 - np.nan_to_num(nctdtr(freedom, shift, reach)) + np.nan_to_num(nctdtr(freedom, shift, -reach))


def slope(x: np.ndarray, freedom: np.ndarray, rejected: np.ndarray, replicates: np.ndarray) -> tuple[float, float]:
    """Return c by maximum likelihood and its standard error from the curvature.

    Parameters
    ----------
    x
        Effects, or roots of numbers of therapists; positive, shape (n,).
    freedom, rejected, replicates
        Degrees of freedom, share of tests that reject, and number of data sets, shape (n,). The data sets at one x are
        independent of those at the others.
    """

    def unlikely(c: float) -> float:
        expected = np.clip(power(c * x, freedom), 1e-9, 1 - 1e-9)
        return -float(np.sum(replicates * (rejected * np.log(expected) + (1 - rejected) * np.log1p(-expected))))

    # Flat where power is 0 or 1 everywhere, so the search begins at the best of a grid.
    grid = np.geomspace(0.01, FARTHEST, 200) / np.max(x)
    best = int(np.clip(np.argmin([unlikely(one) for one in grid]), 1, len(grid) - 2))
    c = float(minimize_scalar(unlikely, bounds=(grid[best - 1], grid[best + 1]), method="bounded").x)
    step = 0.01 * c
    curvature = (unlikely(c + step) - 2 * unlikely(c) + unlikely(c - step)) / step**2
    return c, float(1 / np.sqrt(curvature)) if curvature > 0 else np.inf


def noncentrality_for(target: float, freedom: float) -> float:
    """Return the noncentrality at which a test has this power."""
    return float(brentq(lambda shift: float(power(shift, freedom)) - target, 0.0, FARTHEST))


def therapists_for(target: float, c: float, fewest: int = 3, estimated: int = 2) -> float:
    """Return the number of therapists at which c sqrt(J) gives this power; infinite where c is not above 0.

    Parameters
    ----------
    fewest
        The smallest answer.
    estimated
        Coefficients that cost a degree of freedom each: intercept and burnout, and services beyond the first.
    """
    if c <= 0:
        return np.inf

    def lacking(number: float) -> float:
        return float(power(c * np.sqrt(number), number - estimated)) - target

    # With a normal instead of Student's t it would take ((1.96 + .84) / c)^2 of them for 80 %.
    most = 4 * (noncentrality_for(target, 1e6) / c) ** 2 + 100
    return float(fewest) if lacking(fewest) >= 0 else float(brentq(lacking, fewest, most))

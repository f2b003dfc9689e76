"""The form of a distribution of SD 1: normal, skewed, heavy-tailed, or anything in between."""

import numpy as np

NEARLY_NONE = 1e-12  # of skewness: the formulas divide by it, and lose no digit where it is small


def g_and_h(normal: np.ndarray, skewness: float | np.ndarray, tails: float | np.ndarray) -> np.ndarray:
    """Standard normal numbers as numbers of mean 0 and SD 1 from Tukey's g-and-h distribution, shape kept.

        x = (exp(g z) - 1) / g  exp(h z^2 / 2), less its mean, over its SD

    Parameters
    ----------
    skewness
        g; positive: the long tail is on the right. 0 is symmetric.
    tails
        h, 0 to below .5; 0 is the normal distribution's. Both 0 gives the normal numbers back.

    Notes
    -----
    The moments follow from those of the normal distribution by completing the square.
    """
    g = np.where(np.abs(skewness) < NEARLY_NONE, NEARLY_NONE, skewness)
    h = np.asarray(tails, dtype=float)
    stretched = np.expm1(g * normal) / g * np.exp(h * normal**2 / 2)
    mean = np.expm1(g**2 / (2 * (1 - h))) / (g * np.sqrt(1 - h))
    one, two = np.expm1(g**2 / (2 * (1 - 2 * h))), np.expm1(2 * g**2 / (1 - 2 * h))
    square = (two - 2 * one) / (g**2 * np.sqrt(1 - 2 * h))
    return (stretched - mean) / np.sqrt(square - mean**2)

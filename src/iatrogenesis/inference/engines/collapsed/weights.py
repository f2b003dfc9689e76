"""Importance weights: smoothed, judged by Pareto k, and turned into draws that all weigh the same."""

import numpy as np
from arviz_stats.base import array_stats

MAX_K = 0.7


class Unreliable(RuntimeError):
    """The proposal does not follow the posterior well enough; another engine must be used."""


def highest_k(draws: int) -> float:
    """Return the highest Pareto k at which so many weighted draws are reliable.

    min(1 - 1 / log10(draws), 0.7): of fewer draws the weights must be better (Vehtari et al. 2024, arXiv:1507.02646).
    """
    return min(1.0 - 1.0 / np.log10(max(draws, 11)), MAX_K)


def smoothed(log_ratio: np.ndarray) -> tuple[np.ndarray, float]:
    """Pareto-smoothed log weights, normalised, and k."""
    log_weight, k = array_stats.psislw(-log_ratio)  # it takes log-likelihoods, whose weights are their inverse
    return np.asarray(log_weight), float(k)


def resampled(weight: np.ndarray, offset: float, order: np.ndarray) -> np.ndarray:
    """Positions of equally weighted draws, as many as `order` has numbers, systematically, in random order."""
    points = (np.arange(len(order)) + offset) / len(order)
    chosen = np.minimum(np.searchsorted(np.cumsum(weight) / weight.sum(), points), len(weight) - 1)
    return chosen[np.argsort(order)]

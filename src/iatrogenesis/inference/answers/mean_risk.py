"""Mean risk of the data's clients at posterior draws, compiled: draws innermost, several at once."""

import numpy as np
import xarray as xr
from numba import njit

from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.engines.exponential import exp

BLOCK = 16  # draws at a time: their log odds stay in the nearer memory


@njit(cache=True)
def _sum(log_odds, base, therapist, total):
    """Add up each draw's risks: log odds (rows, block) without therapists, therapists' (J, block), sums (block,)."""
    for i in range(therapist.size):
        row, own = log_odds[i], base[therapist[i]]
        for b in range(total.size):
            odds = exp(row[b] + own[b])
            total[b] += odds / (1.0 + odds)


def evenly(tree: xr.DataTree, draws: int) -> np.ndarray:
    """Return positions of draws evenly taken from all of a posterior, shape (at most `draws`,)."""
    total = tree["posterior"].sizes["chain"] * tree["posterior"].sizes["draw"]
    return np.linspace(0, total - 1, min(draws, total)).astype(int)


def mean_risks(tree: xr.DataTree, therapist: np.ndarray, covariates: np.ndarray, draws: int) -> np.ndarray:
    """Return the mean risk of clients at draws evenly taken from a posterior, shape (at most `draws`,).

    Parameters
    ----------
    tree
        A posterior with coefficients.
    therapist
        Whose clients they are, by position, shape (rows,).
    covariates
        As centred for the fit, shape (rows, k). Log odds beyond `FARTHEST` are taken for it.
    """
    chosen = evenly(tree, draws)
    base = (stacked(tree, "intercept")[chosen, None] + stacked(tree, "therapist_effect")[chosen]).T
    coefficients = stacked(tree, "coefficients")[chosen].T
    total, therapist = np.zeros(len(chosen)), np.ascontiguousarray(therapist, dtype=np.int64)
    for first in range(0, len(chosen), BLOCK):
        part = slice(first, first + BLOCK)
        log_odds = np.ascontiguousarray(covariates @ coefficients[:, part])
        _sum(log_odds, np.ascontiguousarray(base[:, part]), therapist, total[part])
    return total / len(therapist)

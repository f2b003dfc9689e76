"""Standardised rates: the deterioration rate if *all* clients of the data had been with one therapist.

For one draw the rate of a therapist with log odds t is the mean over clients i of 1 / (1 + exp(-(t + L_i))), where L_i
is the client's part of the log odds. Clients x therapists x draws would be thousands of millions of terms. But L_i is
one number per client, so its distribution is put on a fine grid first: each client is shared between the two
neighbouring points so that the mean is kept. The error of the rate is at most h^2/8 times the logistic curve's greatest
curvature, 0.096; for h = 0.02 that is 5e-6, far below the Monte Carlo error of any posterior.
"""

import numpy as np
import xarray as xr

GRID_STEP = 0.02
OWN = ("competence", "burnout")
BLOCK = 4_000_000  # numbers held at a time (32 MB)


def therapists_rates(tree: xr.DataTree, therapists: np.ndarray, step: float = GRID_STEP) -> np.ndarray:
    """Return the standardised rate of each of some therapists, per draw, float64, shape (draws, therapists).

    To be with a therapist is to be with this one's competence, burnout and mean fit: those columns take the therapist's
    mean, all others stay the clients' own.

    Parameters
    ----------
    tree
        A posterior.
    therapists
        Positions of therapists with clients.
    step
        See `standardised_rates`.
    """
    log_odds = stacked(tree, "intercept")[:, None] + stacked(tree, "therapist_effect")[:, therapists]
    own = own_columns(tree)
    if own.any():
        data = tree["constant_data"]
        covariates, index = data["covariates"].values[:, own], data["therapist_index"].values
        clients = np.bincount(index, data["trials"].values, minlength=int(therapists.max()) + 1)
        sums = np.array([np.bincount(index, column * data["trials"].values, len(clients)) for column in covariates.T])
        mean = sums[:, therapists] / clients[therapists]
        log_odds = log_odds + stacked(tree, "coefficients")[:, own] @ mean
    return standardised_rates(tree, log_odds, step, ~own)


def own_columns(tree: xr.DataTree) -> np.ndarray:
    """Return which covariates belong to the therapist rather than to the client, bool, shape (covariates,)."""
    if "coefficients" not in tree["posterior"]:
        return np.zeros(0, dtype=bool)
    names = [str(name) for name in tree["posterior"]["covariate"].values]
    return np.array([name.endswith("_between") or (name.startswith(OWN) and ":" not in name) for name in names])


def standardised_rates(
    tree: xr.DataTree, log_odds: np.ndarray, step: float = GRID_STEP, columns: np.ndarray | None = None
) -> np.ndarray:
    """Return the rate of all clients of the data under each of m therapists, per draw.

    Parameters
    ----------
    tree
        A posterior; without covariates the rate is the inverse logit.
    log_odds
        float64, shape (draws, m), draws of all chains one after the other: intercept and therapist effect of each
        therapist.
    step
        Distance between two points of the grid; with 0.05 the error is at most 3e-5.
    columns
        Which covariates are the clients' own, bool, shape (covariates,); by default all.

    Returns
    -------
    numpy.ndarray
        float64, shape (draws, m).
    """
    if "coefficients" not in tree["posterior"]:
        return 1.0 / (1.0 + np.exp(-log_odds))
    chosen = slice(None) if columns is None else columns
    coefficients = stacked(tree, "coefficients")[:, chosen]
    covariates, trials = tree["constant_data"]["covariates"].values[:, chosen], tree["constant_data"]["trials"].values
    rates = np.empty_like(log_odds)
    block = max(1, BLOCK // (covariates.shape[0] + 200 * log_odds.shape[1]))
    for first in range(0, log_odds.shape[0], block):
        part = slice(first, first + block)
        points, share = _on_grid(coefficients[part] @ covariates.T, trials / trials.sum(), step)
        # 1 / (1 + e^-t e^-L): one exponential per therapist and one per point, not one per pair
        pair = np.exp(-log_odds[part])[:, :, None] * np.exp(-points)
        rates[part] = np.einsum("dmp,dp->dm", 1.0 / (1.0 + pair), share)
    return rates


def stacked(tree: xr.DataTree, name: str) -> np.ndarray:
    """Return the draws of one parameter, chains one after the other: shape (chains x draws, ...)."""
    values = tree["posterior"][name].values
    return values.reshape(-1, *values.shape[2:])


def _on_grid(values: np.ndarray, weight: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Share out `values`, shape (draws, clients), on one grid: points (p,) and weights (draws, p)."""
    lowest = np.floor(values.min() / step)
    position = values / step - lowest
    left = position.astype(np.int64)
    right_part = (position - left) * weight
    size = int(left.max()) + 2
    cell = left + size * np.arange(values.shape[0])[:, None]
    total = values.shape[0] * size
    share = np.bincount(cell.ravel(), (weight - right_part).ravel(), total)
    share += np.bincount(cell.ravel() + 1, right_part.ravel(), total)
    return (lowest + np.arange(size)) * step, share.reshape(values.shape[0], size)

"""Each client's expected risk by case mix, and what each therapist's clients lead to expect."""

import numpy as np
import xarray as xr
from scipy.optimize import brentq
from scipy.special import expit

from iatrogenesis.inference.answers.standardise import stacked

CERTAIN = 1e-12
ROWS = 1000


def score(tree: xr.DataTree) -> np.ndarray:
    """Return each row's part of the log odds by case mix, posterior mean, shape (rows,); 0 without covariates."""
    data = tree["constant_data"]
    if "coefficients" not in tree["posterior"]:
        return np.zeros(0)
    return data["covariates"].values @ stacked(tree, "coefficients").mean(axis=0)


def expected_risk(case_mix: np.ndarray, worse: np.ndarray) -> np.ndarray:
    """Return each client's risk with an average therapist, shape (rows,).

    Averaged over therapists: the intercept is such that as many are expected to deteriorate as did. The coefficients
    are those of the model with therapist effects, so that therapists' differences are not taken for case mix.

    Parameters
    ----------
    case_mix
        Log odds, shape (rows,).
    worse
        Who deteriorated, bool, shape (rows,).
    """
    rate = float(worse.mean())
    if rate in (0.0, 1.0):
        return np.full(len(worse), rate)
    start = np.log(rate / (1 - rate))
    gap = np.ptp(case_mix) + 5.0
    intercept = brentq(lambda x: expit(x + case_mix).mean() - rate, start - gap, start + gap, xtol=CERTAIN)
    return expit(intercept + case_mix)


def lighter(tree: xr.DataTree, rows: int = ROWS) -> xr.DataTree:
    """Return a posterior with fewer of its clients, for standardised rates, where it has more than `rows`.

    Every k-th client in the order of the case mix: rates are then within a hundredth of their size of those over all
    clients, far less than their own uncertainty, and over fifty thousand clients those would take a minute.
    """
    if tree["constant_data"].sizes.get("row", 0) <= rows or "coefficients" not in tree["posterior"]:
        return tree
    order = np.argsort(score(tree), kind="stable")
    chosen = np.sort(order[np.linspace(0, len(order) - 1, rows).astype(int)])
    groups = {name: tree[name].to_dataset() for name in tree.children}
    for name in ("constant_data", "observed_data"):
        groups[name] = groups[name].isel(row=chosen)
    found = xr.DataTree.from_dict(groups)
    found.attrs = dict(tree.attrs)
    return found

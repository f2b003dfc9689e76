"""Sensitivity to the priors: power-scaling, and every prior's scale halved and doubled.

Halving and doubling weigh the draws anew by the ratio of the priors, smoothed by a Pareto distribution (Vehtari et al.
2024, arXiv:1507.02646): no fit is needed, and Pareto k says whether it can be trusted. A prior of effects is that of
their SD, so that the SD's prior alone changes.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import halfnorm, norm

from iatrogenesis.inference.answers import estimands
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.checks.prior_sensitivity import power_scaled
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.engines.collapsed.weights import smoothed
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.names import estimand_name, model_name
from iatrogenesis.own_data.analysis.risks import lighter

LEVEL = 0.95
FACTORS = {"halved": 0.5, "doubled": 2.0}
WHOSE = ("therapist_sd", "coefficients", "intercept")
COLUMNS = ("model", "prior", "change", "estimand", "name", "estimate", "low", "high", "usual", "pareto_k", "verdict")


def table(key: str, data: FitData, tree: xr.DataTree, priors: Priors) -> pd.DataFrame:
    """Return one row per change of a prior and estimand of the main model.

    Returns
    -------
    pandas.DataFrame
        model; prior (which) and change (scale halved or doubled, or weighed a little more and less); estimand, name,
        estimate with its interval and `usual`, the estimate by the usual priors; pareto_k of the weights; verdict.
    """
    light = lighter(tree)
    found = {name: values.values.reshape(-1) for name, values in estimands.draws(light).data_vars.items()}
    rows = []
    for whose in WHOSE:
        if whose not in tree["posterior"]:
            continue
        for change, factor in FACTORS.items():
            weights, k = smoothed(_log_ratio(tree, priors, whose, factor))
            weight = np.exp(weights)
            for name, values in found.items():
                if whose != "therapist_sd" and name in ("vpc", "mor"):
                    continue  # they follow from the SD
                rows.append(_row(key, whose, f"scale {change}", name, values, weight / weight.sum(), k))
    return pd.concat([pd.DataFrame(rows), _scaled(key, data, tree, priors)], ignore_index=True).reindex(
        columns=list(COLUMNS)
    )


def _log_ratio(tree: xr.DataTree, priors: Priors, whose: str, factor: float) -> np.ndarray:
    """Log of the changed prior over the usual one at each draw."""
    values = stacked(tree, whose)
    if whose == "therapist_sd":
        scale = priors.therapist_sd.scale
        return halfnorm.logpdf(values, scale=factor * scale) - halfnorm.logpdf(values, scale=scale)
    if whose == "coefficients":
        sd = priors.coefficient.sd
        return (norm.logpdf(values, 0, factor * sd) - norm.logpdf(values, 0, sd)).sum(axis=1)
    mean, sd = priors.intercept.mean, priors.intercept.sd
    return norm.logpdf(values, mean, factor * sd) - norm.logpdf(values, mean, sd)


def _row(key: str, whose: str, change: str, name: str, values: np.ndarray, weight: np.ndarray, k: float) -> dict:
    order = np.argsort(values)
    along = np.cumsum(weight[order])
    low, high = np.interp([(1 - LEVEL) / 2, (1 + LEVEL) / 2], along, values[order])
    estimate, usual = float(weight @ values), float(values.mean())
    moved = abs(estimate - usual) / max(float(values.std()), 1e-12)
    verdict = "not to be trusted: the weights are unreliable" if k > 0.7 else _verdict(moved)
    return {
        "model": model_name(key),
        "prior": whose,
        "change": change,
        "estimand": name,
        "name": estimand_name(name),
        "estimate": estimate,
        "low": float(low),
        "high": float(high),
        "usual": usual,
        "pareto_k": k,
        "verdict": verdict,
    }


def _verdict(moved: float) -> str:
    """In SDs of the posterior."""
    if moved > 0.5:
        return "the prior decides"
    return "the prior matters" if moved > 0.2 else "hardly moves"


def _scaled(key: str, data: FitData, tree: xr.DataTree, priors: Priors) -> pd.DataFrame:
    try:
        found = power_scaled(key, data, lighter(tree), priors)
    except (KeyError, ValueError) as error:
        row: Mapping[str, object] = {"model": model_name(key), "change": "power-scaled", "verdict": f"failed: {error}"}
        return pd.DataFrame([row])
    return pd.DataFrame(
        {
            "model": model_name(key),
            "prior": "all",
            "change": "power-scaled",
            "estimand": found["estimand"],
            "name": [estimand_name(name) for name in found["estimand"]],
            "verdict": found["verdict"].replace("-", "hardly moves"),
        }
    )

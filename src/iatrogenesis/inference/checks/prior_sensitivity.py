"""Prior sensitivity by power-scaling, and comparison of models by leave-one-out cross-validation.

Power-scaling (Kallioinen et al. 2024, 10.1007/s11222-023-10366-5): the prior, or the likelihood, is raised to a power a
little above and below 1, draws are weighted accordingly, and what moves is sensitive. Leave-one-out cross-validation
(Vehtari, Gelman & Gabry 2017, 10.1007/s11222-016-9696-4) predicts each client from all the others.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import arviz_stats as azs
import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import beta, dirichlet, halfnorm, norm

from iatrogenesis.inference.answers import estimands
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.inference.models.by_name import model as model_module
from iatrogenesis.inference.models.priors import Beta, CentredNormal, Dirichlet, HalfNormal, Normal, Prior, Priors

DRAWS = 1000
COLUMNS = ("model", "dataset", "estimand", "prior", "likelihood", "verdict")
COMPARED = ("model", "rank", "elpd", "se", "elpd_diff", "dse", "p", "weight", "worst_k", "high_k")
THRESHOLD = 0.05  # of the power-scaling diagnostic, from the article


def log_prior(model: str, priors: Priors, point: Mapping[str, np.ndarray]) -> float:
    """Log prior density of the parameters that have a prior of their own (not of effects, whose SD is one)."""
    drawn_from, found = model_module(model).PARAMETERS, 0.0
    for name, value in point.items():
        _, path = drawn_from[name]
        if path is not None:
            found += np.sum(_log_density(priors.at(path), value))
    return float(found)


def _log_density(prior: Prior, value: np.ndarray) -> np.ndarray:
    match prior:
        case Normal(mean=mean, sd=sd):
            return norm.logpdf(value, mean, sd)
        case CentredNormal(sd=sd):
            return norm.logpdf(value, 0.0, sd)
        case HalfNormal(scale=scale):
            return halfnorm.logpdf(value, scale=scale)
        case Beta(a=a, b=b):
            return beta.logpdf(value, a, b)
        case Dirichlet(concentration=concentration):
            return dirichlet.logpdf(value / value.sum(), np.full(len(value), concentration))
        case _:
            raise TypeError(f"no density is known for the prior {type(prior).__name__}; add it here")


def power_scaled(model: str, data: FitData, tree: xr.DataTree, priors: Priors) -> pd.DataFrame:
    """How far each estimand moves when the prior, or the likelihood, weighs a little more or less.

    Returns
    -------
    pandas.DataFrame
        model, dataset, estimand, prior, likelihood (the diagnostic; above `THRESHOLD` is sensitive) and verdict: `-`,
        `possible conflict of prior and data` (both sensitive) or `prior dominates` (the prior only).
    """
    module = model_module(model)
    drawn = list(points(tree, DRAWS))
    likelihood = np.array([module.log_likelihood(data, point).sum() for point in drawn])
    prior = np.array([log_prior(model, priors, point) for point in drawn])
    total = tree["posterior"].sizes["chain"] * tree["posterior"].sizes["draw"]
    chosen = np.linspace(0, total - 1, len(drawn)).astype(int)
    found = {name: values.values.reshape(-1)[chosen] for name, values in estimands.draws(tree).data_vars.items()}
    groups = {
        "posterior": _chains(found),
        "log_prior": _chains({"prior": prior}),
        "log_likelihood": _chains({"likelihood": likelihood}),
    }
    together = xr.DataTree.from_dict(groups)
    moved = {group: azs.psense(together, group=group) for group in ("prior", "likelihood")}
    rows = []
    for name in found:
        by_prior, by_data = (float(moved[group][name]) for group in ("prior", "likelihood"))
        verdict = "-"
        if by_prior >= THRESHOLD:
            verdict = "possible conflict of prior and data" if by_data >= THRESHOLD else "prior dominates"
        rows.append({"estimand": name, "prior": by_prior, "likelihood": by_data, "verdict": verdict})
    return pd.DataFrame(rows).assign(model=model, dataset=data.dataset)[list(COLUMNS)]


def _chains(values: Mapping[str, np.ndarray]) -> xr.Dataset:
    return xr.Dataset({name: (("chain", "draw"), each[None]) for name, each in values.items()})


def comparison(fits: Iterable[tuple[str, FitData, xr.DataTree]]) -> pd.DataFrame:
    """Compare models of the same clients by leave-one-out cross-validation.

    Parameters
    ----------
    fits
        Model, data with one row per client, posterior.

    Returns
    -------
    pandas.DataFrame
        model, rank, elpd (expected log predictive density of a new client of a known therapist, summed) with se,
        elpd_diff to the best with dse, p (effective number of parameters), weight (stacking), worst_k and high_k (how
        many clients' Pareto k is above the threshold).
    """
    found: dict[str, Any] = {}
    for model, data, tree in fits:
        module = model_module(model)
        each = np.array([module.log_likelihood(data, point) for point in points(tree, DRAWS)])
        together = {
            "posterior": _chains({"therapist_sd": np.zeros(len(each))}),
            "log_likelihood": xr.Dataset({"deteriorated": (("chain", "draw", "row"), each[None])}),
        }
        found[model] = azs.loo(xr.DataTree.from_dict(together), pointwise=True, reff=1.0)
    if len(found) < 2:
        return pd.DataFrame(columns=list(COMPARED))
    table = azs.compare(found, round_to="none")
    rows = [
        {
            "model": str(name),
            "rank": int(row["rank"]),
            "elpd": float(row["elpd"]),
            "se": float(row["se"]),
            "elpd_diff": float(row["elpd_diff"]),
            "dse": float(row["dse"]),
            "p": float(row["p"]),
            "weight": float(row["weight"]),
            "worst_k": float(found[name].pareto_k.max()),
            "high_k": int((found[name].pareto_k > found[name].good_k).sum()),
        }
        for name, row in table.iterrows()
    ]
    return pd.DataFrame(rows, columns=list(COMPARED))

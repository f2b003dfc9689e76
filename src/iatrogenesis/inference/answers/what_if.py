"""What would happen if: the answers of fitted models, beside the truth that only a simulation knows.

The model's answer sets a covariate to another value for every client (``pm.do`` on the data) and averages the change of
the predicted risk over clients. It is right if the model holds and if nothing else that harms goes with the covariate.
The truth is another world: the same clients, the same chance events, therapists changed, outcomes counted.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import expit
from scipy.stats import linregress

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.world.judged import Sample

DRAWS = 400
PER = 1000.0
LEVEL = 0.95
COLUMNS = ("model", "dataset", "covariate", "value", "low", "high", "mcse")


def risk_change(data: OutcomeData, tree: xr.DataTree, shift: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Change of the mean risk of the data's clients, per 1,000, when covariates are shifted, one number per draw.

    Parameters
    ----------
    data
        One row per client.
    tree
        A posterior of these data by a model of `iatrogenesis.inference.models.OUTCOME_MODELS`.
    shift
        What is added to columns, by name: a number or one per row. Products with a shifted column follow it.
    """
    moved = shifted(data, shift)
    found = []
    for point in points(tree, DRAWS):
        base = point["intercept"] + point["therapist_effect"][data.therapist]
        before = expit(base + data.covariates @ point["coefficients"])
        found.append(PER * np.mean(expit(base + moved @ point["coefficients"]) - before))
    return np.array(found)


def shifted(data: OutcomeData, shift: Mapping[str, np.ndarray | float]) -> np.ndarray:
    """Return the covariates with some of them moved, shape (rows, k).

    Raises
    ------
    KeyError
        If a column is not among the covariates.
    """
    moved, place = data.covariates.copy(), {name: k for k, name in enumerate(data.covariate_names)}
    for name, change in shift.items():
        moved[:, place[name]] += change
        for product in data.covariate_names:
            if product.startswith(f"{name}:"):
                moved[:, place[product]] += change * data.covariates[:, place[product.partition(":")[2]]]
    return moved


def marginal_effects(data: OutcomeData, tree: xr.DataTree) -> pd.DataFrame:
    """Average marginal effect of every covariate: deteriorations per 1,000 clients more, per unit of the column.

    A unit is one SD for scores, ratings and deprivation, and the whole step for ages and yes or no.

    Returns
    -------
    pandas.DataFrame
        model, dataset, covariate, value, low, high, mcse.
    """
    rows = []
    for name in data.covariate_names:
        if ":" not in name:
            value = summary(risk_change(data, tree, {name: 1.0}), tree)
            rows.append({"model": tree.attrs["model"], "dataset": data.dataset, "covariate": name, **value})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def summary(draws: np.ndarray, tree: xr.DataTree) -> dict[str, float]:
    """Mean, interval and Monte Carlo error of draws that are evenly taken from a posterior."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    effective = len(draws)
    if "effective" in tree["sample_stats"]:
        effective = min(effective, float(tree["sample_stats"]["effective"].values.flat[0]))
    error = float(draws.std(ddof=1) / np.sqrt(effective))
    return {"value": float(draws.mean()), "low": float(low), "high": float(high), "mcse": error}


def causal_truth(changed: Sample, base: Sample) -> dict[str, float]:
    """Deteriorations per 1,000 finished courses, changed world less base world, the same clients, with MCSE."""
    both = changed.finished & base.finished
    worse = changed.deteriorated[both].astype(float) - base.deteriorated[both]
    _, cluster = np.unique(base.cluster[both], return_inverse=True)
    value, error = ratio(np.bincount(cluster, weights=worse), np.bincount(cluster).astype(float))
    return {"truth": PER * value, "truth_mcse": PER * error}


def through_burnout(therapists: pd.DataFrame, clients: pd.DataFrame, limit: float) -> tuple[np.ndarray, float]:
    """What a caseload limit does to each client's burnout rating, if burnout follows caseload as it does in the data.

    The slope is that of the therapists' mean ratings on their caseloads, by least squares.

    Returns
    -------
    tuple
        Change of each client's rating, shape (rows,), and the slope's standard error as a share of the slope.
    """
    mean = clients.groupby("therapist_id")["burnout_rating"].mean()
    table = therapists.set_index("therapist_id").loc[mean.index]
    found = linregress(table["caseload"].to_numpy(dtype=float), mean.to_numpy())
    lower = np.minimum(table["caseload"], limit) - table["caseload"]
    return found.slope * lower.loc[clients["therapist_id"]].to_numpy(dtype=float), found.stderr / abs(found.slope)

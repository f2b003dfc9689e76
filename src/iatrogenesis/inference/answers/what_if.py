"""What would happen if: the answers of fitted models, beside the truth that only a simulation knows.

The model's answer sets a variable to another value for every client (``pm.do`` on the data), derives every column anew
from the clients' whole profiles, dummies, bends, products and splits included, and averages the change of the predicted
risk over clients (g-computation, standardisation over the clients' own values). It is right if the model holds and if
nothing else that harms goes with the variable. The truth is another world: the same clients, the same chance events,
therapists changed, outcomes counted.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike
from scipy.stats import linregress

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.mean_risk import mean_risks
from iatrogenesis.inference.data.covariates import AGE, AGE_REFERENCE, FLAG, SPLIT, Profile, most_frequent, standardised
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.world.judged import Sample

DRAWS = 400
PER = 1000.0
LEVEL = 0.95
COLUMNS = ("model", "dataset", "covariate", "value", "low", "high", "mcse")


def risk_change(data: OutcomeData, tree: xr.DataTree, shift: Mapping[str, ArrayLike]) -> np.ndarray:
    """Change of the mean risk of the data's clients, per 1,000, when variables are shifted, one number per draw.

    Parameters
    ----------
    data
        One row per client, from a table of clients.
    tree
        A posterior of these data by a model of `iatrogenesis.inference.models.OUTCOME_MODELS`.
    shift
        What is added to variables, by name: a number or one per row. See `shifted`.
    """
    return risk_difference(data, tree, data.covariates, shifted(data, shift))


def risk_difference(data: OutcomeData, tree: xr.DataTree, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Mean risk with one set of columns less that with another, per 1,000, one number per draw.

    Parameters
    ----------
    before, after
        Columns as in ``data.covariates``, shape (rows, k).
    """
    return PER * (mean_risks(tree, data.therapist, after, DRAWS) - mean_risks(tree, data.therapist, before, DRAWS))


def shifted(data: OutcomeData, shift: Mapping[str, ArrayLike]) -> np.ndarray:
    """Return the covariates with something added to some variables, shape (rows, k).

    Parameters
    ----------
    shift
        By variable, in its own units: burnout_rating, phq9_first, fit (not fit_within); a number or one per row.

    Raises
    ------
    DataError
        If no covariate is made from a variable.
    """
    known = profile_of(data).variables
    return counterfactual(
        data, {name: known[name] + change if name in known else change for name, change in shift.items()}
    )


def counterfactual(data: OutcomeData, changed: Mapping[str, ArrayLike], *, alone: bool = False) -> np.ndarray:
    """Return the covariates of the same clients with some variables at other values, shape (rows, k).

    Parameters
    ----------
    changed, alone
        See `iatrogenesis.inference.data.covariates.Profile.having`.
    """
    profile = profile_of(data)
    place = {name: k for k, name in enumerate(profile.names)}
    return profile.having(changed, alone=alone)[:, [place[name] for name in data.covariate_names]]


def profile_of(data: OutcomeData) -> Profile:
    """Return the clients' profile.

    Raises
    ------
    DataError
        If the data were not made from a table of clients.
    """
    if data.profile is None:
        raise DataError(f"{data.dataset}: no profile of the clients; build the data by from_clients with covariates.")
    return data.profile


def contrasts(data: OutcomeData) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield what is compared for an average marginal effect: its name, the columns before, and those after.

    ======================  ============================================================================================
    `age[18-25]`, ...       everybody in this age band, against everybody in the reference band
    `x_<name>[level]`       the same of a category of a service's own, against its most frequent level
    `vulnerable`            everybody, against nobody
    scores, deprivation     each client's own one SD (of the clients fitted) higher, against as it is
    ratings and states      one SD (of the reference population) higher, against as it is
    `fit_rating`, ...       the same for all clients together, so that the therapists' means rise; and, as
    `fit_rating[one]`       `fit_rating[one]`, for one client, the therapist's others being as they are
    ======================  ============================================================================================
    """
    profile = profile_of(data)
    for name, values in profile.variables.items():
        if name == AGE:
            before = counterfactual(data, {AGE: AGE_REFERENCE})
            for band in profile.bands:
                if f"age[{band}]" in data.covariate_names:
                    yield f"age[{band}]", before, counterfactual(data, {AGE: band})
        elif name in profile.levels:
            usual = most_frequent(values)
            before = counterfactual(data, {name: usual})
            for level in profile.levels[name]:
                yield f"{name}[{level}]", before, counterfactual(data, {name: level})
        elif name == FLAG:
            yield name, counterfactual(data, {name: 0.0}), counterfactual(data, {name: 1.0})
        else:
            unit = float(profile.scale[profile.names.index(name)]) if standardised(name) else 1.0
            yield name, data.covariates, counterfactual(data, {name: values + unit})
            if name in SPLIT:
                yield f"{name}[one]", data.covariates, counterfactual(data, {name: values + unit}, alone=True)


def marginal_effects(data: OutcomeData, tree: xr.DataTree) -> pd.DataFrame:
    """Average marginal effect of every variable: deteriorations per 1,000 clients more; see `contrasts`.

    Returns
    -------
    pandas.DataFrame
        model, dataset, covariate, value, low, high, mcse.
    """
    about = {"model": tree.attrs["model"], "dataset": data.dataset}
    rows = [
        about | {"covariate": name} | summary(risk_difference(data, tree, before, after), tree)
        for name, before, after in contrasts(data)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def summary(draws: np.ndarray, tree: xr.DataTree) -> dict[str, float]:
    """Mean, interval and Monte Carlo error of draws that are evenly taken from a posterior."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    effective = len(draws)
    if "effective" in tree["sample_stats"]:
        effective = min(effective, float(tree["sample_stats"]["effective"].values.flat[0]))
    error = float(draws.std(ddof=1) / np.sqrt(effective))
    return {"value": float(draws.mean()), "low": float(low), "high": float(high), "mcse": error}


def causal_truth(changed: Sample, routine_care: Sample) -> dict[str, float]:
    """Deteriorations per 1,000 finished courses, changed world less routine care, the same clients, with MCSE."""
    both = changed.finished & routine_care.finished
    worse = changed.deteriorated[both].astype(float) - routine_care.deteriorated[both]
    _, cluster = np.unique(routine_care.cluster[both], return_inverse=True)
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

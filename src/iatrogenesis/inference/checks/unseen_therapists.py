"""How well do models predict a therapist whom they have not seen: leave-one-therapist-out cross-validation.

    elpd = sum over therapists j of log p(y_j | y without j),   p(y_j | y without j) = E[L_j(theta) | y without j]

L_j, the likelihood of all clients of one therapist with the effect integrated out, is what the collapsed engine works
with: so it is there at each draw. Draws given all data stand for draws without one therapist by weights 1 / L_j, Pareto
smoothed (Vehtari, Gelman & Gabry 2017, 10.1007/s11222-016-9696-4); where Pareto k says that they cannot, the model is
fitted again without this therapist. Leaving out single clients asks how well known therapists' clients are predicted;
leaving out therapists asks the same of a new therapist, which is what a therapist SD is about.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.engines.collapsed.general import coordinates
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.engines.collapsed.weights import Unreliable, smoothed
from iatrogenesis.inference.models import FACTS
from iatrogenesis.inference.models.priors import Priors

COLUMNS = ("model", "rank", "elpd", "se", "elpd_diff", "dse", "worst_k", "refitted", "therapists")
Refit = Callable[[OutcomeData], xr.DataTree]
DRAWS = 2000  # at most, evenly taken
DOUBTFUL = 0.5  # Pareto k from which weights have no variance: a therapist far from the others is fitted without


@dataclass(frozen=True)
class Predicted:
    """Each therapist with clients, predicted from all others.

    Attributes
    ----------
    elpd
        Log predictive density of the therapist's outcomes, without the binomial coefficient, shape (J_seen,).
    k
        Pareto k of the weights that leave the therapist out, shape (J_seen,).
    refitted
        Whether the model was fitted again without the therapist, shape (J_seen,).
    """

    elpd: np.ndarray
    k: np.ndarray
    refitted: np.ndarray


def predicted(
    model: str, data: OutcomeData, tree: xr.DataTree, priors: Priors, refit: Refit | None = None
) -> Predicted:
    """Predict each therapist from the others.

    Parameters
    ----------
    model
        With the equations of `casemix` or with other distributions of the therapists' effects.
    data
        What the tree was fitted to.
    refit
        Fits the model to other data; without it, what weights cannot answer is left to them.
    """
    value = _integrals(model, data, tree, priors)
    found = [_left_out(row) for row in value]
    elpd, k = np.array([one for one, _ in found]), np.array([one for _, one in found])
    doubtful = ~(k <= DOUBTFUL)
    if refit is None:
        return Predicted(elpd, k, np.zeros(len(k), dtype=bool))
    seen = np.flatnonzero(data.clients)
    for place in np.flatnonzero(doubtful):
        try:
            other = refit(_without(data, seen[place]))
        except Unreliable:  # the weights' answer stays, with its k
            doubtful[place] = False
            continue
        again = _integrals(model, data, other, priors)[place]
        elpd[place] = np.logaddexp.reduce(again) - np.log(len(again))
    return Predicted(elpd, k, doubtful)


def refit_by_engine(model: str, priors: Priors, seed: int) -> Refit:
    """Return how the collapsed engine fits a model to other data."""
    return lambda data: sample(model, data, priors, seed, draws=DRAWS)


def _left_out(log_likelihood: np.ndarray) -> tuple[float, float]:
    """Log of the mean likelihood of one therapist given the others, from draws given all; and Pareto k."""
    log_weight, k = smoothed(-log_likelihood)
    return float(np.logaddexp.reduce(log_weight + log_likelihood) - np.logaddexp.reduce(log_weight)), k


def _integrals(model: str, data: OutcomeData, tree: xr.DataTree, priors: Priors) -> np.ndarray:
    """Log likelihood of each seen therapist at each draw, shape (J_seen, draws)."""
    values = tree["posterior"].data_vars
    total = tree["posterior"].sizes["chain"] * tree["posterior"].sizes["draw"]
    chosen = np.linspace(0, total - 1, min(DRAWS, total)).astype(int)
    point = {
        name: values[name].values.reshape(-1, *values[name].shape[2:])[chosen]
        for name, (dim, _) in FACTS[model]["PARAMETERS"].items()
        if dim != "therapist" and name in values
    }
    nodes, integral = int(tree.attrs.get("nodes", 15)), FACTS[model]["COLLAPSED"]
    if integral == "plain":
        target, beta = Target.of(data, priors), point["intercept"][:, None]
        if "coefficients" in point:
            beta = np.concatenate([beta, point["coefficients"]], axis=1)
        guess = target.parabolas(beta.mean(axis=0), float(point["therapist_sd"].mean()))
        return target.integrals(beta, point["therapist_sd"], guess, nodes=nodes)[0]
    return coordinates(model, integral, data, priors).integrated.integrals(point, nodes).value


def _without(data: OutcomeData, therapist: int) -> OutcomeData:
    """The same data, this therapist's clients left out."""
    kept = data.therapist != therapist
    rows = {name: getattr(data, name)[kept] for name in ("deteriorated", "trials", "therapist", "covariates")}
    return replace(data, **rows, allow_empty=True, dataset=f"{data.dataset} without {data.therapist_ids[therapist]}")


def comparison(fits: Mapping[str, Predicted] | Iterable[tuple[str, Predicted]]) -> pd.DataFrame:
    """Compare models of the same therapists.

    Returns
    -------
    pandas.DataFrame
        model, rank (0 is best), elpd with se, elpd_diff to the best (0 or below) with dse, worst_k, refitted (how many
        therapists), therapists. Standard errors are over therapists.
    """
    found = dict(fits)
    if len(found) < 2:
        return pd.DataFrame(columns=list(COLUMNS))
    if len({len(one.elpd) for one in found.values()}) > 1:
        raise ValueError("models of different therapists cannot be compared; fit all to the same clients.")
    best = max(found.values(), key=lambda one: one.elpd.sum())
    rows = []
    for rank, (name, one) in enumerate(sorted(found.items(), key=lambda item: -item[1].elpd.sum())):
        apart = one.elpd - best.elpd
        rows.append(
            {
                "model": name,
                "rank": rank,
                "elpd": float(one.elpd.sum()),
                "se": _error(one.elpd),
                "elpd_diff": float(apart.sum()),
                "dse": _error(apart),
                "worst_k": float(one.k.max()),
                "refitted": int(one.refitted.sum()),
                "therapists": len(one.elpd),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _error(each: np.ndarray) -> float:
    """Standard error of a sum over therapists."""
    return float(np.sqrt(len(each)) * each.std(ddof=1))

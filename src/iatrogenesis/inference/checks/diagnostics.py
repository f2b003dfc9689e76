"""Convergence diagnostics: every fit meets the criteria, or the table says why not.

R-hat and effective sample sizes are the rank-normalised ones of Vehtari et al. (2021), 10.1214/20-BA1221; E-BFMI is
Betancourt's (2016), arXiv:1604.00695; Pareto k is that of Vehtari et al. (2024), arXiv:1507.02646.
"""

from collections.abc import Iterable
from typing import Any

import arviz_stats as az
import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.inference.checks.convergence import Convergence


def diagnose(tree: xr.DataTree, criteria: Convergence) -> dict[str, Any]:
    """Return one row of diagnostics.

    Parameters
    ----------
    tree
        A posterior, from any engine.
    criteria
        Thresholds of the diagnostics.

    Returns
    -------
    dict
        dataset, model, engine; rhat, ess_bulk, ess_tail (the worst) with rhat_of, ess_bulk_of, ess_tail_of (whose);
        divergences, bfmi (lowest chain), pareto_k; passed; reasons (empty where passed); fallback (why this engine
        stood in for another). What an engine does not have is NaN and not judged.
    """
    if "failed" in tree.attrs:
        return failed(*(tree.attrs[name] for name in ("dataset", "model", "engine", "failed")))
    posterior = tree["posterior"].to_dataset()
    row: dict[str, Any] = {name: tree.attrs[name] for name in ("dataset", "model", "engine")}
    with np.errstate(invalid="ignore", divide="ignore"):  # a parameter that does not move: judged below
        measures = {
            "rhat": (az.rhat(posterior, method="rank"), np.argmax),
            "ess_bulk": (az.ess(posterior, method="bulk"), np.argmin),
            "ess_tail": (az.ess(posterior, method="tail"), np.argmin),
        }
    for name, (found, worst) in measures.items():
        row[name], row[f"{name}_of"] = _worst(found, worst)
    statistics = tree["sample_stats"]
    if "effective" in statistics and (effective := float(statistics["effective"].values.flat[0])) < row["ess_bulk"]:
        row |= {"ess_bulk": effective, "ess_bulk_of": "the importance weights"}
    row["divergences"] = int(statistics["diverging"].sum()) if "diverging" in statistics else np.nan
    row["bfmi"] = float(az.bfmi(statistics["energy"].values).min()) if "energy" in statistics else np.nan
    row["pareto_k"] = float(statistics["pareto_k"].max()) if "pareto_k" in statistics else np.nan
    reasons = _reasons(row, criteria, posterior.sizes["chain"] * posterior.sizes["draw"])
    return row | {"passed": not reasons, "reasons": "; ".join(reasons), "fallback": tree.attrs.get("fallback", "")}


def failed(dataset: str, model: str, engine: str, reason: str) -> dict[str, Any]:
    """Return the row of a fit that gave no draws at all."""
    return {"dataset": dataset, "model": model, "engine": engine, "passed": False, "reasons": f"no draws: {reason}"}


def table(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return one row per fit, those that failed included."""
    columns = [*("dataset", "model", "engine", "passed", "reasons"), *("rhat", "rhat_of", "ess_bulk", "ess_bulk_of")]
    columns += ["ess_tail", "ess_tail_of", "divergences", "bfmi", "pareto_k", "fallback"]
    return pd.DataFrame(list(rows), columns=columns)


def _worst(found: xr.Dataset, worst) -> tuple[float, str]:
    labels, values = [], []
    for name, array in found.data_vars.items():
        dims = [array[dim].values for dim in array.dims]
        for place in np.ndindex(array.shape):
            where = ", ".join(str(dims[axis][index]) for axis, index in enumerate(place))
            labels.append(f"{name}[{where}]" if where else str(name))
            values.append(float(array.values[place]))
    # A parameter that does not move has no diagnostics (NaN): nothing is worse.
    unknown = np.flatnonzero(~np.isfinite(values))
    index = unknown[0] if unknown.size else worst(values)
    return values[index], labels[index]


def _reasons(row: dict[str, Any], criteria: Convergence, draws: int) -> list[str]:
    reasons = []
    if not row["rhat"] < criteria.max_rhat:
        reasons.append(f"R-hat {row['rhat']:.4f} of {row['rhat_of']} is not below {criteria.max_rhat}")
    for name in ("ess_bulk", "ess_tail"):
        if not row[name] >= criteria.min_ess:
            reasons.append(f"{name} {row[name]:.0f} of {row[f'{name}_of']} is below {criteria.min_ess:.0f}")
    if row["divergences"] > criteria.max_divergences:
        reasons.append(f"{row['divergences']} divergences, {criteria.max_divergences} allowed")
    if row["bfmi"] < criteria.min_bfmi:
        reasons.append(f"E-BFMI {row['bfmi']:.2f} is below {criteria.min_bfmi}")
    highest = criteria.highest_k(draws)
    if row["pareto_k"] >= highest:
        reasons.append(f"Pareto k {row['pareto_k']:.2f} is not below {highest:.3g}")
    return reasons

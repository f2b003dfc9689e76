"""Do both engines give one posterior? Each estimand by each, and how far apart in Monte Carlo errors."""

from time import perf_counter

import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.evaluate import estimands
from iatrogenesis.models.data import OutcomeData
from iatrogenesis.models.priors import Priors

FAR = 5.0  # combined Monte Carlo standard errors


def outcome_of(tree: xr.DataTree) -> OutcomeData:
    """The data that a posterior was fitted to, as they stand in it."""
    constant, posterior = tree["constant_data"], tree["posterior"]
    more = {}
    if "covariates" in constant:
        more = {
            "covariates": constant["covariates"].values,
            "covariate_names": tuple(constant["covariate"].values.astype(str)),
            "centre": constant["centre"].values,
            "scale": constant["scale"].values,
        }
    return OutcomeData(
        dataset=tree.attrs["dataset"],
        deteriorated=tree["observed_data"]["deteriorated"].values,
        trials=constant["trials"].values,
        therapist=constant["therapist_index"].values,
        therapist_ids=tuple(posterior["therapist"].values.astype(str)),
        allow_empty=True,
        **more,
    ).validate()


def compare(tree: xr.DataTree, priors: Priors, seed: int, draws: int = 8000) -> list[dict[str, object]]:
    """One row per estimand of one fit by the engine `nuts`, beside the engine `collapsed` on the same data and priors.

    Columns: dataset, model, estimand, nuts, nuts_mcse, collapsed, collapsed_mcse, distance (in combined Monte Carlo
    standard errors), sd_ratio, pareto_k, effective, seconds (of the collapsed engine), agree, note.
    """
    about = {"dataset": tree.attrs["dataset"], "model": tree.attrs["model"]}
    data, began = outcome_of(tree), perf_counter()
    try:
        other = sample(about["model"], data, priors, seed, draws=draws)
    except Unreliable as error:
        return [about | {"agree": False, "note": f"left to nuts: {error}"}]
    seconds = perf_counter() - began
    k, effective = (float(other["sample_stats"][name].values.flat[0]) for name in ("pareto_k", "effective"))
    ours = estimands.table(other).set_index("estimand")
    rows = []
    for row in estimands.table(tree).itertuples():
        mine = ours.loc[row.estimand]
        mcse = float(mine["sd"]) / np.sqrt(effective)
        distance = abs(row.estimate - mine["estimate"]) / np.hypot(row.mcse, mcse)
        rows.append(
            about
            | {
                "estimand": row.estimand,
                "nuts": row.estimate,
                "nuts_mcse": row.mcse,
                "collapsed": float(mine["estimate"]),
                "collapsed_mcse": mcse,
                "distance": float(distance),
                "sd_ratio": float(mine["sd"]) / row.sd,
                "pareto_k": k,
                "effective": effective,
                "seconds": seconds,
                "agree": bool(distance < FAR),
                "note": "",
            }
        )
    return rows


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """All rows with all columns."""
    columns = ["dataset", "model", "estimand", "nuts", "nuts_mcse", "collapsed", "collapsed_mcse", "distance"]
    return pd.DataFrame(rows, columns=[*columns, "sd_ratio", "pareto_k", "effective", "seconds", "agree", "note"])

"""Agreement of the two engines: each estimand by both, and their distance in Monte Carlo standard errors."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.inference.answers import estimands
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.measurement import RatedData

FAR = 5.0  # combined Monte Carlo standard errors


def data_of(tree: xr.DataTree) -> OutcomeData | RatedData:
    """The data that a posterior was fitted to, as they stand in it: outcomes, services, ratings."""
    if "ratings" not in tree["observed_data"]:
        return outcome_of(tree)
    ratings = tree["observed_data"]["ratings"].values
    return RatedData(outcome_of(tree), ratings, tree["constant_data"]["reliability"].values).validate()


def outcome_of(tree: xr.DataTree) -> OutcomeData:
    """The outcomes that a posterior was fitted to, as they stand in it."""
    constant, posterior = tree["constant_data"], tree["posterior"]
    more: dict[str, Any] = {}
    if "covariates" in constant:
        more = {
            "covariates": constant["covariates"].values,
            "covariate_names": tuple(constant["covariate"].values.astype(str)),
            "centre": constant["centre"].values,
            "scale": constant["scale"].values,
        }
    if "service_index" in constant:
        services = tuple(posterior["service"].values.astype(str))
        more |= {"service": constant["service_index"].values, "service_ids": services}
    deteriorated = tree["observed_data"]["deteriorated"].values
    return OutcomeData(
        dataset=tree.attrs["dataset"],
        deteriorated=deteriorated,
        trials=constant["trials"].values if "trials" in constant else np.ones_like(deteriorated),
        therapist=constant["therapist_index"].values,
        therapist_ids=tuple(posterior["therapist"].values.astype(str)),
        allow_empty=True,
        **more,
    ).validate()


def compare(one: xr.DataTree, other: xr.DataTree) -> list[dict[str, object]]:
    """One row per estimand of one data set and model, fitted by two engines.

    Columns: dataset, model, estimand, nuts, nuts_mcse, collapsed, collapsed_mcse, distance (in combined Monte Carlo
    standard errors), sd_ratio (collapsed over nuts), pareto_k, effective, agree, note.
    """
    about = {name: one.attrs[name] for name in ("dataset", "model")}
    by_engine = {tree.attrs["engine"]: tree for tree in (one, other)}
    if failed := [tree.attrs["failed"] for tree in (one, other) if "failed" in tree.attrs]:
        return [about | {"agree": False, "note": f"no draws: {failed[0]}"}]
    if "collapsed" not in by_engine:
        why = one.attrs.get("fallback") or other.attrs.get("fallback") or "both fits are by nuts"
        return [about | {"agree": False, "note": f"left to nuts: {why}"}]
    statistics = by_engine["collapsed"]["sample_stats"]
    k, effective = (float(statistics[name].values.flat[0]) for name in ("pareto_k", "effective"))
    ours = estimands.table(by_engine["collapsed"]).set_index("estimand")
    rows = []
    for row in estimands.table(by_engine["nuts"]).itertuples():
        mine = ours.loc[row.estimand]
        distance = abs(row.estimate - mine["estimate"]) / np.hypot(row.mcse, mine["mcse"])
        rows.append(
            about
            | {
                "estimand": row.estimand,
                "nuts": row.estimate,
                "nuts_mcse": row.mcse,
                "collapsed": float(mine["estimate"]),
                "collapsed_mcse": float(mine["mcse"]),
                "distance": float(distance),
                "sd_ratio": float(mine["sd"]) / row.sd,
                "pareto_k": k,
                "effective": effective,
                "agree": bool(distance < FAR),
                "note": "",
            }
        )
    return rows


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """All rows with all columns."""
    columns = ["dataset", "model", "estimand", "nuts", "nuts_mcse", "collapsed", "collapsed_mcse", "distance"]
    return pd.DataFrame(rows, columns=[*columns, "sd_ratio", "pareto_k", "effective", "agree", "note"])

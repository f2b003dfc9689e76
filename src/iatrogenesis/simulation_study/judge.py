"""Methods judged against the truth: one row per method, estimand, cell and measure."""

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.performance import performance
from iatrogenesis.simulation_study.profiling import profiling

COLUMNS = ("method", "estimand", "cell", "measure", "value", "mcse", "replicates", "failures")
SHARES = ("coverage", "power", "type_1_error", "sensitivity", "fdr", "fpr", "fdr_above", "misordered")
"""Measures that are shares of data sets or of therapists."""


def judged(
    cell: str, method: str, targets: frozenset[str], estimates: pd.DataFrame, therapists: pd.DataFrame,
    truth: pd.DataFrame, rates: pd.DataFrame, replicates: int,
) -> pd.DataFrame:  # fmt: skip
    """Judge one method in one cell, on the estimands that it targets.

    Parameters
    ----------
    targets
        Names of estimands; what else the method estimates is left out.
    estimates, therapists
        Of all batches, see `iatrogenesis.simulation_study.run.run`.
    truth, rates
        See `iatrogenesis.simulation_study.truth.truth`; replicate r is held to the truth of world r modulo their number.
        An estimand without a truth is judged by its test and width.
    replicates
        How many data sets the method was given. One without an estimate is a failure.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. `replicates` is the number behind a measure, `failures` how many data sets gave no estimate.
        The estimand `all` has the share of data sets without any answer. The error of a bias includes that of a truth
        that was itself simulated.

    Raises
    ------
    DataError
        If a replicate is missing or duplicated.
    """
    _check_complete(cell, method, estimates, therapists, replicates)
    known = truth[truth["cell"] == cell]
    tables = [_failed(estimates, replicates)]
    for estimand, rows in estimates[estimates["estimand"].isin(targets)].groupby("estimand", sort=True):
        if len(rows) < 2:
            continue
        # Data sets without an answer stand in as rows without an estimate.
        whole = rows.set_index("replicate").reindex(range(replicates))
        world, values, error = _truth_of(known[known["estimand"] == estimand], replicates)
        whole = whole.assign(truth=values, world=world, passed=whole["passed"].astype("boolean").fillna(False))
        found = performance(whole.reset_index(), f"{cell}, {method}, {estimand}")
        of_bias = found["measure"] == "bias"
        found.loc[of_bias, "mcse"] = np.hypot(found.loc[of_bias, "mcse"], error)
        failures = int(whole["estimate"].isna().sum())
        tables.append(found.rename(columns={"n": "replicates"}).assign(estimand=estimand, failures=failures))
    if len(therapists):
        found = profiling(therapists, rates, _rate_asked(targets))
        failures = replicates - therapists["replicate"].nunique()
        tables.append(found.rename(columns={"n": "replicates"}).assign(failures=failures))
    return pd.concat(tables, ignore_index=True).assign(cell=cell, method=method)[list(COLUMNS)]


def _truth_of(known: pd.DataFrame, replicates: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The world and the truth of each replicate, shape (replicates,), and the Monte Carlo error of their mean."""
    if known.empty:
        return np.zeros(replicates, dtype=int), np.full(replicates, np.nan), 0.0
    by_world = known.set_index("world").sort_index()
    world = np.arange(replicates) % len(by_world)
    error = np.sqrt(np.sum(by_world["truth_mcse"] ** 2)) / len(by_world)
    return world, by_world["truth"].to_numpy()[world], float(error)


def _rate_asked(targets: frozenset[str]) -> str:
    """The column of true rates that a method's rates are estimates of."""
    return "own_rate" if "own_rate" in targets else "rate"


def _failed(estimates: pd.DataFrame, replicates: int) -> pd.DataFrame:
    """The share of data sets to which the method has nothing to say, whatever was asked."""
    lost = int((estimates["problem"] != "").sum())
    share = lost / replicates
    row = {"estimand": "all", "measure": "failed", "value": share, "mcse": np.sqrt(share * (1 - share) / replicates)}
    return pd.DataFrame([row | {"replicates": replicates, "failures": lost}])


def _check_complete(cell: str, method: str, estimates: pd.DataFrame, therapists: pd.DataFrame, replicates: int) -> None:
    seen = set(estimates["replicate"]) | set(therapists["replicate"])
    if lost := sorted(set(range(replicates)) - seen):
        raise DataError(f"{cell}, {method}: replicate {lost[0]} is missing; delete its batches, run again.")
    if seen - set(range(replicates)):
        raise DataError(f"{cell}, {method}: replicate {max(seen)} is beyond the {replicates} planned; run again.")
    if estimates.duplicated(["replicate", "estimand"]).any() or therapists.duplicated(["replicate", "therapist"]).any():
        raise DataError(f"{cell}, {method}: duplicate replicate; delete this method's batches and run again.")

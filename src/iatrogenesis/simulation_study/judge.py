"""Methods judged against the truth: one row per method, estimand, cell and measure."""

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.differences import of_estimates
from iatrogenesis.simulation_study.estimands import null_of
from iatrogenesis.simulation_study.over_services import Measured
from iatrogenesis.simulation_study.performance import mean_and_error, performance
from iatrogenesis.simulation_study.profiling import measured, rows

COLUMNS = ("method", "estimand", "cell", "measure", "value", "mcse", "replicates", "failures")
SHARES = (
    *("coverage", "coverage_harmful", "coverage_worst_tenth", "power", "type_1_error"),
    *("harmful", "sensitivity", "fdr", "mfdr", "empty", "fpr", "fdr_above", "misordered"),
)
"""Measures that are shares of data sets or of therapists."""


def judged(
    cell: str, method: str, targets: frozenset[str], estimates: pd.DataFrame, therapists: pd.DataFrame,
    truth: pd.DataFrame, rates: pd.DataFrame, replicates: int, exceeds: str = "posterior",
) -> pd.DataFrame:  # fmt: skip
    """Judge one method in one cell, on the estimands that it targets.

    Parameters
    ----------
    targets
        Names of estimands; what else the method estimates is left out.
    estimates, therapists
        Of all batches, see `iatrogenesis.simulation_study.run.run`.
    truth, rates
        See `iatrogenesis.simulation_study.truth.truth`; replicate r is held to its own truth where it has one, else to
        that of world r modulo their number. An estimand without a truth is judged by its test and width.
    replicates
        How many data sets the method was given. One without an estimate is a failure.
    exceeds
        What the method's `exceeds` is, see `iatrogenesis.simulation_study.profiling.profiling`.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. `replicates` is the number behind a measure, `failures` how many data sets gave no estimate.
        The estimand `all` has the share of data sets without any answer. The errors of bias, mse and rmse include that
        of a truth that was itself simulated.

    Raises
    ------
    DataError
        If a replicate is missing or duplicated, or a truth in some of the cell's worlds or data sets.
    """
    about = (cell, method, targets, estimates, therapists, truth, rates, replicates, exceeds)
    return judged_with_parts(*about)[0]


def judged_with_parts(
    cell: str, method: str, targets: frozenset[str], estimates: pd.DataFrame, therapists: pd.DataFrame,
    truth: pd.DataFrame, rates: pd.DataFrame, replicates: int, exceeds: str = "posterior",
) -> tuple[pd.DataFrame, list[Measured]]:  # fmt: skip
    """Return what `judged` does, and what each data set adds to the measures, for `differences`."""
    _check_complete(cell, method, estimates, therapists, replicates)
    known = truth[truth["cell"] == cell]
    worlds = max(known["world"].nunique(), 1)
    tables, parts = [_failed(estimates, replicates, worlds)], []
    for estimand, own in estimates[estimates["estimand"].isin(targets)].groupby("estimand", sort=True):
        if len(own) < 2:
            continue
        # Data sets without an answer stand in as rows without an estimate.
        whole = own.set_index("replicate").reindex(range(replicates))
        whole["passed"] = whole["passed"].astype("boolean").fillna(False)
        whole = whole.assign(**_truth_of(known[known["estimand"] == estimand], replicates, worlds))
        found = performance(whole.reset_index(), f"{cell}, {method}, {estimand}", null_of(str(estimand)))
        failures = int(whole["estimate"].isna().sum())
        tables.append(found.rename(columns={"n": "replicates"}).assign(estimand=estimand, failures=failures))
        parts += of_estimates(str(estimand), whole)
    if len(therapists):
        of_therapists = measured(therapists, rates, _rate_asked(targets), exceeds)
        failures = replicates - therapists["replicate"].nunique()
        tables.append(rows(of_therapists, worlds).rename(columns={"n": "replicates"}).assign(failures=failures))
        parts += of_therapists
    return pd.concat(tables, ignore_index=True).assign(cell=cell, method=method)[list(COLUMNS)], parts


def _truth_of(known: pd.DataFrame, replicates: int, worlds: int) -> dict[str, np.ndarray]:
    """World, truth, and the truth's Monte Carlo error, of each replicate, shape (replicates,)."""
    world = np.arange(replicates) % worlds
    if known.empty:
        nothing = np.full(replicates, np.nan)
        return {"world": world, "truth": nothing, "truth_mcse": nothing}
    if known["replicate"].notna().all():
        of_each = known.set_index("replicate").reindex(range(replicates))
        if lost := [replicate for replicate, true in of_each["truth"].items() if pd.isna(true)]:
            name = known["estimand"].iloc[0]
            raise DataError(f"{name}: data set {lost[0]} has no truth; make the truth of this cell again.")
        return {"world": world} | {name: of_each[name].to_numpy() for name in ("truth", "truth_mcse")}
    by_world = known.set_index("world").sort_index()
    if len(by_world) != worlds:
        name = by_world["estimand"].iloc[0]
        raise DataError(f"{name}: {len(by_world)} truths in {worlds} worlds; make the truth of this cell again.")
    return {"world": world} | {name: by_world[name].to_numpy()[world] for name in ("truth", "truth_mcse")}


def _rate_asked(targets: frozenset[str]) -> str:
    """The column of true rates that a method's rates are estimates of."""
    return "own_rate" if "own_rate" in targets else "rate"


def _failed(estimates: pd.DataFrame, replicates: int, worlds: int) -> pd.DataFrame:
    """The share of data sets to which the method has nothing to say, whatever was asked."""
    lost = np.isin(np.arange(replicates), estimates.loc[estimates["problem"] != "", "replicate"])
    share, error, _ = mean_and_error(lost, np.arange(replicates) % worlds)
    row = {"estimand": "all", "measure": "failed", "value": share, "mcse": error}
    return pd.DataFrame([row | {"replicates": replicates, "failures": int(lost.sum())}])


def _check_complete(cell: str, method: str, estimates: pd.DataFrame, therapists: pd.DataFrame, replicates: int) -> None:
    seen = set(estimates["replicate"]) | set(therapists["replicate"])
    if lost := sorted(set(range(replicates)) - seen):
        raise DataError(f"{cell}, {method}: replicate {lost[0]} is missing; delete its batches, run again.")
    if seen - set(range(replicates)):
        raise DataError(f"{cell}, {method}: replicate {max(seen)} is beyond the {replicates} planned; run again.")
    if estimates.duplicated(["replicate", "estimand"]).any() or therapists.duplicated(["replicate", "therapist"]).any():
        raise DataError(f"{cell}, {method}: duplicate replicate; delete this method's batches and run again.")

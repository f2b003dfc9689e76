"""Methods judged against the truth: one row per method, estimand, cell and measure."""

import numpy as np
import pandas as pd

from iatrogenesis.data.tables import DataError
from iatrogenesis.evaluate.performance import performance
from iatrogenesis.evaluate.profiling import profiling

COLUMNS = ("method", "estimand", "cell", "measure", "value", "mcse", "replicates", "failures")


def judged(
    cell: str, method: str, estimates: pd.DataFrame, therapists: pd.DataFrame, truth: pd.DataFrame, rates: pd.DataFrame,
    replicates: int,
) -> pd.DataFrame:  # fmt: skip
    """Judge one method in one cell.

    Parameters
    ----------
    estimates, therapists
        Of all batches, see `iatrogenesis.ademp.run.run`.
    truth, rates
        See `iatrogenesis.ademp.truth.truth`. An estimand without a truth is judged by its test and width alone.
    replicates
        How many data sets the method was given. One without an estimate is a failure.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. `replicates` is the number behind a measure, `failures` how many data sets gave no estimate.

    Raises
    ------
    DataError
        If a replicate is missing or there twice.
    """
    _check_complete(cell, method, estimates, therapists, replicates)
    known = truth[truth["cell"] == cell].set_index("estimand")["truth"]
    tables = []
    for estimand, rows in estimates[estimates["estimand"] != ""].groupby("estimand", sort=True):
        if len(rows) < 2:
            continue
        # Data sets without an answer stand in as rows without an estimate.
        whole = rows.set_index("replicate").reindex(range(replicates))
        whole = whole.assign(truth=known.get(estimand, np.nan), passed=whole["passed"].astype("boolean").fillna(False))
        found = performance(whole.reset_index(), f"{cell}, {method}, {estimand}")
        failures = int(whole["estimate"].isna().sum())
        tables.append(found.rename(columns={"n": "replicates"}).assign(estimand=estimand, failures=failures))
    if len(therapists):
        found = profiling(therapists, rates)
        failures = replicates - therapists["replicate"].nunique()
        tables.append(found.rename(columns={"n": "replicates"}).assign(failures=failures))
    if not tables:
        reasons = ", ".join(sorted(set(estimates["problem"]))[:3])
        raise DataError(f"{cell}, {method}: no data set has an answer ({reasons}); leave the method out of this cell.")
    return pd.concat(tables, ignore_index=True).assign(cell=cell, method=method)[list(COLUMNS)]


def _check_complete(cell: str, method: str, estimates: pd.DataFrame, therapists: pd.DataFrame, replicates: int) -> None:
    seen = set(estimates["replicate"]) | set(therapists["replicate"])
    if lost := sorted(set(range(replicates)) - seen):
        raise DataError(f"{cell}, {method}: replicate {lost[0]} is missing; delete its batches, run again.")
    if seen - set(range(replicates)):
        raise DataError(f"{cell}, {method}: replicate {max(seen)} is beyond the {replicates} planned; run again.")
    if estimates.duplicated(["replicate", "estimand"]).any() or therapists.duplicated(["replicate", "therapist"]).any():
        raise DataError(f"{cell}, {method}: a replicate is there twice; delete this method's batches and run again.")

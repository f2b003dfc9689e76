"""Methods beside a reference method, on the same data sets: differences of measures with paired Monte Carlo errors.

Methods of one cell are asked about the same data sets. What makes a data set hard is hard for all, so that the error of
a difference is often much less than the errors of the two measures suggest.

The reference is the first of `REFERENCES` that is judged on the same estimand: maximum likelihood, and where it targets
something else logistic regression (population-averaged odds ratios) or raw rates (rates among own clients); and where
none of these is, the first method by its place. Order, flags, grades and actions are claims about the same therapists
whatever a method adjusts for, so that all methods have one reference there; sets of ranks are compared among methods
whose rates are estimates of the same thing.

Compared are the data sets to which both methods have an answer: a method that fails where it is hard is compared where
it is easy, as `replicates` shows.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from iatrogenesis.simulation_study.estimands import null_of
from iatrogenesis.simulation_study.flag_rules import BASE_RATE
from iatrogenesis.simulation_study.over_services import Measured, mean_of, paired
from iatrogenesis.simulation_study.performance import measure_of_test

REFERENCES = ("glmm", "logistic", "raw")
COLUMNS = ("cell", "estimand", "measure", "method", "reference", "difference", "mcse", "replicates")
OF_RANKS = ("rank_set", "rank_set_all")


def of_estimates(estimand: str, replicates: pd.DataFrame) -> list[Measured]:
    """Return what each data set adds to bias, mse, coverage, width, and power or type I error of one number.

    Parameters
    ----------
    replicates
        estimate, se, low, high, truth and, optionally, rejects, one row per data set, indexed by replicate; as in
        `iatrogenesis.simulation_study.performance.performance`, with which the measures agree.
    """
    answered = replicates[replicates["estimate"].notna()]
    sure = answered[answered[["se", "low", "high"]].notna().all(axis=1)]
    found = [mean_of(estimand, "width", sure["high"] - sure["low"])]
    tested = answered[answered["rejects"].notna()] if "rejects" in answered else answered.iloc[:0]
    if len(tested):
        measure = measure_of_test(tested["truth"].to_numpy(dtype=float), null_of(estimand))
        found.append(mean_of(estimand, measure, tested["rejects"].astype(float) == 1.0))
    if replicates["truth"].isna().all():
        return found
    error = answered["estimate"] - answered["truth"]
    covered = (sure["low"] <= sure["truth"]) & (sure["truth"] <= sure["high"])
    return [
        mean_of(estimand, "bias", error),
        mean_of(estimand, "mse", error**2),
        mean_of(estimand, "coverage", covered),
        *found,
    ]


def differences(
    cell: str, methods: Mapping[str, Sequence[Measured]], order: Sequence[str], worlds: int = 1
) -> pd.DataFrame:
    """Compare the methods of one cell.

    Parameters
    ----------
    methods
        What each data set adds to each measure, by method: see
        `iatrogenesis.simulation_study.judge.judged_with_parts`.
    order
        All methods, in the order of their places.
    worlds
        How many worlds the data sets were made in.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: the method's measure less the reference's, over the data sets that both answered, and how
        many those are. A reference has no row of its own.
    """
    by_measure: dict[tuple[str, str, str], dict[str, Measured]] = {}
    for method, found in methods.items():
        rates = next((one.estimand for one in found if one.estimand in ("therapist_rate", "own_rate")), "")
        for one in (part for part in found if part.measure != BASE_RATE):  # the same therapists for all
            same = rates if one.estimand in OF_RANKS else ""
            by_measure.setdefault((one.estimand, one.measure, same), {})[method] = one
    rows = []
    for (estimand, measure, _), own in by_measure.items():
        reference = next(name for name in (*REFERENCES, *order) if name in own)
        for method in (name for name in order if name in own and name != reference):
            found = paired(own[method], own[reference], worlds)
            rows.append((cell, estimand, measure, method, reference, *found))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"difference": float, "mcse": float, "replicates": np.int64}
    )

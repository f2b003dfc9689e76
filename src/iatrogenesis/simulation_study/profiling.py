"""Provider profiling: how well a method estimates therapists' rates, ranks therapists, and flags harmful ones.

Who is *harmful* and who is *flagged* is defined in `iatrogenesis.core.definitions`. Two rules flag therapists:
`flag_probable`, those who are by the method's posterior probability; `flag_worst`, the worst 5 % by its own ranking (at
least one), as in Imel et al. (2015, 10.1037/pst0000023).

===================  ===================================================================================================
`therapist_rate`     bias, rmse, coverage and width over a service's therapists, averaged over services
`therapist_rank`     rank_correlation (Spearman) of the method's order with the true one
`flag_probable`,     flagged: therapists flagged per service; sensitivity: proportion of harmful therapists flagged;
`flag_worst`         fdr (false discovery rate): proportion of flagged therapists who are not harmful; fpr (false
                     positive rate): proportion of harmless therapists flagged; each a ratio of sums over services
===================  ===================================================================================================
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from iatrogenesis.core.definitions import flagged, harmful_rate
from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.tables import DataError

WORST = 0.05


def profiling(therapists: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Judge a method's therapists.

    Parameters
    ----------
    therapists
        replicate, therapist, score, rate, low, high, exceeds; see
        `iatrogenesis.simulation_study.methods.answer.Answer`. Rates and `exceeds` may be missing throughout, where
        a method only orders.
    rates
        replicate, therapist, rate: the truth of all therapists.

    Returns
    -------
    pandas.DataFrame
        Columns estimand, measure, value, mcse, n (replicates). A ratio without a denominator is missing.

    Raises
    ------
    DataError
        If a therapist has no true rate.
    """
    rates = rates.rename(columns={"rate": "truth"})
    average = rates.groupby("replicate")["truth"].transform("mean")
    both = therapists.merge(rates.assign(harmful=rates["truth"] > harmful_rate(average)), on=["replicate", "therapist"])
    if len(both) != len(therapists):
        raise DataError(
            f"{len(therapists) - len(both)} therapists have no true rate; make the truth of this cell again."
        )
    both["worst"] = _worst(both)
    groups = both.groupby("replicate")
    rows = []
    if both["rate"].notna().all():
        rows += _of_rates(both, groups)
    rows += _mean("therapist_rank", "rank_correlation", _correlations(both))
    rows += _flags("flag_worst", both, both["worst"])
    if both["exceeds"].notna().all():
        rows += _flags("flag_probable", both, pd.Series(flagged(both["exceeds"]), both.index))
    return pd.DataFrame(rows, columns=["estimand", "measure", "value", "mcse", "n"])


def _worst(both: pd.DataFrame) -> pd.Series:
    size = both.groupby("replicate")["score"].transform("size")
    place = both.groupby("replicate")["score"].rank(ascending=False, method="first")
    return place <= np.maximum(np.rint(WORST * size), 1)


def _of_rates(both: pd.DataFrame, groups) -> list[tuple]:
    error = both["rate"] - both["truth"]
    parts = both.assign(
        error=error,
        square=error**2,
        covered=(both["low"] <= both["truth"]) & (both["truth"] <= both["high"]),
        width=both["high"] - both["low"],
    )
    means = parts.groupby("replicate")[["error", "square", "covered", "width"]].mean()
    square, error_of_square = _value(means["square"])
    rmse = np.sqrt(square)
    return [
        *_mean("therapist_rate", "bias", means["error"]),
        ("therapist_rate", "rmse", rmse, error_of_square / (2 * rmse) if rmse else 0.0, len(means)),
        *_mean("therapist_rate", "coverage", means["covered"]),
        *_mean("therapist_rate", "width", means["width"]),
    ]


def _correlations(both: pd.DataFrame) -> np.ndarray:
    found = []
    for _, own in both.groupby("replicate"):
        score, truth = rankdata(own["score"]), rankdata(own["truth"])
        # Where no difference is found, or none is there, nobody is ordered.
        ordered = np.ptp(score) > 0 and np.ptp(truth) > 0
        found.append(np.corrcoef(score, truth)[0, 1] if ordered else 0.0)
    return np.array(found)


def _flags(estimand: str, both: pd.DataFrame, flagged: pd.Series) -> list[tuple]:
    counts = pd.DataFrame(
        {
            "replicate": both["replicate"],
            "flagged": flagged,
            "harmful": both["harmful"],
            "true_positive": flagged & both["harmful"],
            "harmless": ~both["harmful"],
            "false_positive": flagged & ~both["harmful"],
        }
    )
    sums = counts.groupby("replicate").sum().astype(float)
    return [
        *_mean(estimand, "flagged", sums["flagged"]),
        *_ratio(estimand, "sensitivity", sums["true_positive"], sums["harmful"]),
        *_ratio(estimand, "fdr", sums["false_positive"], sums["flagged"]),
        *_ratio(estimand, "fpr", sums["false_positive"], sums["harmless"]),
    ]


def _ratio(estimand: str, measure: str, part: pd.Series, whole: pd.Series) -> list[tuple]:
    value, error = ratio(part.to_numpy(), whole.to_numpy()) if whole.sum() > 0 else (np.nan, np.nan)
    return [(estimand, measure, value, error, len(whole))]


def _mean(estimand: str, measure: str, values) -> list[tuple]:
    return [(estimand, measure, *_value(values), len(values))]


def _value(values) -> tuple[float, float]:
    values = np.asarray(values, dtype=float)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))

"""Provider profiling: how well a method estimates therapists' rates, ranks therapists, flags and acts on harmful ones.

Who is *harmful*, and who is flagged as probably so, is defined in `iatrogenesis.core.definitions`, always by the true
standardised rate. So are the order, grades and losses: they are claims about therapists, whatever a method adjusts for.
Rates and sets of ranks are held to what a method's rates are estimates of (`therapist_rate` or `own_rate`).

Rules that flag: `flag_probable`, by the method's probability that a therapist is harmful; `flag_fdr`, as many as the
expected false discovery rate allows, and `flag_fdr_capacity`, no more of them than there is capacity for
(`iatrogenesis.inference.answers.selection`); `flag_worst`, the worst 5 % by its own ranking (at least one), as in Imel
et al. (2015, 10.1037/pst0000023); `flag_funnel`, those outside the method's funnel limits.

===================  ===================================================================================================
`therapist_rate`,    bias, rmse, coverage and width over a service's therapists, averaged over services
`own_rate`
`therapist_rank`     rank_correlation (Spearman) of the method's order with the true one
`flag_probable`,     flagged: therapists flagged per service; sensitivity: proportion of harmful therapists flagged;
`flag_fdr`,          fdr (false discovery rate): proportion of flagged therapists who are not harmful; fpr (false
`flag_fdr_capacity`, positive rate): proportion of harmless therapists flagged; each a ratio of sums over services;
`flag_worst`,        fdr_above: proportion of services in which more of the flagged are harmless than `flag_fdr` expects
`flag_funnel`
`rank_set`           of 95 % sets of ranks, one therapist at a time: coverage of all ranks that the truth allows, and
                     width as a proportion of all ranks, averaged over services
`rank_set_all`       of simultaneous sets: coverage is the proportion of services in which every set covers
`grade`              grades: their number; of pairs of therapists, ordered: proportion in different grades; discordance:
                     proportion in different grades and the wrong order; misordered: the same of the ordered ones (truly
                     equal ones are wrong); tau (Kendall): proportion in the right order less that in the wrong one
`action`             paused, supported: proportions of therapists; loss: realised, per 1,000 clients of each therapist;
                     regret: the same less that of the best actions; avoided: share of the regret of leaving everybody
                     alone that the actions avoid; fdr: proportion of paused therapists who are not harmful
===================  ===================================================================================================
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from iatrogenesis.core.definitions import flagged, harmful_rate
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.selection import FDR_LEVEL, ROUNDING, capacity, selected
from iatrogenesis.simulation_study import ranking
from iatrogenesis.simulation_study.over_services import Row, mean_row, ratio_row, value_and_error

ESTIMANDS = {"rate": "therapist_rate", "own_rate": "own_rate"}
"""What rates are called that are estimates of a column of the true ones."""


def profiling(therapists: pd.DataFrame, rates: pd.DataFrame, target: str = "rate") -> pd.DataFrame:
    """Judge a method's therapists.

    Parameters
    ----------
    therapists
        replicate, therapist, score, rate, low, high, exceeds, and, where the method has them, the columns `RANKED` and
        flag (1 or 0); see `iatrogenesis.simulation_study.methods.answer.Answer`. What is missing anywhere, because a
        method only orders, say, is not judged.
    rates
        replicate, therapist, rate and `target`: the truth of all therapists.
    target
        Column of `rates` that the method's rates are estimates of; one of `ESTIMANDS`.

    Returns
    -------
    pandas.DataFrame
        Columns estimand, measure, value, mcse, n (replicates). A ratio without a denominator is missing.

    Raises
    ------
    DataError
        If a therapist has no true rate.
    """
    both = _beside_truth(therapists, rates, target)
    rows = []
    if _given(both, "rate"):
        rows += _of_rates(ESTIMANDS[target], both)
    rows.append(mean_row("therapist_rank", "rank_correlation", _correlations(both)))
    for rule, chosen in _rules(both):
        rows += _flags(rule, both.assign(flagged=chosen))
    if _given(both, "rank_low", "rank_high"):
        rows += ranking.of_sets("rank_set", both, "rank_low", "rank_high")
    if _given(both, "rank_low_all", "rank_high_all"):
        rows += ranking.of_sets("rank_set_all", both, "rank_low_all", "rank_high_all")
    if _given(both, "grade"):
        rows += ranking.of_grades(both)
    if _given(both, "action"):
        rows += ranking.of_actions(both)
    return pd.DataFrame(rows, columns=["estimand", "measure", "value", "mcse", "n"])


def _beside_truth(therapists: pd.DataFrame, rates: pd.DataFrame, target: str) -> pd.DataFrame:
    average = rates.groupby("replicate")["rate"].transform("mean")
    truth = rates[["replicate", "therapist"]].assign(
        truth=rates["rate"], target=rates[target], average=average, harmful=rates["rate"] > harmful_rate(average)
    )
    both = therapists.merge(truth, on=["replicate", "therapist"])
    if len(both) != len(therapists):
        raise DataError(
            f"{len(therapists) - len(both)} therapists have no true rate; make the truth of this cell again."
        )
    return both


def _given(both: pd.DataFrame, *columns: str) -> bool:
    return all(name in both and both[name].notna().all() for name in columns)


def _rules(both: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Return who is flagged by each rule that the method's columns allow, bool, shape (rows,)."""
    rules = [("flag_worst", _by_service(both, "score", _worst))]
    if _given(both, "exceeds"):
        rules.append(("flag_probable", flagged(both["exceeds"])))
        rules.append(("flag_fdr", _by_service(both, "exceeds", selected)))
        rules.append(("flag_fdr_capacity", _by_service(both, "exceeds", _selected_within_capacity)))
    if _given(both, "flag"):
        rules.append(("flag_funnel", both["flag"].to_numpy() > 0))
    return rules


def _by_service(both: pd.DataFrame, column: str, rule) -> np.ndarray:
    values, chosen = both[column].to_numpy(), np.zeros(len(both), dtype=bool)
    for own in both.groupby("replicate").indices.values():
        chosen[own] = rule(values[own])
    return chosen


def _worst(score: np.ndarray) -> np.ndarray:
    # Of therapists with the same score the first ones come first.
    return rankdata(-score, method="ordinal") <= capacity(len(score))


def _selected_within_capacity(exceeds: np.ndarray) -> np.ndarray:
    return selected(exceeds, most=capacity(len(exceeds)))


def _of_rates(estimand: str, both: pd.DataFrame) -> list[Row]:
    error = both["rate"] - both["target"]
    parts = both.assign(
        error=error,
        square=error**2,
        covered=(both["low"] <= both["target"]) & (both["target"] <= both["high"]),
        width=both["high"] - both["low"],
    )
    means = parts.groupby("replicate")[["error", "square", "covered", "width"]].mean()
    square, error_of_square = value_and_error(means["square"])
    rmse = float(np.sqrt(square))
    return [
        mean_row(estimand, "bias", means["error"]),
        (estimand, "rmse", rmse, error_of_square / (2 * rmse) if rmse else 0.0, len(means)),
        mean_row(estimand, "coverage", means["covered"]),
        mean_row(estimand, "width", means["width"]),
    ]


def _correlations(both: pd.DataFrame) -> np.ndarray:
    found = []
    for _, own in both.groupby("replicate"):
        score, truth = rankdata(own["score"]), rankdata(own["truth"])
        # Where no difference is found, or none is there, nobody is ordered.
        ordered = np.ptp(score) > 0 and np.ptp(truth) > 0
        found.append(np.corrcoef(score, truth)[0, 1] if ordered else 0.0)
    return np.array(found)


def _flags(estimand: str, both: pd.DataFrame) -> list[Row]:
    counts = pd.DataFrame(
        {
            "replicate": both["replicate"],
            "flagged": both["flagged"],
            "harmful": both["harmful"],
            "true_positive": both["flagged"] & both["harmful"],
            "harmless": ~both["harmful"],
            "false_positive": both["flagged"] & ~both["harmful"],
        }
    )
    sums = counts.groupby("replicate").sum().astype(float)
    # Where nobody is flagged, nobody is flagged falsely.
    above = sums["false_positive"] > (FDR_LEVEL + ROUNDING) * sums["flagged"]
    return [
        mean_row(estimand, "flagged", sums["flagged"]),
        ratio_row(estimand, "sensitivity", sums["true_positive"], sums["harmful"]),
        ratio_row(estimand, "fdr", sums["false_positive"], sums["flagged"]),
        ratio_row(estimand, "fpr", sums["false_positive"], sums["harmless"]),
        mean_row(estimand, "fdr_above", above),
    ]

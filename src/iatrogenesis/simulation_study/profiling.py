"""Provider profiling: how well a method estimates therapists' rates, ranks therapists, flags and acts on harmful ones.

Who is *harmful*, and who is flagged as probably so, is defined in `iatrogenesis.core.definitions`, always by the true
standardised rate. So are the order, grades and losses, and who is among the worst tenth: they are claims about
therapists, whatever a method adjusts for. Rates and sets of ranks are held to what a method's rates are estimates of
(`therapist_rate` or `own_rate`).

Rules that flag: `flag_probable`, by the method's probability that a therapist is harmful; `flag_fdr`, as many as the
expected false discovery rate allows, and `flag_fdr_capacity`, no more of them than there is capacity for
(`iatrogenesis.inference.answers.selection`); `flag_worst`, the worst 5 % by its own ranking (at least one), as in Imel
et al. (2015, 10.1037/pst0000023); `flag_funnel` and `flag_funnel_95`, those outside the method's funnel limits of
99.8 % and of 95 %, its score being the z-value. Raw rates, funnel limits and fixed effects have no posterior: what
they have is 1 minus the p-value of "not harmful". Of them `flag_probable` is a test at 20 %, one less the probability
that the others need, and `flag_fdr` Benjamini and Hochberg's list at the same rate. Where a rule has to choose between
therapists with the same score or probability, lots are drawn (`iatrogenesis.simulation_study.flag_rules`).

===================  ===================================================================================================
`therapist_rate`,    bias, mse, rmse, coverage and width over a service's therapists, averaged over services; as their
`own_rate`           average hides those about whom something is decided, bias_harmful and coverage_harmful of harmful
                     therapists, coverage_worst_tenth of the tenth with the highest true rates (ratios of sums)
`therapist_rank`     rank_correlation (Spearman) of the method's order with the true one; auc: how often a harmful
                     therapist has a higher score than a harmless one, ties half, averaged over services with both
`flag_probable`,     flagged: therapists flagged per service; harmful: proportion of therapists who are, of whom the
`flag_fdr`,          method says something (the base rate, whatever the rule); sensitivity: proportion of harmful
`flag_fdr_capacity`, therapists flagged; fpr (false positive rate): proportion of harmless therapists flagged; mfdr
`flag_worst`,        (marginal false discovery rate): proportion of flagged therapists who are not harmful; each of
`flag_funnel`,       these three a ratio of sums over services; fdr (false discovery rate, what `flag_fdr` controls):
`flag_funnel_95`     mean over services of the same, 0 where nobody is flagged; empty: proportion of services in which
                     nobody is flagged; fdr_above: in which more of the flagged are harmless than `flag_fdr` expects
`rank_set`           of 95 % sets of ranks, one therapist at a time: coverage of all ranks that the truth allows, and
                     width as a proportion of all ranks, averaged over services
`rank_set_all`       of simultaneous sets: coverage is the proportion of services in which every set covers
`grade`              grades: their number; of pairs of therapists, ordered: proportion in different grades; discordance:
                     proportion in different grades and the wrong order; misordered: the same of the ordered ones (truly
                     equal ones are wrong); tau (Kendall): proportion in the right order less that in the wrong one
`action`             paused, supported: proportions of therapists; loss: realised, per 1,000 clients of each therapist;
                     regret: the same less that of the best actions; avoided: share of the regret of leaving everybody
                     alone that the actions avoid; fdr, mfdr, empty: as above, of those paused
===================  ===================================================================================================
"""

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.selection import capacity
from iatrogenesis.simulation_study import ranking
from iatrogenesis.simulation_study.flag_rules import chosen_by, of_flags
from iatrogenesis.simulation_study.over_services import Measured, Row, mean_of, ratio_of, row

ESTIMANDS = {"rate": "therapist_rate", "own_rate": "own_rate"}
"""What rates are called that are estimates of a column of the true ones."""

COLUMNS = ("estimand", "measure", "value", "mcse", "n")
WORST = 0.1


def profiling(
    therapists: pd.DataFrame, rates: pd.DataFrame, target: str = "rate", exceeds: str = "posterior", worlds: int = 1
) -> pd.DataFrame:
    """Judge a method's therapists.

    Parameters
    ----------
    therapists
        replicate, therapist, score, rate, low, high, exceeds, and, where the method has them, the columns `RANKED` and
        flag (1 or 0, the score then being a z-value); see `iatrogenesis.simulation_study.methods.answer.Answer`. What
        is missing anywhere, because a method only orders, say, is not judged.
    rates
        replicate, therapist, rate and `target`: the truth of all therapists.
    target
        Column of `rates` that the method's rates are estimates of; one of `ESTIMANDS`.
    exceeds
        What the column `exceeds` is: "posterior", the probability of being harmful, or "p", 1 minus the p-value.
    worlds
        How many worlds the services were made in, replicate r in world r modulo their number: services of one world
        are not independent, and errors are those of clusters.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; n is the number of services. A ratio without a denominator is missing.

    Raises
    ------
    DataError
        If a therapist has no true rate.
    """
    return rows(measured(therapists, rates, target, exceeds), worlds)


def rows(found: list[Measured], worlds: int = 1) -> pd.DataFrame:
    """Return the table of measures; columns `COLUMNS`."""
    table: list[Row] = []
    for one in found:
        table.append(row(one, worlds))
        if one.measure == "mse":
            table.append(_rooted(table[-1]))
    return pd.DataFrame(table, columns=list(COLUMNS))


def measured(
    therapists: pd.DataFrame, rates: pd.DataFrame, target: str = "rate", exceeds: str = "posterior"
) -> list[Measured]:
    """Return what each service adds to each measure; parameters as in `profiling`."""
    both = _beside_truth(therapists, rates, target)
    found = _of_rates(ESTIMANDS[target], both) if _given(both, "rate") else []
    found += ranking.of_order(both)
    for rule, chosen in chosen_by(both, exceeds, _given(both, "exceeds"), _given(both, "flag")):
        found += of_flags(rule, both, chosen)
    if _given(both, "rank_low", "rank_high"):
        found += ranking.of_sets("rank_set", both, "rank_low", "rank_high")
    if _given(both, "rank_low_all", "rank_high_all"):
        found += ranking.of_sets("rank_set_all", both, "rank_low_all", "rank_high_all")
    if _given(both, "grade"):
        found += ranking.of_grades(both)
    if _given(both, "action"):
        found += ranking.of_actions(both)
    return found


def _beside_truth(therapists: pd.DataFrame, rates: pd.DataFrame, target: str) -> pd.DataFrame:
    groups = rates.groupby("replicate")["rate"]
    average = groups.transform("mean")
    tenth = groups.transform("size").map(lambda number: capacity(number, WORST))
    truth = rates[["replicate", "therapist"]].assign(
        truth=rates["rate"],
        target=rates[target],
        average=average,
        harmful=rates["rate"] > harmful_rate(average),
        worst=groups.rank(ascending=False, method="min") <= tenth,  # of equal ones all or none
    )
    both = therapists.merge(truth, on=["replicate", "therapist"])
    if len(both) != len(therapists):
        raise DataError(
            f"{len(therapists) - len(both)} therapists have no true rate; make the truth of this cell again."
        )
    return both


def _given(both: pd.DataFrame, *columns: str) -> bool:
    return all(name in both and both[name].notna().all() for name in columns)


def _of_rates(estimand: str, both: pd.DataFrame) -> list[Measured]:
    error = both["rate"] - both["target"]
    covered = (both["low"] <= both["target"]) & (both["target"] <= both["high"])
    parts = {"error": error, "square": error**2, "covered": covered, "width": both["high"] - both["low"]}
    parts |= {name: both[name] for name in ("harmful", "worst")}
    parts |= {"error_harmful": error * both["harmful"], "covered_harmful": covered & both["harmful"]}
    groups = pd.DataFrame(parts | {"covered_worst": covered & both["worst"]}).groupby(both["replicate"])
    means, sums = groups.mean(), groups.sum()
    return [
        mean_of(estimand, "bias", means["error"]),
        mean_of(estimand, "mse", means["square"]),
        mean_of(estimand, "coverage", means["covered"]),
        mean_of(estimand, "width", means["width"]),
        ratio_of(estimand, "bias_harmful", sums["error_harmful"], sums["harmful"]),
        ratio_of(estimand, "coverage_harmful", sums["covered_harmful"], sums["harmful"]),
        ratio_of(estimand, "coverage_worst_tenth", sums["covered_worst"], sums["worst"]),
    ]


def _rooted(of_square: Row) -> Row:
    estimand, _, square, error, services = of_square
    rmse = float(np.sqrt(square))
    return estimand, "rmse", rmse, error / (2 * rmse) if rmse else 0.0, services

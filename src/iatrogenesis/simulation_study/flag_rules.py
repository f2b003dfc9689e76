"""Rules that flag therapists as harmful, and their errors: what `profiling` makes of `exceeds`, `score` and `flag`.

Raw rates tie where clients are few, and a rule that flags so many has to choose between equal ones. Lots do, keyed by
data set and therapist and the same for every rule, method and cell: a therapist's number says nothing of harm, but it
goes with the length of the list.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from iatrogenesis.core.definitions import flagged
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers.selection import FDR_LEVEL, ROUNDING, capacity, selected, significant
from iatrogenesis.simulation_study.over_services import Measured, mean_of, ratio_of

LIMIT_95 = float(ndtri(0.975))
LOTS = Noise(0)  # of no study's seed: whoever judges the same answers draws the same lots
BASE_RATE = "harmful"
"""Measure of the therapists and not of the method: the share who are harmful, which false discoveries depend on."""
SELECT = {"posterior": selected, "p": significant}
"""What a list is made by, of what a method's `exceeds` is (its literal ``EXCEEDS``, by default a posterior)."""


def chosen_by(both: pd.DataFrame, exceeds: str, has_exceeds: bool, has_flag: bool) -> list[tuple[str, np.ndarray]]:
    """Return who is flagged by each rule that the method's columns allow, bool, shape (rows,).

    Parameters
    ----------
    both
        replicate, therapist, score and, where told that they are there, exceeds and flag.
    exceeds
        What `exceeds` is: one of `SELECT`.
    """
    select = SELECT[exceeds]
    rules = [("flag_worst", _by_service(both, "score", _worst))]
    if has_exceeds:
        rules.append(("flag_probable", flagged(both["exceeds"])))
        rules.append(("flag_fdr", _by_service(both, "exceeds", select)))
        rules.append(("flag_fdr_capacity", _by_service(both, "exceeds", _within_capacity(select))))
    if has_flag:
        rules.append(("flag_funnel", both["flag"].to_numpy() > 0))
        rules.append(("flag_funnel_95", both["score"].to_numpy() > LIMIT_95))
    return rules


def _by_service(both: pd.DataFrame, column: str, rule) -> np.ndarray:
    values, chosen = both[column].to_numpy(), np.zeros(len(both), dtype=bool)
    lot = LOTS.uniform(
        "flagged among equals", replicate=both["replicate"].to_numpy(), therapist=both["therapist"].to_numpy()
    )
    for own in both.groupby("replicate").indices.values():
        drawn = own[np.argsort(lot[own])]  # of equal ones the rules take the first
        chosen[drawn] = rule(values[drawn])
    return chosen


def _worst(score: np.ndarray) -> np.ndarray:
    return rankdata(-score, method="ordinal") <= capacity(len(score))


def _within_capacity(select):
    return lambda values: select(values, most=capacity(len(values)))


def of_flags(rule: str, both: pd.DataFrame, chosen: np.ndarray) -> list[Measured]:
    """Judge a rule; both has the columns replicate and harmful, chosen has the shape (rows,)."""
    harmful = both["harmful"].to_numpy()
    counts = {
        "flagged": chosen,
        "harmful": harmful,
        "true_positive": chosen & harmful,
        "harmless": ~harmful,
        "false_positive": chosen & ~harmful,
    }
    groups = pd.DataFrame(counts, index=both["replicate"]).groupby(level=0)
    sums = groups.sum()
    return [
        mean_of(rule, "flagged", sums["flagged"]),
        mean_of(rule, BASE_RATE, groups["harmful"].mean()),
        ratio_of(rule, "sensitivity", sums["true_positive"], sums["harmful"]),
        *false_discoveries(rule, sums["false_positive"], sums["flagged"]),
        ratio_of(rule, "fpr", sums["false_positive"], sums["harmless"]),
        # Where nobody is flagged, nobody is flagged falsely.
        mean_of(rule, "fdr_above", sums["false_positive"] > (FDR_LEVEL + ROUNDING) * sums["flagged"]),
    ]


def false_discoveries(estimand: str, wrong: pd.Series, all_flagged: pd.Series) -> list[Measured]:
    """Return false discovery rate, marginal false discovery rate, and services without a flag, from counts of each."""
    return [
        mean_of(estimand, "fdr", wrong / np.maximum(all_flagged, 1)),
        ratio_of(estimand, "mfdr", wrong, all_flagged),
        mean_of(estimand, "empty", all_flagged == 0),
    ]

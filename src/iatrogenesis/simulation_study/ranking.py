"""Order, sets of ranks, grades and actions beside the truth: what `profiling` makes of `score` and of `RANKED`."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from iatrogenesis.inference.answers.decisions import ACTIONS, LOSSES
from iatrogenesis.simulation_study.flag_rules import false_discoveries
from iatrogenesis.simulation_study.over_services import Measured, mean_of, ratio_of

LEAVE, SUPPORT, PAUSE = range(len(ACTIONS))


def of_order(both: pd.DataFrame) -> list[Measured]:
    """Judge the order of a method's scores; both has the columns replicate, score, truth and harmful."""
    groups = both.groupby("replicate")
    correlation = {replicate: _correlation(own["score"], own["truth"]) for replicate, own in groups}
    ranks = groups["score"].rank()  # equal scores share the mean of their ranks
    parts = pd.DataFrame({"harmful": both["harmful"], "rank": ranks.where(both["harmful"], 0.0)})
    sums = parts.groupby(both["replicate"]).sum()
    harmful, harmless = sums["harmful"], groups.size() - sums["harmful"]
    there = (harmful > 0) & (harmless > 0)
    area = (sums["rank"] - harmful * (harmful + 1) / 2)[there] / (harmful * harmless)[there]
    return [
        mean_of("therapist_rank", "rank_correlation", pd.Series(correlation)),
        mean_of("therapist_rank", "auc", area),
    ]


def _correlation(score: pd.Series, truth: pd.Series) -> float:
    ranks = rankdata(score), rankdata(truth)
    # Where no difference is found, or none is there, nobody is ordered.
    ordered = np.ptp(ranks[0]) > 0 and np.ptp(ranks[1]) > 0
    return float(np.corrcoef(*ranks)[0, 1]) if ordered else 0.0


def of_sets(estimand: str, both: pd.DataFrame, low: str, high: str) -> list[Measured]:
    """Judge sets of ranks; both has the columns replicate, target and the two named.

    Sets of an estimand that ends in `_all` have to cover all at once.
    """
    groups = both.groupby("replicate")
    lowest, highest = (groups["target"].rank(method=method) for method in ("min", "max"))
    held = both.assign(
        held=(both[low] <= lowest) & (highest <= both[high]),
        width=(both[high] - both[low] + 1) / groups["target"].transform("size"),
    ).groupby("replicate")
    covered = held["held"].all() if estimand.endswith("_all") else held["held"].mean()
    return [mean_of(estimand, "coverage", covered), mean_of(estimand, "width", held["width"].mean())]


def of_grades(both: pd.DataFrame) -> list[Measured]:
    """Judge grades; both has the columns replicate, grade and truth."""
    groups = both.groupby("replicate")
    found = {replicate: _pairs(own["grade"].to_numpy(), own["truth"].to_numpy()) for replicate, own in groups}
    counts = pd.DataFrame.from_dict(found, orient="index", columns=["right", "wrong", "tied", "pairs"])
    mistaken = counts["wrong"] + counts["tied"]
    ordered = counts["right"] + mistaken
    return [
        mean_of("grade", "grades", groups["grade"].nunique()),
        ratio_of("grade", "misordered", mistaken, ordered),
        ratio_of("grade", "discordance", mistaken, counts["pairs"]),
        ratio_of("grade", "ordered", ordered, counts["pairs"]),
        ratio_of("grade", "tau", counts["right"] - counts["wrong"], counts["pairs"]),
    ]


def _pairs(grade: np.ndarray, truth: np.ndarray) -> tuple[int, int, int, float]:
    """Count pairs in different grades: in the right order, in the wrong one, truly equal; and all pairs."""
    right = wrong = tied = 0
    for own in np.unique(grade)[1:]:
        lower = np.sort(truth[grade < own])
        below, not_above = (np.searchsorted(lower, truth[grade == own], side=side) for side in ("left", "right"))
        right += below.sum()
        tied += (not_above - below).sum()
        wrong += (len(lower) - not_above).sum()
    return int(right), int(wrong), int(tied), len(grade) * (len(grade) - 1) / 2


def of_actions(both: pd.DataFrame) -> list[Measured]:
    """Judge actions; both has the columns replicate, action, truth, average and harmful."""
    losses = LOSSES.of(both["truth"], both["average"])
    action = both["action"].to_numpy(dtype=int)
    loss = losses[action, np.arange(len(both))]
    parts = pd.DataFrame(
        {
            "replicate": both["replicate"],
            "paused": action == PAUSE,
            "supported": action == SUPPORT,
            "harmless": (action == PAUSE) & ~both["harmful"],
            "loss": loss,
            "regret": loss - losses.min(axis=0),
            "avoidable": losses[LEAVE] - losses.min(axis=0),
        }
    )
    groups = parts.groupby("replicate")
    means, sums = groups.mean(), groups.sum()
    return [
        *(mean_of("action", measure, means[measure]) for measure in ("paused", "supported", "loss", "regret")),
        ratio_of("action", "avoided", sums["avoidable"] - sums["regret"], sums["avoidable"]),
        *false_discoveries("action", sums["harmless"], sums["paused"]),
    ]

"""Sets of ranks, grades and actions beside the truth: what `profiling` makes of a method's columns `RANKED`."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from iatrogenesis.inference.answers.decisions import ACTIONS, LOSSES
from iatrogenesis.simulation_study.over_services import Row, mean_row, ratio_row

LEAVE, SUPPORT, PAUSE = range(len(ACTIONS))


def of_sets(estimand: str, both: pd.DataFrame, low: str, high: str) -> list[Row]:
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
    return [mean_row(estimand, "coverage", covered), mean_row(estimand, "width", held["width"].mean())]


def of_grades(both: pd.DataFrame) -> list[Row]:
    """Judge grades; both has the columns replicate, grade and truth."""
    found = [_pairs(own["grade"].to_numpy(), own["truth"].to_numpy()) for _, own in both.groupby("replicate")]
    right, wrong, tied, pairs = np.array(found, dtype=float).T
    ordered = right + wrong + tied
    number = both.groupby("replicate")["grade"].nunique()
    return [
        mean_row("grade", "grades", number),
        ratio_row("grade", "misordered", wrong + tied, ordered),
        ratio_row("grade", "discordance", wrong + tied, pairs),
        ratio_row("grade", "ordered", ordered, pairs),
        ratio_row("grade", "tau", right - wrong, pairs),
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


def of_actions(both: pd.DataFrame) -> list[Row]:
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
    return list(_action_rows(groups.mean(), groups.sum()))


def _action_rows(means: pd.DataFrame, sums: pd.DataFrame) -> Iterator[Row]:
    for measure in ("paused", "supported", "loss", "regret"):
        yield mean_row("action", measure, means[measure])
    yield ratio_row("action", "avoided", sums["avoidable"] - sums["regret"], sums["avoidable"])
    yield ratio_row("action", "fdr", sums["harmless"], sums["paused"])

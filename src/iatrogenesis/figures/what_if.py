"""Is a model right about what would happen if burnout fell?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, ORANGE, PALE, figure, heading, key, styled

PLACE = 13
TABLES = {"what_if": "tables/what_if.csv", "what_if_ranges": "tables/what_if_ranges.csv"}
ALT = (
    "Two panels, for lower burnout and for a caseload limit: deteriorations per 1,000 clients averted in the simulated "
    "world as a band, its 90 % range over plausible worlds as a line, and what fitted models answer as points with "
    "intervals, for three ways in which clients come to therapists."
)
CAPTION = (
    "What would happen if every therapist's burnout fell by one SD, or caseloads were limited: deteriorations averted "
    "per 1,000 finished courses. Band: the truth in the simulated world, from the same clients with therapists "
    "changed, 95 % Monte Carlo interval; line above: 90 % range of the truth over plausible worlds, of which this one "
    "is the centre. Points: answers of the model fitted to ratings, and to the true states, "
    "with 95 % posterior intervals. Clients come by chance; or those with higher first scores to burned-out "
    "therapists, which the model adjusts for; or those who would do badly anyway, which nothing measured shows."
)
QUESTIONS = {"burnout_down": "Burnout one SD lower", "caseload_limit": "Caseload limit"}
ALLOCATIONS = {"chance": "by chance", "severity": "by first scores", "course": "by own course\n(unmeasured)"}
ANALYSES = {"ratings": ("o", BLUE, -0.14), "true states": ("s", ORANGE, 0.14)}


@styled()
def draw(what_if: pd.DataFrame, what_if_ranges: pd.DataFrame) -> Figure:
    """Draw from the table of what-ifs, and that of how the truth ranges."""
    ranged = what_if_ranges.set_index(["question", "allocation"])
    made, axes = figure(_title(what_if), 2.9, ncols=2, sharey=True)
    for axis, (question, title) in zip(axes, QUESTIONS.items(), strict=True):
        part = what_if[what_if["question"] == question].set_index(["allocation", "analysis"])
        for place, allocation in enumerate(ALLOCATIONS):
            _one(axis, place, part.loc[allocation], place == 0)
            ends = ranged.loc[(question, allocation), ["low_90", "high_90"]]
            label = "truth, plausible worlds" if place == 0 else None
            axis.hlines(place - 0.41, *ends, color=DARK, lw=0.9, label=label)
        heading(axis, title)
        axis.axvline(0, color=DARK, lw=0.6)
        axis.set_xlabel("averted per 1,000")
    axes[0].set_yticks(np.arange(len(ALLOCATIONS)), ALLOCATIONS.values())
    axes[0].set_ylim(len(ALLOCATIONS) - 0.5, -0.5)
    axes[0].set_ylabel("Clients come")
    key(made, columns=2)
    return made


def _title(what_if: pd.DataFrame) -> str:
    """How many answers' intervals cover the truth."""
    holds = what_if["truth"].between(what_if["low"], what_if["high"])
    return f"Models' 95 % intervals cover the truth in {holds.sum()} of {len(holds)} answers"


def _one(axis: Axes, place: int, rows: pd.DataFrame, labelled: bool) -> None:
    truth, error = -rows["truth"].iloc[0], 1.96 * rows["truth_mcse"].iloc[0]
    axis.barh(place, 2 * error, 0.7, left=truth - error, color=PALE, label="truth" if labelled else None)
    for analysis, (marker, color, offset) in ANALYSES.items():
        row, at = rows.loc[analysis], place + offset
        axis.hlines(at, -row["high"], -row["low"], color=color, lw=1.2)
        label = f"model, {analysis}" if labelled else None
        axis.plot(-row["value"], at, marker, color=color, ms=3.5, label=label)

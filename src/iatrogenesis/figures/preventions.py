"""What do preventions avert, and what do they cost?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, PALE, figure, key, styled

PLACE = 6
TABLES = {"preventions": "tables/preventions.csv"}
ALT = (
    "Dot chart, one row per prevention: deteriorations per 1,000 clients averted at the last session, as a sceptic,"
    " the base reading and an optimist take the evidence, and beside it the hours of work per 1,000 clients."
)
CAPTION = (
    "Deteriorations averted per 1,000 clients by each prevention in routine care, by "
    "counterfactual twins. Dot: base reading of the evidence, with its 95 % Monte Carlo interval. Pale bar: from "
    "the sceptical to the optimistic reading, which differ far more than chance does. At the right, hours of work "
    "for the prevention per 1,000 clients; longer waiting and other sessions are in the table."
)


@styled()
def draw(preventions: pd.DataFrame) -> Figure:
    """Draw from the preventions table, in its order."""
    order = list(dict.fromkeys(preventions["scenario"]))[::-1]
    by = preventions.set_index(["outcome", "reading", "scenario"]).sort_index()
    averted = {
        reading: -by.loc[("deteriorated", reading)].loc[order][["value", "low", "high"]]
        for reading in ("sceptical", "base", "optimistic")
    }
    hours = by.loc[("prevention_hours", "base")].loc[order, "value"]
    at = np.arange(len(order))
    made, axis = figure("What do preventions avert?", 0.36 * len(order) + 2.0)
    ends = np.sort([averted["sceptical"]["value"], averted["optimistic"]["value"]], axis=0)
    axis.hlines(at, *ends, color=PALE, lw=9, label="sceptical to optimistic reading")
    base = averted["base"]
    axis.hlines(at, base["low"], base["high"], color=BLUE, lw=2)
    axis.plot(base["value"], at, "o", color=BLUE, ms=6, label="base reading, 95 % interval")
    axis.axvline(0, color=DARK, lw=0.8)
    for row, value in zip(at, hours, strict=True):
        axis.annotate(
            f"{value:,.0f} h", (1.02, row), xycoords=("axes fraction", "data"), va="center", color=GREY, fontsize=9
        )
    axis.set_title("hours of work", loc="right", fontsize=9, color=GREY)
    axis.set_yticks(at, [name.removeprefix("with_").replace("_", " ") for name in order])
    axis.set_xlabel("Deteriorations averted per 1,000 clients")
    key(made, columns=1)
    return made

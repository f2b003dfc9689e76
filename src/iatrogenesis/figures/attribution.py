"""Which route of harm does how much, alone and among all others?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, figure, key, styled

PLACE = 5
TABLES = {"attribution": "tables/attribution.csv"}
ALT = (
    "Dot chart, one row per mechanism: deteriorations per 1,000 clients that it causes alone, on average over all "
    "orders of opening mechanisms, and when it is taken away from the world with all; at the last session and at "
    "follow-up."
)
CAPTION = (
    "Deteriorations per 1,000 clients caused by each mechanism, by counterfactual twins. Filled dot: its share of "
    "the full world, averaged over orders in which mechanisms are opened (Shapley value), with a 95 % Monte Carlo "
    "interval. Open circle: alone, in a world without the others. Cross: what the full world loses when it is taken"
    " away. Where the circle lies left of the cross, mechanisms make each other worse. Most strengths are assumed: "
    "the picture shows what follows from them, not what is measured."
)
PANELS = {"deteriorated": "at the last session", "deteriorated_at_follow_up": "at follow-up"}
MARKS = {
    "alone": {"marker": "o", "mfc": "white", "mec": ORANGE, "label": "alone"},
    "removed": {"marker": "x", "mec": GREY, "label": "taken away from all"},
    "shapley": {"marker": "o", "mfc": BLUE, "mec": BLUE, "label": "share of the whole (Shapley), 95 % interval"},
}


@styled()
def draw(attribution: pd.DataFrame) -> Figure:
    """Draw from the attribution table, the largest share on top."""
    by = attribution.set_index(["mechanism", "attribution", "outcome"]).sort_index()
    kinds = attribution.loc[attribution["attribution"] == "shapley", "mechanism"].unique()
    order = sorted(kinds, key=lambda kind: by.loc[(kind, "shapley", "deteriorated"), "value"])
    at = np.arange(len(order))
    made, axes = figure(
        "Which route of harm causes how many deteriorations?", 0.34 * len(order) + 1.7, ncols=2, sharey=True
    )
    for axis, (outcome, when) in zip(axes, PANELS.items(), strict=True):
        for what, mark in MARKS.items():
            rows = by.loc[[(kind, what, outcome) for kind in order]]
            if what == "shapley":
                axis.hlines(at, rows["low"], rows["high"], color=BLUE, lw=2.5)
            axis.plot(rows["value"], at, linestyle="none", ms=6, **mark)
        axis.axvline(0, color=DARK, lw=0.8)
        axis.set_title(when, loc="left", fontsize=9.5)
        axis.grid(axis="y", color="#e5e5e5", lw=0.6)
        axis.set_axisbelow(True)
    axes[0].set_yticks(at, [kind.replace("_", " ") for kind in order])
    axes[0].set_xlabel("Deteriorations caused per 1,000 clients", x=1.0)
    key(made, columns=1)
    return made

"""What would be averted if a route of harm were closed?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, figure, key, styled

PLACE = 5
TABLES = {"attribution": "tables/attribution.csv"}
ALT = (
    "Dot chart, one row per route of harm: deteriorations per 1,000 clients that closing it alone would avert in "
    "routine care, its share of the total, and what it causes where no other route is open; at the last session and "
    "at follow-up."
)
CAPTION = (
    "Deteriorations per 1,000 clients of routine care, by counterfactual twins. Filled dot: averted if this route "
    "alone were closed, with a 95 % Monte Carlo interval. Diamond: its share of the net harm of all routes, averaged "
    "over orders in which they are opened (Shapley value); these shares sum to the total. Cross: what it causes where"
    " no other route is open. Where the cross lies left of the dot, routes make each other worse. Most strengths are "
    "assumed: the picture shows what follows from them, not what is measured."
)
PANELS = {"deteriorated": "at the last session", "deteriorated_at_follow_up": "at follow-up"}
MARKS = {
    "alone": {"marker": "x", "mec": GREY, "label": "caused where no other route is open"},
    "shapley": {"marker": "D", "mfc": "white", "mec": ORANGE, "label": "share of the total (Shapley)"},
    "removed": {"marker": "o", "mfc": BLUE, "mec": BLUE, "label": "averted if closed, 95 % interval"},
}


@styled()
def draw(attribution: pd.DataFrame) -> Figure:
    """Draw from the attribution table, the largest on top."""
    by = attribution.set_index(["mechanism", "attribution", "outcome"]).sort_index()
    kinds = attribution.loc[attribution["attribution"] == "removed", "mechanism"].unique()
    order = sorted(kinds, key=lambda kind: by.loc[(kind, "removed", "deteriorated"), "value"])
    at = np.arange(len(order))
    made, axes = figure(
        "What would be averted if a route of harm\nwere closed?", 0.34 * len(order) + 1.9, ncols=2, sharey=True
    )
    for axis, (outcome, when) in zip(axes, PANELS.items(), strict=True):
        for what, mark in MARKS.items():
            rows = by.loc[[(kind, what, outcome) for kind in order]]
            if what == "removed":
                axis.hlines(at, rows["low"], rows["high"], color=BLUE, lw=2.5)
            axis.plot(rows["value"], at, linestyle="none", ms=6, **mark)
        axis.axvline(0, color=DARK, lw=0.8)
        axis.set_title(when, loc="left", fontsize=9.5)
        axis.grid(axis="y", color="#e5e5e5", lw=0.6)
        axis.set_axisbelow(True)
    axes[0].set_yticks(at, [kind.replace("_", " ") for kind in order])
    axes[0].set_xlabel("Deteriorations per 1,000 clients of routine care", x=1.0)
    key(made, columns=1)
    return made

"""What would be averted if a route of harm were closed?"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, ORANGE, figure, heading, key, rows, rows_again, styled
from iatrogenesis.figures.words import route

PLACE = 5
TABLES = {"attribution": "tables/attribution.csv"}
ALT = (
    "Two dot charts, at the last session and at follow-up, with one row per route of harm: deteriorations per 1,000 "
    "clients that closing it alone would avert in routine care, its share of the total, and what it causes where no "
    "other route is open."
)
CAPTION = (
    "Deteriorations per 1,000 clients of routine care in the central world, by counterfactual twins; in other "
    "plausible worlds the order of routes is another. Filled circle: averted if this route alone were closed, with a "
    "95 % Monte Carlo interval. Diamond: its share of the net harm of all routes, averaged over orders in which they "
    "are opened (Shapley value); these shares sum to the total. Cross: how many it causes, net, where no other route "
    "is open. Where the cross lies left of the circle, routes make each other worse. Most strengths are assumed: the "
    "picture shows what follows from them, not what is measured."
)
PANELS = {"deteriorated": "Last session", "deteriorated_at_follow_up": "Follow-up"}
MARKS: dict[str, dict[str, Any]] = {
    "alone": {"marker": "x", "mec": DARK, "ms": 4, "label": "caused where no other route is open"},
    "shapley": {"marker": "D", "mfc": "white", "mec": ORANGE, "ms": 3.5, "label": "share of the total (Shapley)"},
    "removed": {"marker": "o", "mfc": BLUE, "mec": BLUE, "ms": 4, "label": "averted if closed, 95 % interval"},
}


@styled()
def draw(attribution: pd.DataFrame) -> Figure:
    """Draw from the attribution table, the largest on top."""
    by = attribution.set_index(["mechanism", "attribution", "outcome"]).sort_index()
    kinds = attribution.loc[attribution["attribution"] == "removed", "mechanism"].unique()
    order = sorted(kinds, key=lambda kind: -by.loc[(kind, "removed", "deteriorated"), "value"])
    made, axes = figure(_title(by, order), 0.165 * len(order) + 1.75, ncols=2, sharey=True)
    for axis, (outcome, when) in zip(axes, PANELS.items(), strict=True):
        _panel(axis, by, order, outcome)
        heading(axis, when)
    rows(axes[0], [route(kind) for kind in order])
    rows_again(axes[1])
    axes[0].set_xlabel("Deteriorations per 1,000 clients", x=1.05)
    key(made, columns=1)
    return made


def _title(by: pd.DataFrame, order: list[str]) -> str:
    later = max(order, key=lambda kind: by.loc[(kind, "removed", "deteriorated_at_follow_up"), "value"])
    averts = f"In the central world, closing {route(order[0])} averts most at the end"
    return f"{averts} and at follow-up" if later == order[0] else f"{averts}, {route(later)} at follow-up"


def _panel(axis: Axes, by: pd.DataFrame, order: list[str], outcome: str) -> None:
    at = range(len(order))
    for what, mark in MARKS.items():
        part = by.loc[[(kind, what, outcome) for kind in order]]
        if what == "removed":
            axis.hlines(at, part["low"], part["high"], color=BLUE, lw=1.6)
        axis.plot(part["value"], at, linestyle="none", **mark)
    axis.axvline(0, color=DARK, lw=0.6)

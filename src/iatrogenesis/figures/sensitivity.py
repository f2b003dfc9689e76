"""Sensitivity of the conclusions to assumed numbers."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.core.montecarlo import reach
from iatrogenesis.figures.style import BLUE, DARK, ORANGE, PALE, figure, key, styled
from iatrogenesis.harm.sensitivity import interval_90

PLACE = 19
TABLES = {"sensitivity": "tables/sensitivity.csv"}
ALT = (
    "Bars, one panel a conclusion: how far it moves when an assumed number takes its low or its high value, the ten "
    "that move it most, and a wide bar for all numbers moved at once."
)
CAPTION = (
    "Deteriorations per 1,000 clients; the first panel is about routine care, the others about a world with every "
    "route of harm. The line is the conclusion with numbers as assumed; its band is the 95 % Monte Carlo interval. "
    "Each row moves one assumed number, alone, to the low (circle) and the high (square) end of its range; whiskers "
    "are 95 % Monte Carlo intervals of the move. Shown are those that move the conclusion most. Lowest row: all "
    "assumed numbers at once, each drawn evenly from its range; the bar is the 90 % interval of the draws (whiskers: "
    "95 % Monte Carlo intervals of its ends), the tick the median. Calibrated numbers stay, so some of these "
    "worlds look less like the published one."
)
SHOWN = 10
TITLES = {
    "routine": "Caused by burnout, competence and fit",
    "routes": "Caused by all routes of harm together",
    "averted": "Averted by all preventions together",
}
MARKS = {"low": ("o", BLUE), "high": ("s", ORANGE)}


def named(path: str) -> str:
    """A parameter's path in words: its own name, and what it belongs to."""
    *_, owner, name = path.split(".")
    return f"{owner}: {name}".replace("_", " ")


@styled()
def draw(sensitivity: pd.DataFrame) -> Figure:
    """Draw from the table of the sensitivity analysis."""
    parts = {name: part for name, part in sensitivity.groupby("conclusion", sort=False)}
    made, grid = figure(
        "How sensitive are the conclusions\nto assumed numbers?",
        3.3 * len(parts) + 1.2,
        nrows=len(parts),
        squeeze=False,
    )
    for axes, (name, part) in zip(grid[:, 0], parts.items(), strict=True):
        _panel(axes, part)
        axes.set_title(TITLES[name], loc="left", fontsize=9.5)
    grid[-1, 0].set_xlabel("Deteriorations per 1,000 clients")
    key(made, columns=2)
    return made


def _panel(axes, part: pd.DataFrame) -> None:
    usual = part[part["end"] == "as assumed"].iloc[0]
    half = (usual["high"] - usual["value"]) / usual["mcse"]  # of a 95 % interval, in standard errors
    single = part[part["end"].isin(MARKS)]
    most = single.assign(size=single["change"].abs()).groupby("parameter", sort=False)["size"].max()
    names = list(most.sort_values(ascending=False, kind="stable").index[:SHOWN])
    rows = np.arange(len(names))[::-1] + 1
    axes.axvspan(usual["low"], usual["high"], color=PALE, alpha=0.6, lw=0, label="as assumed, 95 % interval")
    axes.axvline(usual["value"], color=DARK, lw=1)
    for end, (marker, colour) in MARKS.items():
        at = single[single["end"] == end].set_index("parameter").loc[names]
        look = {"fmt": marker, "color": colour, "ms": 5, "lw": 1.2, "label": f"at its {end} value"}
        axes.hlines(rows, usual["value"], at["value"], color=colour, lw=1, alpha=0.7)
        axes.errorbar(at["value"], rows, xerr=half * at["change_mcse"], **look)
    drawn = part.loc[part["end"] == "all at once", "value"]
    (low, high), errors = interval_90(drawn)
    axes.barh([0], [high - low], left=[low], height=0.55, color="white", edgecolor=DARK, hatch="////", lw=0.8)
    axes.errorbar([low, high], [0, 0], xerr=reach(1.0, len(drawn)) * errors, fmt="none", color=DARK, lw=1.2)
    axes.plot([drawn.median()], [0], "|", color=DARK, ms=16, mew=2.4)
    axes.set_yticks([0, *rows], ["ALL AT ONCE (90 %)", *map(named, names)], fontsize=8)
    axes.set_ylim(-0.7, len(names) + 0.7)
    axes.grid(axis="y", color="#e5e5e5", lw=0.6)
    axes.set_axisbelow(True)

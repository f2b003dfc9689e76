"""Which unknown numbers drive each conclusion?"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, PALE, figure, key, styled
from iatrogenesis.figures.unknown_names import by_chance, named

PLACE = 20
TABLES = {"drivers": "tables/drivers.csv", "conclusions": "tables/conclusions.csv"}
ALT = (
    "One panel a conclusion, with the ten unknown numbers that explain most of its variance over plausible worlds: "
    "bars for the share explained, and beside them how much of the prior's spread the published patterns leave."
)
CAPTION = (
    "For each main conclusion the ten unknown numbers that explain most of its variance over the plausible worlds. "
    "Left: share of the variance that goes with the number alone (squared rank correlation, less what chance gives on"
    " average); filled where a higher value raises the conclusion, hatched where it lowers it. Dashed: what the best "
    "of all unknown numbers explains by chance, exceeded in one of twenty ensembles; bars that end before it say "
    "nothing. Right: spread of the number over the plausible worlds in per cent of its prior's, in scores; dotted: "
    "the prior. Far left of it, published patterns inform the number; an ensemble of this size loses some spread by "
    "chance alone."
)
SHOWN = 10


@styled()
def draw(drivers: pd.DataFrame, conclusions: pd.DataFrame) -> Figure:
    """Draw from the table of drivers; the conclusions have the titles."""
    parts = {name: part for name, part in drivers.groupby("conclusion", sort=False)}
    about = conclusions.set_index("conclusion")
    made, grid = figure(
        "Which unknown numbers drive each conclusion?", 2.35 * len(parts) + 1.1, nrows=len(parts), ncols=2,
        squeeze=False, sharey="row", sharex="col", width_ratios=(3, 2),
    )  # fmt: skip
    for (left, right), (name, part) in zip(grid, parts.items(), strict=True):
        chance = 100 * by_chance(len(part), int(about.loc[name, "members"]))
        _panel(left, right, part.nlargest(SHOWN, "explained").iloc[::-1], chance)
        title = textwrap.fill(about.loc[name, "label"], 46)
        left.set_title(title, loc="left", fontsize=9.5)
        for axes in (left, right):
            axes.tick_params(labelbottom=True)
    grid[-1, 0].set_xlabel("Variance\nexplained (%)")
    grid[-1, 1].set_xlabel("Spread left\n(% of prior)")
    handles = [*grid[0, 0].get_legend_handles_labels()[0], *grid[0, 1].get_legend_handles_labels()[0]]
    key(made, columns=2, handles=handles)
    return made


def _panel(left: Axes, right: Axes, part: pd.DataFrame, chance: float) -> None:
    at = np.arange(len(part))
    raises = part["correlation"].to_numpy() > 0
    looks = {"a higher value raises it": (raises, BLUE, ""), "a higher value lowers it": (~raises, PALE, "////")}
    for label, (which, colour, hatch) in looks.items():
        bars = 100 * part["explained"].to_numpy() * which
        left.barh(at, bars, height=0.62, color=colour, hatch=hatch, edgecolor=DARK, lw=0.5 * which, label=label)
    left.axvline(chance, color=DARK, ls="--", lw=1.1, label="the best by chance")
    kept = 100 * part["spread_left"]
    right.plot(kept, at, "D", color=DARK, ms=4.5, ls="", label="spread left")
    right.axvline(100, color=GREY, ls=":", lw=1.2, label="spread of the prior")
    left.set_yticks(at, [named(name) for name in part["unknown"]], fontsize=7.8)
    left.set_ylim(-0.6, len(part) - 0.4)
    right.set_xlim(0, max(118, 1.05 * kept.max()))
    for axes in (left, right):
        axes.grid(axis="y", color="#e5e5e5", lw=0.6)
        axes.set_axisbelow(True)

"""What becomes of the spread between therapists, and of the rate, where something is chosen otherwise?"""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, PALE, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.varied import choices

LETTERS = 40  # of a line of a label


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw a row for each other choice, in the groups of what was varied."""
    rows = choices(results)
    if rows.empty:
        return None
    labels = [fill(label, LETTERS) for label in rows["label"]]
    heights = np.array([max(label.count("\n") + 1, 1.3) for label in labels])
    gaps = np.r_[0.0, (rows["varied"].to_numpy()[1:] != rows["varied"].to_numpy()[:-1]) * 0.9]
    at = np.cumsum(heights) - heights / 2 + np.cumsum(gaps)
    made, (spread, rate) = figure(
        "What if something were chosen otherwise?", height=0.125 * at[-1] + 1.7, ncols=2, sharey=True,
        width_ratios=(3, 2),
    )  # fmt: skip
    _intervals(spread, at, rows)
    rate.plot(100 * rows["rate"], at, "o", color=BLUE, ms=4, ls="none")
    rate.set(xlabel="Rate (%)", xlim=(0, 110 * rows["rate"].max()) if rows["rate"].max() > 0 else (0, 1))
    spread.set(xlabel="Therapists’ SD\n(log odds)", xlim=(0, None))
    spread.set_yticks(at, labels)
    spread.set_ylim(at[-1] + 1.2, -0.6)
    for axes in (spread, rate):
        axes.tick_params(axis="y", length=0)
        for place in at[gaps > 0] - heights[gaps > 0] / 2 - 0.45:
            axes.axhline(place, color=GREY, lw=0.4)
    key(made, columns=3)
    return made


def _intervals(axes: Axes, at: np.ndarray, rows: pd.DataFrame) -> None:
    axes.hlines(at, rows["low"], rows["high"], color=PALE, lw=3.5, label="its 95 % interval")
    axes.plot(rows["value"], at, "o", color=BLUE, ms=4, ls="none", label="SD between therapists")
    used = rows[rows["used"]]
    if len(used):
        axes.axvline(used["value"].iloc[0], color=DARK, ls="--", lw=0.9, label="in the analysis")

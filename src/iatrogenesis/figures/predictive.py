"""Would the models expect data like these, before and after seeing them?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, figure, key, styled

PLACE = 12
TABLES = {"predictive": "tables/predictive.csv"}
ALT = (
    "Interval chart, one row per model and statistic of the data: the wide range that the model expected before seeing "
    "the data, the narrow range that it expects after, and the observed value as a line at zero; values outside the "
    "narrow range are marked by a cross."
)
CAPTION = (
    "Predictive checks of the models of routine care. Each row is a statistic of the data, with its observed value at "
    "the right. Pale bar: 95 % interval of data replicated from the prior (cut off at the frame), blue: from the "
    "posterior, with its median. The scale of each row is such that the posterior interval has width two and the "
    "observed value lies at zero. A cross marks a statistic outside the posterior interval: there the model does not "
    "see something about the data. Case mix and interaction, which differ little, are in the table."
)
LEFT_OUT = ("casemix", "interaction")
REACH = 4.0


@styled()
def draw(predictive: pd.DataFrame) -> Figure:
    """Draw from the table of predictive checks."""
    rows = predictive[~predictive["model"].isin(LEFT_OUT)]
    before, after = (rows[rows["check"] == check].set_index(["model", "statistic"]) for check in ("prior", "posterior"))
    made, axis = figure("Would the models expect such data?", 0.225 * len(after) + 1.6, width=6.4)
    _bars(axis, before.loc[after.index], after)
    axis.axvline(0, color=DARK, lw=0.8)
    axis.set_xlim(-REACH, REACH)
    axis.set_ylim(len(after) - 0.4, -0.6)
    labels = [f"{model}: {statistic}" for model, statistic in after.index]
    axis.set_yticks(np.arange(len(after)), labels, fontsize=7.5)
    axis.set_xticks([-2.5, 0, 2.5], ["replicated is lower", "observed", "replicated is higher"], fontsize=8)
    for place, value in enumerate(after["observed"]):
        axis.annotate(
            f"{value:.3g}", (1.02, place), xycoords=("axes fraction", "data"), va="center", color=GREY, fontsize=7.5
        )
    key(made, columns=2)
    return made


def _bars(axis: Axes, before: pd.DataFrame, after: pd.DataFrame) -> None:
    at, half = np.arange(len(after)), ((after["high"] - after["low"]) / 2).replace(0.0, np.nan)
    wide = [((before[end] - after["observed"]) / half).clip(-REACH, REACH) for end in ("low", "high")]
    near = [(after[end] - after["observed"]) / half for end in ("low", "high")]
    middle = (after["expected"] - after["observed"]) / half
    axis.hlines(at, *wide, color=PALE, lw=6, label="before the data (prior), 95 %")
    axis.hlines(at, *near, color=BLUE, lw=2, label="after the data (posterior), 95 %")
    inside = after["inside"].to_numpy(dtype=bool)
    axis.plot(middle[inside], at[inside], "o", color=BLUE, ms=4, label="median, observed inside")
    axis.plot(middle[~inside], at[~inside], "X", color=ORANGE, ms=6, label="median, observed outside")

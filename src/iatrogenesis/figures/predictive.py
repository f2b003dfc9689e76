"""Would the models expect data like these, before and after seeing them?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from iatrogenesis.figures import words
from iatrogenesis.figures.style import (
    BLUE,
    DARK,
    DOUBLE,
    FAINT,
    ORANGE,
    PALE,
    SMALL,
    WORDS,
    figure,
    key,
    signed,
    styled,
)

PLACE = 12
TABLES = {"predictive": "tables/predictive.csv"}
ALT = (
    "Small panels, one per model, with one row per statistic of the data: the wide range that the model expected "
    "before seeing the data, the narrow range that it expects after, and the observed value as a line at zero; values "
    "outside the narrow range are marked by a cross."
)
CAPTION = (
    "Predictive checks of the models of routine care. Each row is a statistic of the data, with its observed value at "
    "the right. Pale bar: 95 % interval of data replicated from the prior (cut off at "
    "the frame), blue: from the posterior, with its median. The scale of each row is such that the posterior interval "
    "has width two and the observed value lies at zero: left of it replicated data are lower, right of it higher. A "
    "cross marks a statistic outside the posterior interval: there the model does not see something about the data. "
    "Case mix and interaction, which differ little, are in the table."
)
LEFT_OUT = ("casemix", "interaction")
REACH = 4.0
COLUMNS = 2


@styled()
def draw(predictive: pd.DataFrame) -> Figure:
    """Draw from the table of predictive checks."""
    chosen = predictive[~predictive["model"].isin(LEFT_OUT)]
    before, after = (
        chosen[chosen["check"] == check].set_index(["model", "statistic"]) for check in ("prior", "posterior")
    )
    models = list(dict.fromkeys(after.index.get_level_values("model")))
    lines = -(-len(models) // COLUMNS)
    longest = [
        max(len(after.loc[[model]]) for model in models[first : first + COLUMNS])
        for first in range(0, len(models), COLUMNS)
    ]
    height = sum(0.16 * count + 0.5 for count in longest) + 0.85
    made, axes = figure(
        _title(after), height, DOUBLE, nrows=lines, ncols=COLUMNS, squeeze=False, sharex=True,
        height_ratios=[count + 1 for count in longest],
    )  # fmt: skip
    for axis, model in zip(axes.ravel(), models, strict=False):
        _panel(axis, before.loc[[model]], after.loc[[model]])
        axis.set_title(f"Model: {words.model(model)}", fontsize=WORDS, loc="left")
    for axis in axes.ravel()[len(models) :]:
        axis.remove()
    key(made, columns=4, handles=_handles(axes[0, 0]))
    return made


def _title(after: pd.DataFrame) -> str:
    inside = after["inside"].astype(bool)
    return f"Models, once fitted, expect {inside.sum()} of {len(inside)} statistics of the data"


def _handles(axis: Axes) -> list:
    return [
        *axis.get_legend_handles_labels()[0][:2],
        Line2D([], [], ls="", marker="o", color=BLUE, ms=3.2, label="median, observed inside"),
        Line2D([], [], ls="", marker="X", color=ORANGE, ms=4.5, label="outside"),
    ]


def _panel(axis: Axes, before: pd.DataFrame, after: pd.DataFrame) -> None:
    _bars(axis, before.loc[after.index], after)
    axis.axvline(0, color=DARK, lw=0.7)
    axis.set_xlim(-REACH, REACH)
    axis.set_ylim(len(after) - 0.4, -0.6)
    axis.set_yticks(np.arange(len(after)), after.index.get_level_values("statistic"))
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", color=FAINT, lw=0.6)
    axis.set_xticks([-2.5, 0, 2.5], ["lower", "observed", "higher"])
    axis.tick_params(axis="x", labelbottom=True)
    for place, value in enumerate(after["observed"]):
        axis.annotate(
            signed(f"{value:.3g}"), (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=SMALL
        )


def _bars(axis: Axes, before: pd.DataFrame, after: pd.DataFrame) -> None:
    at, half = np.arange(len(after)), ((after["high"] - after["low"]) / 2).replace(0.0, np.nan)
    wide = [((before[end] - after["observed"]) / half).clip(-REACH, REACH) for end in ("low", "high")]
    near = [(after[end] - after["observed"]) / half for end in ("low", "high")]
    middle = (after["expected"] - after["observed"]) / half
    axis.hlines(at, *wide, color=PALE, lw=4.5, label="before the data (prior), 95 %")
    axis.hlines(at, *near, color=BLUE, lw=1.4, label="after the data (posterior), 95 %")
    inside = after["inside"].to_numpy(dtype=bool)
    axis.plot(middle[inside], at[inside], "o", color=BLUE, ms=3.2)
    axis.plot(middle[~inside], at[~inside], "X", color=ORANGE, ms=4.5)

"""Has deterioration become more frequent? One chart per service or therapist, each against its own threshold."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREY, ORANGE, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.charts import charts_shown
from iatrogenesis.own_data.reporting.names import shortened
from iatrogenesis.own_data.reporting.results import Results

COLUMNS = 3


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the charts that come nearest to their threshold or cross it."""
    paths = numeric(results.table("cusum_paths"), "number", "value", "threshold")
    chosen = charts_shown(results)
    if paths.empty or chosen.empty:
        return None
    lines = -(-len(chosen) // COLUMNS)
    made, grid = figure(
        "Has deterioration become more frequent?", height=1.45 * lines + 1.0, nrows=lines, ncols=COLUMNS,
        sharey=True, squeeze=False,
    )  # fmt: skip
    spaces = list(grid.flat)
    for axes, row in zip(spaces, chosen.itertuples(), strict=False):
        path = paths[(paths["level"] == row.level) & (paths["unit"].astype(str) == str(row.unit))]
        _chart(axes, path)
        label = shortened(results.names.unit(row.level, row.unit), 24)
        axes.set_title(label if row.level == "therapist" else f"{row.level}: {label}", fontsize=8, loc="left")
    for axes in spaces[len(chosen) :]:
        axes.set_axis_off()
    drawn = paths[paths["unit"].astype(str).isin(chosen["unit"].astype(str))]
    spaces[0].set_ylim(0, 1.08 * drawn[["value", "threshold"]].max(axis=None))
    for axes in grid[:, 0]:
        axes.set_ylabel("Evidence", fontsize=8)
    for axes in spaces[max(len(chosen) - COLUMNS, 0) : len(chosen)]:
        axes.set_xlabel("Courses, in order", fontsize=8)
    key(made, columns=3)
    return made


def _chart(axes: Axes, path: pd.DataFrame) -> None:
    axes.plot(path["number"], path["value"], color=BLUE, lw=1.1, drawstyle="steps-post", label="sum of evidence")
    axes.plot(path["number"], path["threshold"], color=GREY, lw=1, ls="--", label="threshold")
    above = path[path["value"] > path["threshold"]]
    axes.plot(above["number"].head(1), above["value"].head(1), "^", color=ORANGE, ms=6, label="alarm")
    axes.tick_params(labelsize=7.5)
    axes.set_xlim(0, None)

"""Do the engines find parameters that were drawn from the prior?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import DARK, DOUBLE, GREY, ORANGE, PALE, SMALL, WORDS, figure, styled
from iatrogenesis.figures.words import model as model_named

PLACE = 21
TABLES = {"curves": "sbc/curves.parquet"}
NEEDS = "simulation-based calibration"
ALT = (
    "Small panels, one per model and engine: for every parameter the distribution of the true value's rank among the "
    "posterior draws, less the uniform distribution, as a line that wanders around zero, inside a band that right "
    "engines keep to."
)
CAPTION = (
    "Simulation-based calibration. Parameters are drawn from the prior, data from the parameters, and the model is "
    "fitted; the rank of the true value among the draws must be uniform. Lines: distribution function of the ranks "
    "less the uniform one, one line per parameter, and one for the log-likelihood. Band: 95 % for all points of one "
    "line at once, so one line in twenty may touch it by chance. A line that leaves it and is rejected in the "
    "table, where the number of lines is allowed for, is drawn in colour."
)


@styled()
def draw(curves: pd.DataFrame) -> Figure:
    """Draw from the distribution functions: model, engine, quantity, share, difference, low, high, calibrated."""
    panels = list(curves.groupby(["model", "engine"], sort=False))
    columns = 5 if len(panels) > 8 else 4
    rows = -(-len(panels) // columns)
    made, axes = figure(
        _title(panels), 1.25 * rows + 0.75, DOUBLE, nrows=rows, ncols=columns,
        sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    engines = curves["engine"].nunique()
    for axis, ((model, engine), part) in zip(axes.ravel(), panels, strict=False):
        of_engine = f", {engine}" if engines > 1 else ""
        first = part[part["quantity"] == part["quantity"].iloc[0]]
        axis.fill_between(first["share"], first["low"], first["high"], color=PALE, lw=0)
        axis.axhline(0, color=DARK, lw=0.6)
        for _, line in part.groupby("quantity", sort=False):
            fine = bool(line["calibrated"].iloc[0])
            axis.plot(line["share"], line["difference"], color=GREY if fine else ORANGE, lw=0.5 if fine else 1.4)
        axis.set_title(
            f"{model_named(model)}{of_engine} ({int(first['simulations'].iloc[0])})", fontsize=SMALL, loc="left"
        )
        axis.set_xticks([0, 0.5, 1])
    for axis in axes.ravel()[len(panels) :]:
        axis.set_visible(False)
    reach = float(np.nanmax(np.abs(curves[["low", "high", "difference"]].to_numpy()))) * 1.05
    axes[0, 0].set_ylim(-reach, reach)
    made.supxlabel("Rank of the true value, as a share (in brackets: simulations)", fontsize=WORDS)
    made.supylabel("Distribution less uniform", fontsize=WORDS)
    return made


def _title(panels: list) -> str:
    """How many of the lines are not rejected."""
    fine = [bool(line["calibrated"].iloc[0]) for _, part in panels for _, line in part.groupby("quantity")]
    return f"{sum(fine)} of {len(fine)} quantities are recovered as they should be"

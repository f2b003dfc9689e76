"""Do the engines find parameters that were drawn from the prior?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import DARK, GREY, ORANGE, PALE, figure, styled

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
    columns = 3
    rows = -(-len(panels) // columns)
    made, axes = figure(
        "Are true values found where they should be?", 1.55 * rows + 1.0, width=6.4, nrows=rows, ncols=columns,
        sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    for axis, ((model, engine), part) in zip(axes.ravel(), panels, strict=False):
        first = part[part["quantity"] == part["quantity"].iloc[0]]
        axis.fill_between(first["share"], first["low"], first["high"], color=PALE, lw=0)
        axis.axhline(0, color=DARK, lw=0.6)
        for _, line in part.groupby("quantity", sort=False):
            fine = bool(line["calibrated"].iloc[0])
            axis.plot(line["share"], line["difference"], color=GREY if fine else ORANGE, lw=0.7 if fine else 1.6)
        axis.set_title(f"{model}, {engine} ({int(first['simulations'].iloc[0])})", fontsize=8.5, loc="left")
        axis.set_xticks([0, 0.5, 1])
    for axis in axes.ravel()[len(panels) :]:
        axis.set_visible(False)
    reach = float(np.nanmax(np.abs(curves[["low", "high", "difference"]].to_numpy()))) * 1.05
    axes[0, 0].set_ylim(-reach, reach)
    made.supxlabel("Rank of the true value, as a share (in brackets: simulations)", fontsize=9)
    made.supylabel("Distribution less uniform", fontsize=9)
    return made

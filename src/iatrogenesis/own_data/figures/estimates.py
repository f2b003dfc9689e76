"""What was assumed, and what did the data make of it? Prior beside posterior, all in log odds."""

from textwrap import fill

import numpy as np
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.beside import beside
from iatrogenesis.own_data.reporting.results import Results

LETTERS = 38  # of a line of a label


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw a row for each quantity that is in log odds: spreads of every model, effects of the richest one."""
    rows = beside(results)
    if rows.empty:
        return None
    labels = [fill(label, LETTERS) for label in rows["label"]]
    heights = np.array([max(label.count("\n") + 1, 1.4) for label in labels])
    at = np.cumsum(heights) - heights / 2
    made, axes = figure("What was assumed, and what the data made of it", height=0.14 * at[-1] + 1.7)
    axes.axvline(0, color=DARK, lw=0.7)
    axes.hlines(at, rows["prior_low"], rows["prior_high"], color=GREY, lw=1.1, label="prior, 95 % interval")
    axes.hlines(at, rows["low"], rows["high"], color=BLUE, lw=4, alpha=0.45, label="posterior, 95 % interval")
    axes.plot(rows["estimate"], at, "o", color=BLUE, ms=4, ls="none", label="estimate")
    axes.set(xlabel="Log odds", ylim=(at[-1] + 1.2, -0.6))
    axes.set_yticks(at, labels)
    axes.tick_params(axis="y", length=0)
    key(made, columns=3)
    return made

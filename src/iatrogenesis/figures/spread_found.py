"""Which analysis finds how much therapists differ?"""

import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.methods import PER_CENT, handles, judged, offsets, ordered, rows
from iatrogenesis.figures.style import GREY, figure, key, styled

PLACE = 15
TABLES = {"performance": "tables/method_results.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Two panels with one row per cell of the simulation study and one marker per method: bias of the standard "
    "deviation between therapists, and coverage of 95 % intervals."
)
CAPTION = (
    "The standard deviation between therapists (log odds, among clients with like starting points) by maximum "
    "likelihood and by Bayesian models, in every cell, over replicates. Left: mean error, dotted: none. Right: "
    "coverage of 95 % intervals, dotted: 95 %. Lines: 95 % Monte Carlo intervals. Where data are few, the prior "
    "shrinks the estimate; the bias shows here."
)
ESTIMAND = "therapist_sd"
PANELS = {"bias": ("Bias (log odds)", 0.0, 1.0), "coverage": ("Coverage (%)", 95.0, PER_CENT)}


@styled()
def draw(performance: pd.DataFrame) -> Figure:
    """Draw from the performance table."""
    table = performance[performance["estimand"] == ESTIMAND]
    cells, methods = list(dict.fromkeys(table["cell"])), ordered(table["method"])
    made, axes = figure(
        "Which analysis finds how much therapists differ?", 0.36 * len(cells) + 1.9, width=6.4, ncols=2, sharey=True
    )
    place, shift = {cell: at for at, cell in enumerate(cells)}, offsets(methods)
    for axis, (measure, (title, target, unit)) in zip(axes, PANELS.items(), strict=True):
        rows(axis, cells)
        for row in table[table["measure"] == measure].itertuples():
            judged(axis, row, place[row.cell] + shift[row.method], unit)
        axis.axvline(target, color=GREY, ls=":", lw=1.2)
        axis.set_xlabel(title)
    key(made, columns=3, handles=handles(methods))
    return made

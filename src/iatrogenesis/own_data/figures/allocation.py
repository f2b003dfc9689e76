"""Are clients dealt out to therapists as by chance? Share of each covariate's variance that lies between therapists."""

from textwrap import fill

import numpy as np
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, ORANGE, PALE, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results

LETTERS = 34  # of a line of a label
SMALL = 0.05


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the table `allocation`: a row for each covariate, beside what chance would give."""
    if not results.has("allocation", "covariate", "icc"):
        return None
    rows = numeric(results.table("allocation"), "icc", "chance_low", "chance_high", "p").dropna(subset=["icc"])
    if rows.empty:
        return None
    made, axes = figure("Do therapists see clients alike?", height=0.3 * len(rows) + 1.7)
    at = np.arange(len(rows))
    axes.hlines(at, 100 * rows["chance_low"], 100 * rows["chance_high"], color=PALE, lw=6, label="by chance, 95 %")
    beyond = (rows["p"] <= SMALL).to_numpy()
    looks = ((~beyond, "o", BLUE, "as by chance"), (beyond, "^", ORANGE, "more than by chance"))
    for part, marker, colour, label in looks:
        axes.plot(100 * rows["icc"][part], at[part], marker, color=colour, ms=6, ls="none", label=label)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(f"Share of variance between {results.units} (%)", loc="right")
    axes.set_xlim(0, max(1.0, 108 * rows[["icc", "chance_high"]].max(axis=None)))
    axes.set_yticks(at, [fill(str(one), LETTERS) for one in rows["covariate"]])
    axes.tick_params(axis="y", length=0)
    key(made, columns=3)
    return made

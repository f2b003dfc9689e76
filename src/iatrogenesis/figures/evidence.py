"""Does the simulated world look like the published one?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREY, ORANGE, PALE, figure

ALT = "Each published pattern's interval with the simulated value; filled circles lie inside, crosses outside."
CAPTION = (
    "Each row is a published pattern. The bar is its published interval (ten per cent either side where none is "
    "given), scaled to the same length; the mark is the simulated value with two Monte Carlo standard errors. Circle: "
    "reproduced. Square: unclear, within Monte Carlo error of the edge. Cross: not reproduced."
)
WIDEST = 3.0
MARKS = {"reproduced": ("o", BLUE), "unclear": ("s", GREY), "not reproduced": ("X", ORANGE)}


def draw(evidence: pd.DataFrame) -> Figure:
    """Draw from the evidence table."""
    rows = evidence.iloc[::-1].reset_index(drop=True)
    half = (rows["published_high"] - rows["published_low"]) / 2
    middle = (rows["published_high"] + rows["published_low"]) / 2
    place, error = (rows["simulated"] - middle) / half, 2 * rows["mcse"] / half
    at = np.arange(len(rows))
    made, axes = figure(width=8.4, height=0.27 * len(rows) + 1.2)
    place = place.clip(-WIDEST, WIDEST)  # far outside is shown at the edge; the number says how far
    axes.barh(at, 2, left=-1, color=PALE, height=0.6)
    for verdict, (marker, colour) in MARKS.items():
        some = rows["verdict"] == verdict
        axes.errorbar(place[some], at[some], xerr=error[some], fmt=marker, color=colour, ms=6, label=verdict)
    for row in rows.itertuples():
        label = f"{row.simulated:.3g} ({row.published:.3g})"
        axes.annotate(label, (1.02, row.Index), xycoords=("axes fraction", "data"), fontsize=8, va="center")
    axes.set_yticks(at, rows["quantity"].str.slice(0, 62), fontsize=8)
    axes.set_xticks([-1, 1], ["published\nlow", "published\nhigh"])
    axes.set_xlim(-WIDEST, WIDEST)
    axes.set_title("Simulated (published) values at the right", fontsize=10)
    axes.legend(loc="upper center", ncols=3, fontsize=8, bbox_to_anchor=(0.3, -0.05))
    return made

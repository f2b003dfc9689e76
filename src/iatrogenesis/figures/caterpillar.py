"""What does the model make of each therapist's raw rate?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, figure

ALT = "Therapists ordered by modelled deterioration rate: raw rates are drawn towards the average, intervals overlap."
CAPTION = (
    "Each row is a therapist of routine care, ordered by the null model's rate (dot, with its 95 % interval). The open "
    "circle is the raw rate; the line between them is how far the model draws it towards the average, more so with few "
    "clients. Diamonds: the true long-run rate, which only a simulation knows. Dashed and dotted lines: the average "
    "and twice the average."
)


def draw(therapists: pd.DataFrame) -> Figure:
    """Draw from the rows of one data set and model of the therapists table."""
    rows = therapists.sort_values("rate", ignore_index=True)
    at = np.arange(len(rows))
    made, axes = figure(height=max(4.0, 0.095 * len(rows) + 1.4))
    axes.hlines(at, 100 * rows["rate_low"], 100 * rows["rate_high"], color=PALE, lw=3)
    axes.hlines(at, 100 * rows["raw_rate"], 100 * rows["rate"], color=GREY, lw=0.8)
    axes.plot(100 * rows["raw_rate"], at, "o", mfc="white", mec=GREY, ms=4, label="raw rate")
    axes.plot(100 * rows["rate"], at, "o", color=BLUE, ms=4, label="model, with 95 % interval")
    if "true_rate" in rows and rows["true_rate"].notna().any():
        axes.plot(100 * rows["true_rate"], at, "D", color=ORANGE, ms=3, label="truth")
    average = 100 * rows["rate"].mean()
    axes.axvline(average, color=DARK, ls="--", lw=1)
    axes.axvline(2 * average, color=DARK, ls=":", lw=1)
    axes.set(xlabel="Deteriorated (% of finished courses)", ylabel="Therapists", yticks=[], ylim=(-1, len(rows)))
    axes.set_title("How much do therapists differ, once chance is allowed for?")
    axes.legend(loc="lower right")
    return made

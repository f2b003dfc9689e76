"""Which therapists lie outside what chance alone would do?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import binom

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, figure

ALT = (
    "Funnel plot: raw deterioration rate of each therapist against the number of finished courses, with chance limits."
)
CAPTION = (
    "Raw deterioration rate of each therapist against finished courses. Between the dashed lines lie 95 %, between the "
    "dotted ones 99.8 % of therapists if all had the same rate (exact binomial limits). Triangles lie above a limit; "
    "with many therapists some do by chance."
)


def draw(therapists: pd.DataFrame) -> Figure:
    """Draw from the rows of one data set and model of the therapists table."""
    overall = therapists["deteriorated"].sum() / therapists["clients"].sum()
    size = np.arange(max(2, therapists["clients"].min() // 2), therapists["clients"].max() + 5)
    made, axes = figure()
    for level, line in ((0.95, "--"), (0.998, ":")):
        for tail in ((1 - level) / 2, (1 + level) / 2):
            axes.plot(size, 100 * binom.ppf(tail, size, overall) / size, line, color=GREY, lw=1)
        axes.annotate(f"{100 * level:g} %", (size[-1], 100 * binom.ppf((1 + level) / 2, size[-1], overall) / size[-1]))
    axes.axhline(100 * overall, color=DARK, lw=1)
    above = therapists["deteriorated"] > binom.ppf(0.975, therapists["clients"], overall)
    for part, marker, colour in ((therapists[~above], "o", BLUE), (therapists[above], "^", ORANGE)):
        axes.plot(part["clients"], 100 * part["raw_rate"], marker, color=colour, ms=5, alpha=0.85)
    for row in therapists[above].itertuples():
        axes.annotate(row.therapist_id, (row.clients, 100 * row.raw_rate), xytext=(4, 3), textcoords="offset points")
    axes.set(xlabel="Finished courses", ylabel="Deteriorated (%)", ylim=(0, None))
    axes.set_title("Which therapists lie outside what chance alone would do?")
    return made

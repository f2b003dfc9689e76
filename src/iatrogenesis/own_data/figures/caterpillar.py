"""Each therapist's raw rate, standardised rate and interval, by name where there are enough courses."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.caterpillar import rates
from iatrogenesis.figures.style import DARK, figure, key, styled
from iatrogenesis.own_data.figures.frame import Rows, plain_text, rows_shown
from iatrogenesis.own_data.reporting.cells import left_out, numeric
from iatrogenesis.own_data.reporting.results import Results


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw all therapists, or of many those with the lowest and the highest rates."""
    columns = ("raw_rate", "rate", "rate_low", "rate_high", "clients")
    every = numeric(results.people, *columns).dropna(subset=["rate"])
    if every.empty:
        return None
    shown = rows_shown(every, "rate")
    made, axes = figure("Raw rates, and what is left of them", height=0.17 * len(shown.at) + 1.9)
    rates(axes, shown.chosen, shown.at)
    if not left_out(results.people, "deteriorated").any():  # else the average would be that of the high ones
        average = 100 * every["rate"].mean()
        axes.axvline(average, color=DARK, ls="--", lw=1)
        at = (average, 1)
        axes.annotate("average", at, xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=8.5)
    axes.set(xlabel="Deteriorated (% of finished courses)", ylim=(-1, shown.at[-1] + 1), xlim=(0, None))
    label_rows(axes, shown, results)
    key(made)
    return made


def label_rows(axes: Axes, shown: Rows, results: Results) -> None:
    """Name the rows at the left, with the number of courses at the right, and say what the gap leaves out."""
    axes.set_yticks(shown.at, [results.names.short(one) or "–" for one in shown.chosen["therapist_id"]])
    axes.tick_params(axis="y", labelsize=7.5, length=0)
    for at, clients in zip(shown.at, shown.chosen["clients"], strict=True):
        text = "" if pd.isna(clients) else f"{clients:.0f}"
        axes.annotate(
            text, (1.01, at), xycoords=("axes fraction", "data"), va="center", fontsize=7.5, annotation_clip=False
        )
    axes.annotate("courses", (1.01, 1), xycoords="axes fraction", va="bottom", fontsize=8.5)
    if shown.left_out:
        middle = float(np.mean(shown.at))
        text = f"{shown.left_out} {results.units} in between are not drawn"
        axes.annotate(text, (0.5, middle), xycoords=("axes fraction", "data"), ha="center", va="center", fontsize=8.5)

"""What does the model make of each therapist's raw rate?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.core.definitions import RATIO_IN_WORDS, harmful_rate
from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, SMALL, figure, key, styled

PLACE = 8
TABLES = {"therapists": "tables/therapists.csv"}
ROWS = {"therapists": {"dataset": "{routine_care}", "model": "intercept_only"}}
ALT = (
    "Therapists in the order of their modelled deterioration rate. Raw rates are drawn towards the average, most of "
    "all where there are few clients, and the intervals of neighbours overlap widely."
)
CAPTION = (
    "Each row is a therapist of routine care, ordered by the rate the intercept-only model gives (filled dot; bar: its "
    "95 % interval). The open circle is the raw rate, and the thin line shows how far the model shrinks it towards "
    "the average: the more, the fewer the clients. Diamonds: the true long-run rate, which only a simulation knows. "
    "Vertical lines: the average therapist and {ratio} that. Where bars overlap, the order says little."
)


@styled()
def draw(therapists: pd.DataFrame) -> Figure:
    """Draw from the rows of one data set and model of the therapists table."""
    rows = therapists.sort_values("rate", ignore_index=True)
    made, axes = figure(_title(rows), height=min(max(2.8, 0.055 * len(rows) + 1.4), 7.5))
    rates(axes, rows)
    axes.set(xlabel="Deteriorated (% of finished courses)", yticks=[], ylim=(-1, len(rows)), xlim=(-0.5, None))
    axes.set_ylabel(f"{len(rows)} therapists by rate")
    average = rows["rate"].mean()
    for place, name, line in ((average, "average", "--"), (harmful_rate(average), RATIO_IN_WORDS, ":")):
        axes.axvline(100 * place, color=DARK, ls=line, lw=1)
        axes.annotate(
            name, (100 * place, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=SMALL
        )
    key(made)
    return made


def _title(rows: pd.DataFrame) -> str:
    raw, rate = (f"{100 * rows[name].min():.0f} to {100 * rows[name].max():.0f} %" for name in ("raw_rate", "rate"))
    return f"Raw rates range from {raw}, modelled ones from {rate}"


def rates(axes: Axes, rows: pd.DataFrame, at: np.ndarray | None = None) -> None:
    """Raw rate, model's rate with interval, and truth where there is one; one row each, at given heights."""
    at = np.arange(len(rows)) if at is None else at
    axes.hlines(at, 100 * rows["rate_low"], 100 * rows["rate_high"], color=PALE, lw=2.2, label="its 95 % interval")
    axes.hlines(at, 100 * rows["raw_rate"], 100 * rows["rate"], color=GREY, lw=0.6)
    axes.plot(100 * rows["raw_rate"], at, "o", mfc="white", mec=GREY, ms=2.8, mew=0.7, ls="none", label="raw rate")
    axes.plot(100 * rows["rate"], at, "o", color=BLUE, ms=2.8, ls="none", label="rate by the model")
    if "true_rate" in rows and rows["true_rate"].notna().any():
        axes.plot(100 * rows["true_rate"], at, "D", color=ORANGE, ms=2.4, ls="none", label="truth")

"""What is known about each therapist's rate: all intervals side by side, without names."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, ORANGE, PALE, figure, key, styled
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.flagged import standing_out
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.units import last_period, unlike_others

SINGLE = 80  # so many intervals can be told apart across the width of a page


@styled()
def draw(results: Results) -> Figure | None:
    """Draw the standardised rates in their order; those that stand out have another marker."""
    counts = results.about.kind == "counts"
    people = last_period(results) if counts else results.people
    out = unlike_others(results) if counts else people["therapist_id"].astype(str).isin(standing_out(results))
    rows = numeric(people, "rate", "rate_low", "rate_high").assign(out=out).dropna(subset=["rate"])
    if rows.empty:
        return None
    rows = rows.sort_values("rate", ignore_index=True, kind="stable")
    marked = rows["out"].to_numpy(dtype=bool)
    made, axes = figure(f"What is known about each {results.unit}’s rate", height=3.1)
    _intervals(axes, rows)
    at = np.arange(len(rows))
    size = 4.5 if len(rows) <= SINGLE else 2.0
    axes.plot(
        at[~marked],
        100 * rows["rate"][~marked],
        "o",
        color=BLUE,
        ms=size,
        label="rate by the model",
    )
    if marked.any():
        axes.plot(at[marked], 100 * rows["rate"][marked], "^", color=ORANGE, ms=size + 3, label="stands out")
    average = 100 * rows["rate"].mean()
    axes.axhline(average, color=DARK, ls="--", lw=1, label=f"average {results.unit}")
    axes.set(xticks=[], ylabel="Deteriorated (%)", ylim=(0, None), xlim=(-1, len(rows)))
    axes.set_xlabel(f"{len(rows)} {results.units}, lowest rate at the left")
    key(made)
    return made


def _intervals(axes: Axes, rows: pd.DataFrame) -> None:
    at = np.arange(len(rows))
    low, high = 100 * rows["rate_low"], 100 * rows["rate_high"]
    if len(rows) <= SINGLE:
        axes.vlines(at, low, high, color=PALE, lw=4, label="its 95 % interval")
    else:
        axes.fill_between(at, low, high, color=PALE, lw=0, step="mid", label="its 95 % interval")

"""Does the rate change from period to period? Estimated and raw rates of all therapists together."""

import numpy as np
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, GREY, PALE, figure, key, styled
from iatrogenesis.own_data.figures.frame import plain_text
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.names import shortened
from iatrogenesis.own_data.reporting.results import Results

MOST_LABELS = 12  # of periods across the width


@styled()
@plain_text
def draw(results: Results) -> Figure | None:
    """Draw the rows of the table `periods` that are rates of periods."""
    if not results.has("periods", "quantity", "period"):
        return None
    table = results.table("periods")
    rows = numeric(table[table["quantity"] == "rate"], "estimate", "low", "high", "raw_rate").dropna(
        subset=["estimate"]
    )
    if rows.empty:
        return None
    made, axes = figure("Does the rate change from period to period?", height=3.0)
    at = np.arange(len(rows))
    axes.vlines(at, 100 * rows["low"], 100 * rows["high"], color=PALE, lw=4, label="its 95 % interval")
    axes.plot(at, 100 * rows["raw_rate"], "o", mfc="white", mec=GREY, ms=5, label="raw rate")
    axes.plot(at, 100 * rows["estimate"], "o-", color=BLUE, ms=4.5, lw=0.8, label="rate by the model")
    step = -(-len(rows) // MOST_LABELS)
    labels = [shortened(str(one), 10) if place % step == 0 else "" for place, one in enumerate(rows["period"])]
    axes.set_xticks(at, labels)
    axes.set(ylabel="Deteriorated (%)", ylim=(0, None), xlim=(-0.5, len(rows) - 0.5))
    key(made, columns=3)
    return made

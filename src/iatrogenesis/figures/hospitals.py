"""A worked example on published counts: twelve hospitals, raw and modelled."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, SMALL, figure, key, styled

PLACE = 10
TABLES = {"therapists": "tables/therapists.csv"}
ROWS = {"therapists": {"dataset": "hospitals", "model": "intercept_only"}}
ALT = (
    "Twelve hospitals, A to L: the raw death rate with its exact interval above the modelled rate with its shorter "
    "interval. Hospital A, without a death, is drawn up towards the average; hospital H stays the highest."
)
CAPTION = (
    "Deaths within 30 days of infant heart surgery. For each hospital, above: the raw rate with its exact 95 % "
    "interval (open circle, thin line); below: the intercept-only model's rate with its 95 % interval (filled dot, "
    "thick line). At the right, deaths of operations. The dashed line is the mean of the modelled rates. A hospital "
    "with few operations borrows most from the others."
)


@styled()
def draw(therapists: pd.DataFrame) -> Figure:
    """Draw from the hospitals' rows of the therapists table."""
    rows = therapists.sort_values("therapist_id", ascending=False, ignore_index=True)
    made, axes = figure(_title(rows), height=0.2 * len(rows) + 1.2)
    at = np.arange(len(rows))
    axes.hlines(at + 0.17, 100 * rows["raw_low"], 100 * rows["raw_high"], color=GREY, lw=1)
    axes.plot(100 * rows["raw_rate"], at + 0.17, "o", mfc="white", mec=GREY, ms=3.5, label="raw rate, exact interval")
    axes.hlines(at - 0.17, 100 * rows["rate_low"], 100 * rows["rate_high"], color=BLUE, lw=1.8)
    axes.plot(100 * rows["rate"], at - 0.17, "o", color=BLUE, ms=3.5, label="model, with interval")
    for row in rows.itertuples():
        text = f"{row.deteriorated} of {row.clients}"
        axes.annotate(text, (1.01, row.Index), xycoords=("axes fraction", "data"), va="center", fontsize=SMALL)
    axes.axvline(100 * rows["rate"].mean(), color=DARK, ls="--", lw=1)
    axes.set(xlabel="Died (% of operations)", ylabel="Hospital", xlim=(-0.4, None))
    axes.set_yticks(at, rows["therapist_id"])
    key(made)
    return made


def _title(rows: pd.DataFrame) -> str:
    raw, rate = (f"{100 * rows[name].min():.0f} to {100 * rows[name].max():.0f} %" for name in ("raw_rate", "rate"))
    return f"{len(rows)} hospitals: raw death rates of {raw} become {rate} by the model"

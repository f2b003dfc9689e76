"""How much worse would clients who left have to be to change the conclusion?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.labels import at_ends
from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, SMALL, figure, styled

PLACE = 7.5
TABLES = {"missing": "tables/missing_last_scores.csv"}
ALT = (
    "Two panels over how far unseen scores are moved: the deterioration rate of all who started, as two rising curves "
    "with bands beside the reported rate, and the correlation of therapists' order with that from seen clients alone."
)
CAPTION = (
    "What if clients whose score at the end nobody has seen did worse than their own course said? Their scores are "
    "imputed and then moved by delta reliable changes (0: missing at random). Unseen are those who came once (dashed), "
    "or all who dropped out, too (solid). Above: deterioration rate of all who started, bands: 95 % intervals by "
    "Rubin's rules; grey: rate of finished courses by the last score attended, as a service reports it, with its 95 % "
    "interval. Below: rank correlation of therapists' posterior mean rates with those from seen clients alone. Dotted: "
    "how far the last scores of clients who completed lie from what their own course led to expect."
)
LOOK = {"left early": ("dropped out,\nor came once", BLUE, "-"), "no second score": ("came once", ORANGE, "--")}
PER_CENT = 100.0


@styled()
def draw(missing: pd.DataFrame) -> Figure:
    """Draw from the table of unseen scores."""
    made, axes = figure(_title(missing), 3.9, nrows=2, sharex=True)
    ends: tuple[list, list] = ([], [])
    for reading, part in missing.groupby("missing", sort=False):
        label, color, style = LOOK[str(reading)]
        part = part.sort_values("delta")
        band = (PER_CENT * part[end] for end in ("rate_low", "rate_high"))
        axes[0].fill_between(part["delta"], *band, color=color, alpha=0.15, lw=0)
        axes[0].plot(part["delta"], PER_CENT * part["rate"], style, color=color, lw=1.4)
        ends[0].append((part["delta"].iloc[-1], PER_CENT * part["rate"].iloc[-1], label, color))
        ends[1].append((part["delta"].iloc[-1], part["rank_correlation"].iloc[-1], label, color))
        axes[1].plot(part["delta"], part["rank_correlation"], style, color=color, lw=1.4)
    _reported(axes[0], missing.iloc[0])
    axes[0].set_ylabel("Deteriorated, of all\nwho started (%)")
    axes[0].set_ylim(bottom=0)
    axes[1].set_ylabel("Rank correlation\nof therapists")
    axes[1].set_ylim(top=1.02)
    for axis in axes:
        axis.axvline(0, color=DARK, lw=0.6)
        axis.axvline(missing["completed_delta"].iloc[0], color=GREY, ls=":", lw=1.2)
    axes[1].set_xlabel("Moved by delta (reliable changes)")
    for axis, named in zip(axes, ends, strict=True):
        at_ends(axis, named)
    return made


def _title(missing: pd.DataFrame) -> str:
    """How far the rate rises if those who left did worse by one reliable change than their own course says."""
    left = missing[missing["missing"] == missing["missing"].iloc[-1]].set_index("delta")["rate"].sort_index()
    at = float(left.index[left.index <= 1.0].max())
    random = float(left.iloc[int(np.abs(left.index).argmin())])
    return (
        f"If clients who left did worse by {at:g} reliable change, {PER_CENT * left[at]:.0f} % would have "
        f"deteriorated, not {PER_CENT * random:.0f} %"
    )


def _reported(axis: Axes, row: pd.Series) -> None:
    low, high, middle = (PER_CENT * row[name] for name in ("reported_low", "reported_high", "reported"))
    axis.axhspan(low, high, color=PALE, alpha=0.6, lw=0, zorder=0)
    axis.axhline(middle, color=GREY, lw=1)
    axis.annotate(
        "finished courses, as reported", (0.98, low), xytext=(0, -2), xycoords=("axes fraction", "data"),
        textcoords="offset points", ha="right", va="top", fontsize=SMALL,
    )  # fmt: skip

"""Does the simulated world look like the published one?"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, figure, key, styled

PLACE = 2
TABLES = {"evidence": "tables/evidence.csv"}
ALT = (
    "Each published pattern's interval with the simulated value on it: circles lie inside, squares within Monte Carlo "
    "error of the edge, crosses outside. The values stand at the right."
)
CAPTION = (
    "Each row is a published pattern. The pale bar is its published interval (ten per cent either side where the "
    "source gives none; open to one side where only a direction is published), scaled so that all bars are equally "
    "long; the mark is the simulated value with two Monte Carlo standard errors. Circle: reproduced. Square: "
    "unclear, within Monte Carlo error of the bar. Cross: not reproduced. At the right the simulated value, and in "
    "brackets the published one, in the units of the table below. Arrows: marks beyond the frame, in their "
    "verdict's colour."
)
EDGE = 3.0  # half lengths of the bar
MARKS = {"reproduced": ("o", BLUE), "unclear": ("s", GREY), "not reproduced": ("X", ORANGE)}
GROUPS = {
    "D": "Deterioration and change",
    "M": "Scores, sessions, dropout",
    "T": "Between therapists and services",
    "F": "Feedback, lasting effects",
    "N": "Feedback, lasting effects",
}
OTHER = "Alliance, burnout, competence"


@styled()
def draw(evidence: pd.DataFrame) -> Figure:
    """Draw from the evidence table."""
    rows, headings = _laid_out(evidence)
    made, axes = figure("Does the simulated world look like\nthe published one?", height=0.28 * rows["at"].max() + 1.9)
    low, high = _bars(rows)
    half, middle = (high - low) / 2, (high + low) / 2
    place, error = (rows["simulated"] - middle) / half, 2 * rows["mcse"] / half
    left, right = (
        np.where(np.isinf(rows["published_low"]), -EDGE, -1),
        np.where(np.isinf(rows["published_high"]), EDGE, 1),
    )
    axes.barh(rows["at"], right - left, left=left, color=PALE, height=0.42)
    axes.hlines(rows["at"], (place - error).clip(-EDGE, EDGE), (place + error).clip(-EDGE, EDGE), color=DARK, lw=1.2)
    for verdict, (marker, colour) in MARKS.items():
        some = rows["verdict"] == verdict
        inside = some & (place.abs() <= EDGE)
        axes.plot(place[inside], rows["at"][inside], marker, color=colour, ms=6, label=verdict)
        for side, arrow, far in ((-EDGE, "<", some & (place < -EDGE)), (EDGE, ">", some & (place > EDGE))):
            if far.any():  # an empty line that is not clipped would count as lying at the figure's corner
                axes.plot(np.full(far.sum(), side), rows["at"][far], arrow, color=colour, ms=7, clip_on=False)
    _words(axes, rows, headings)
    axes.set_xticks([-1, 1], ["low", "high"])
    axes.set_xlabel("Published interval, all scaled to one length")
    axes.set(xlim=(-EDGE, EDGE), ylim=(rows["at"].max() + 0.8, -0.8))
    key(made, columns=3)
    return made


def _direction(row) -> str:
    return f"< {row.published_high:.3g}" if np.isinf(row.published_low) else f"> {row.published_low:.3g}"


def _bars(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Ends of the bars; where only the direction is published, the bar is open and one unit is twice the distance."""
    low, high = rows["published_low"], rows["published_high"]
    span = 2 * np.maximum((rows["simulated"] - np.where(np.isinf(low), high, low)).abs(), rows["mcse"])
    return low.where(~np.isinf(low), high - span), high.where(~np.isinf(high), low + span)


def _laid_out(evidence: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float]]:
    """The rows by group, with their height from the top, and the heights of the groups' headings."""
    group = evidence["id"].str[0].map(GROUPS).fillna(OTHER)
    parts, headings, at = [], {}, 0.0
    for name in (*dict.fromkeys(GROUPS.values()), OTHER):
        part = evidence[group == name]
        if part.empty:
            continue
        headings[name] = at
        parts.append(part.assign(at=at + 1 + np.arange(len(part))))
        at += len(part) + 1.7
    return pd.concat(parts, ignore_index=True), headings


def _words(axes, rows: pd.DataFrame, headings: dict[str, float]) -> None:
    names = rows["quantity"].str.replace("Odds ratio of", "OR of").str.replace("that lies between", "between")
    axes.set_yticks(rows["at"], ["\n".join(textwrap.wrap(name, 38)) for name in names], fontsize=7.8)
    axes.tick_params(axis="y", length=0)
    for row in rows.itertuples():
        published = f"{row.published:.3g}" if pd.notna(row.published) else _direction(row)
        text = f"{row.simulated:.3g} ({published})"
        axes.annotate(text, (1.05, row.at), xycoords=("axes fraction", "data"), fontsize=7.8, va="center")
    for name, at in headings.items():
        axes.annotate(name, (-0.02, at), xycoords=("axes fraction", "data"), ha="right", va="center", fontweight="bold")

"""Does the simulated world look like the published one?"""

import textwrap
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, figure, key, styled

PLACE = 2
TABLES = {"evidence": "tables/evidence.csv"}
ALT = (
    "Each published value with bars of one and two tolerances, and the simulated value on them: its shape says "
    "whether the pattern was put in, fitted to or predicted, its filling whether it is reproduced. The values stand "
    "at the right."
)
CAPTION = (
    "Each row is a published pattern: the tick is the published value, the pale bar two tolerances either side "
    "(darker: one), open to one side where only a direction is published. The tolerance joins the source's sampling "
    "error and what the simulated quantity differs from the published one by construction. The mark is the simulated "
    "value with two Monte Carlo standard errors. Square: the world was given this pattern (input); circle: fitted to "
    "it; diamond: predicted. Filled: reproduced, within two tolerances; grey: unclear, within Monte Carlo error of "
    "them; open: not reproduced. Arrows: beyond the frame. At the right the simulated value, and in brackets the "
    "published one, in the units of the table below."
)
EDGE = 5.0  # tolerances
SHAPES = {"input": ("s", "input"), "fitted": ("o", "fitted to"), "predicted": ("D", "predicted")}
LOOKS: dict[str, dict[str, Any]] = {
    "reproduced": {"mfc": BLUE, "mec": BLUE},
    "unclear": {"mfc": "#b5b5b5", "mec": DARK},
    "not reproduced": {"mfc": "white", "mec": ORANGE, "mew": 1.8},
}
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
    unit, middle = (high - low) / 4, (high + low) / 2
    place, error = (rows["simulated"] - middle) / unit, 2 * rows["mcse"] / unit
    left, right = (
        np.where(np.isinf(rows["published_low"]), -EDGE, -2),
        np.where(np.isinf(rows["published_high"]), EDGE, 2),
    )
    axes.barh(rows["at"], right - left, left=left, color=PALE, height=0.46)
    valued = rows.loc[rows["published"].notna(), "at"]
    axes.barh(valued, np.full(len(valued), 2), left=-1, color="#9db8cc", height=0.46)
    axes.plot(np.zeros(len(valued)), valued, "|", color=DARK, ms=7, mew=1)
    axes.hlines(rows["at"], (place - error).clip(-EDGE, EDGE), (place + error).clip(-EDGE, EDGE), color=DARK, lw=1.2)
    for verdict, label in product(LOOKS, SHAPES):
        some, look = (rows["verdict"] == verdict) & (rows["label"] == label), LOOKS[verdict]
        inside = some & (place.abs() <= EDGE)
        axes.plot(place[inside], rows["at"][inside], ls="", marker=SHAPES[label][0], ms=6, **look)
        for side, arrow, far in ((-EDGE, "<", some & (place < -EDGE)), (EDGE, ">", some & (place > EDGE))):
            if far.any():  # an empty line that is not clipped would count as lying at the figure's corner
                axes.plot(np.full(far.sum(), side), rows["at"][far], ls="", marker=arrow, ms=7, clip_on=False, **look)
    _words(axes, rows, headings)
    axes.set_xticks([-4, -2, 0, 2, 4], ["−4", "−2", "0", "2", "4"])
    axes.set_xlabel("Distance from the published value (tolerances)")
    axes.set(xlim=(-EDGE, EDGE), ylim=(rows["at"].max() + 0.8, -0.8))
    shapes = [Line2D([], [], ls="", marker=marker, mfc=GREY, mec=GREY, label=name) for marker, name in SHAPES.values()]
    looks = [Line2D([], [], ls="", marker="o", label=verdict, **look) for verdict, look in LOOKS.items()]
    key(made, columns=3, handles=[one for pair in zip(shapes, looks, strict=True) for one in pair])
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
        text = f"{row.simulated:.3g} ({published})".replace("-", "−")
        axes.annotate(text, (1.05, row.at), xycoords=("axes fraction", "data"), fontsize=7.8, va="center")
    for name, at in headings.items():
        axes.annotate(name, (-0.02, at), xycoords=("axes fraction", "data"), ha="right", va="center", fontweight="bold")

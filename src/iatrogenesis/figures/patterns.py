"""Rows of published patterns beside what is simulated, for the figure of all and for that of a dozen."""

import textwrap
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, PALE, SMALL, signed

EDGE = 5.0  # tolerances
LINE, AIR, HEAD = 0.114, 0.03, 0.18
"""Inches: a line of a row's name, the room between rows, and a group's heading."""
SHAPES = {"input": ("s", "input"), "fitted": ("o", "fitted to"), "predicted": ("D", "predicted")}
LOOKS: dict[str, dict[str, Any]] = {
    "reproduced": {"mfc": BLUE, "mec": BLUE},
    "unclear": {"mfc": "#b5b5b5", "mec": DARK},
    "not reproduced": {"mfc": "white", "mec": ORANGE, "mew": 1.4},
}
GROUPS = {
    "D": "Deterioration and change",
    "M": "Scores, sessions, dropout",
    "T": "Between therapists and services",
    "F": "Feedback, lasting effects",
    "N": "Feedback, lasting effects",
}
OTHER = "Alliance, burnout, competence"
BAR = 0.11
"""Inches: height of a published value's bar."""


def grouped(evidence: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of the evidence table by group, in the order in which groups are shown."""
    group = evidence["id"].str[0].map(GROUPS).fillna(OTHER)
    names = (*dict.fromkeys(GROUPS.values()), OTHER)
    return {name: evidence[group == name] for name in names if (group == name).any()}


def lines_of(rows: pd.DataFrame, wide: int) -> list[list[str]]:
    """Each row's name in lines of at most so many letters."""
    names = rows["quantity"].str.replace("Odds ratio of", "OR of").str.replace("that lies between", "between")
    return [textwrap.wrap(name, wide) for name in names]


def height_of(rows: pd.DataFrame, wide: int) -> float:
    """Inches that rows take."""
    return sum(LINE * len(lines) + AIR for lines in lines_of(rows, wide))


def draw_groups(axes: Axes, groups: dict[str, pd.DataFrame], wide: int, headed: bool = True) -> float:
    """Draw groups of rows below each other, and return their height in inches, which is the axis's unit."""
    places, names, headings, at = [], [], {}, 0.0
    for title, part in groups.items():
        if headed:
            headings[title] = at + HEAD / 2
            at += HEAD
        for lines in lines_of(part, wide):
            tall = LINE * len(lines) + AIR
            places.append(at + tall / 2)
            names.append("\n".join(lines))
            at += tall
        at += AIR if headed else 0
    rows = pd.concat(groups.values(), ignore_index=True).assign(at=places)
    _marks(axes, rows)
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    for row in rows.itertuples():
        published = f"{row.published:.3g}" if pd.notna(row.published) else _direction(row)
        text = signed(f"{row.simulated:.3g} ({published})")
        axes.annotate(text, (1.04, row.at), xycoords=("axes fraction", "data"), fontsize=SMALL, va="center")
    for title, place in headings.items():
        style: dict[str, Any] = {"ha": "right", "va": "center", "fontweight": "bold", "fontsize": SMALL}
        axes.annotate(title, (-0.03, place), xycoords=("axes fraction", "data"), **style)
    axes.set_xticks([-2, 0, 2], ["−2", "0", "2"])
    axes.set_xlim(-EDGE, EDGE)
    return at


def handles() -> list[Line2D]:
    """Entries of the legend: three shapes, and three fillings."""
    shapes = [
        Line2D([], [], ls="", marker=marker, mfc=GREY, mec=GREY, ms=4.5, label=name) for marker, name in SHAPES.values()
    ]
    looks = [Line2D([], [], ls="", marker="o", ms=4.5, label=verdict, **look) for verdict, look in LOOKS.items()]
    return [*shapes, *looks]


def _marks(axes: Axes, rows: pd.DataFrame) -> None:
    low, high = _bars(rows)
    unit, middle = (high - low) / 4, (high + low) / 2
    place, error = (rows["simulated"] - middle) / unit, 2 * rows["mcse"] / unit
    left = np.where(np.isinf(rows["published_low"]), -EDGE, -2)
    right = np.where(np.isinf(rows["published_high"]), EDGE, 2)
    axes.barh(rows["at"], right - left, left=left, color=PALE, height=BAR)
    valued = rows.loc[rows["published"].notna(), "at"]
    axes.barh(valued, np.full(len(valued), 2), left=-1, color="#9db8cc", height=BAR)
    axes.plot(np.zeros(len(valued)), valued, "|", color=DARK, ms=6, mew=0.9)
    axes.hlines(rows["at"], (place - error).clip(-EDGE, EDGE), (place + error).clip(-EDGE, EDGE), color=DARK, lw=1)
    for verdict, label in product(LOOKS, SHAPES):
        some, look = (rows["verdict"] == verdict) & (rows["label"] == label), LOOKS[verdict]
        inside = some & (place.abs() <= EDGE)
        axes.plot(place[inside], rows["at"][inside], ls="", marker=SHAPES[label][0], ms=4.2, **look)
        for side, arrow, far in ((-EDGE, "<", some & (place < -EDGE)), (EDGE, ">", some & (place > EDGE))):
            if far.any():  # an empty line that is not clipped would count as lying at the figure's corner
                axes.plot(np.full(far.sum(), side), rows["at"][far], ls="", marker=arrow, ms=5, clip_on=False, **look)


def _direction(row) -> str:
    return f"< {row.published_high:.3g}" if np.isinf(row.published_low) else f"> {row.published_low:.3g}"


def _bars(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Ends of the bars; where only the direction is published, the bar is open and one unit is twice the distance."""
    low, high = rows["published_low"], rows["published_high"]
    span = 2 * np.maximum((rows["simulated"] - np.where(np.isinf(low), high, low)).abs(), rows["mcse"])
    return low.where(~np.isinf(low), high - span), high.where(~np.isinf(high), low + span)

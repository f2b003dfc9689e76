"""What causes what in the simulated world, and which strengths has anybody measured?"""

import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from iatrogenesis.figures.style import DARK, MM, figure, styled
from iatrogenesis.world.causal_nodes import GROUPS, LEFT, RIGHT

PLACE = 0
TABLES = {"arrows": "tables/causal_arrows.csv"}
ALT = (
    "Causal diagram. Columns are states: at the left those of therapist, dyad and client, at the right those that the "
    "course of treatment changes. Each row is a process, with arrows from the states that it depends on and to those "
    "that it changes: the course of treatment, the routes of harm, and the preventions. Few arrows are solid."
)
CAPTION = (
    "Causal diagram of the simulated world. Grey bars are states, boxes are processes: an arrow leads from each state "
    "that a process depends on (dot) into its box, and from the box to each state that it changes (arrowhead). Solid, "
    "filled: every number that makes up the strength is published or follows from published ones. Dashed, open: at "
    "least one is assumed, or fitted to published patterns. Dotted, with squares: goes together, but is no cause. "
    "Letters in a route of harm name the preventions that make it rarer or weaker; routine care has none. A box "
    "without an arrow into it acts by chance or from the start. States, arrows and their status are read from the code "
    "and the parameters. How many clients meet a route of harm is a number of its own, assumed in most routes. Odds "
    "ratios of the case mix are published, the points per session that they come to are fitted. How uncertain the "
    "strengths are is part of the ranges of the conclusions over plausible worlds."
)
WIDTH, ROW, HEAD, FOOT = 183.0, 3.45, 27.4, 13.0
BOX = (41.0, 87.0)
BARS = {name: 4.0 + 5.4 * place for place, name in enumerate(LEFT)}
BARS |= {name: 96.0 + 7.5 * place for place, name in enumerate(RIGHT)}
ENDS = {"scores": "at the last\nsession", "follow_up": "at\nfollow-up"}
FILLS = dict(zip(GROUPS, ("white", "#e9e9e9", "white"), strict=True))
LOOKS: dict[bool | None, dict[str, Any]] = {
    True: {"color": DARK, "lw": 1.3, "ls": "-"},
    False: {"color": "#4d4d4d", "lw": 0.9, "ls": (0, (3, 1.5))},
    None: {"color": "#4d4d4d", "lw": 0.9, "ls": (0, (0.8, 1.4))},
}
"""Measured, not measured, no cause."""
SIZE = 7.0


@styled()
def draw(arrows: pd.DataFrame) -> Figure:
    """Draw from the table of arrows, row by row in its order."""
    rows = _rows(arrows)
    bottom = max(rows.values()) + ROW
    height = HEAD + bottom + FOOT
    made, axes = figure("What causes what in the simulated world", height * MM, WIDTH * MM)
    made.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(bottom + FOOT, -HEAD))
    axes.axis("off")
    for name, label in (LEFT | RIGHT).items():
        axes.plot([BARS[name]] * 2, [-1.5, bottom], color="#dedede", lw=3.2, solid_capstyle="butt", zorder=0)
        words = "\n".join(textwrap.wrap(label, 14))
        axes.text(BARS[name], -2.5, words, rotation=90, ha="center", va="bottom", fontsize=SIZE, linespacing=0.95)
    _outcomes(axes, bottom)
    letters = _letters(arrows)
    for group, some in arrows.groupby("group", sort=False):
        axes.text(BOX[0], rows[some["process"].iloc[0]] - ROW, group, fontsize=8, fontweight="bold", va="center")
        for process, mine in some.groupby("process", sort=False):
            against = arrows[(arrows["direction"] == "against") & (arrows["node"] == process)]["process"]
            label = f"{letters[process]}  {mine['label'].iloc[0]}" if process in letters else mine["label"].iloc[0]
            _box(axes, rows[process], label, "".join(sorted(letters[one] for one in against)), FILLS[group])
            _arrows(axes, rows[process], mine)
    _key(axes, bottom, arrows)
    return made


def _rows(arrows: pd.DataFrame) -> dict[str, float]:
    """Height of each process in mm from the top, one line left free before each group for its heading."""
    place, found = 0.0, {}
    for _, some in arrows.groupby("group", sort=False):
        place += 1.35 * ROW if found else 1.0 * ROW
        for process in dict.fromkeys(some["process"]):
            found[process] = place
            place += ROW
    return found


def _letters(arrows: pd.DataFrame) -> dict[str, str]:
    preventions = dict.fromkeys(arrows.loc[arrows["group"] == arrows["group"].iloc[-1], "process"])
    return {process: chr(ord("A") + place) for place, process in enumerate(preventions)}


def _box(axes: Axes, at: float, label: str, against: str, fill: str) -> None:
    left, right = BOX
    axes.add_patch(
        FancyBboxPatch(
            (left, at - 1.45), right - left, 2.9, boxstyle="round,pad=0,rounding_size=0.9", fc=fill, ec=DARK, lw=0.6
        )
    )
    axes.text(left + 1.2, at, label, fontsize=SIZE, va="center_baseline")
    if against:
        axes.text(right - 1.0, at, f"\N{LEFT TACK} {against}", fontsize=SIZE, va="center_baseline", ha="right")


def _arrows(axes: Axes, at: float, mine: pd.DataFrame) -> None:
    """Arrows of one process: on each side one line for those of the same direction and look."""
    mine = mine[mine["direction"] != "against"]
    measured = (mine["strength"] == "measured").astype(object).where(mine["direction"] != "with", None)
    side = mine["node"].isin(list(RIGHT))
    for right, here in mine.groupby(side):
        lines = list(here.groupby([here["direction"], measured[here.index].map(str)]))
        for place, ((direction, look), some) in enumerate(lines):
            height = at + 1.25 * (place - (len(lines) - 1) / 2)
            look = {"True": True, "False": False}.get(look)
            _line(axes, height, [BARS[node] for node in some["node"]], direction, look, right=bool(right))


def _line(axes: Axes, at: float, bars: Iterable[float], direction: str, look: bool | None, *, right: bool) -> None:
    edge = BOX[1] if right else BOX[0]
    bars = np.asarray(list(bars))
    far = bars.max() if right else bars.min()
    axes.plot([edge, far], [at, at], solid_capstyle="butt", zorder=2, **LOOKS[look])
    if look is None:
        axes.plot(bars, np.full(len(bars), at), "s", ms=2.4, mfc="white", mec=DARK, mew=0.7, zorder=3)
        return
    face: dict[str, Any] = {"mfc": DARK if look else "white", "mec": DARK, "mew": 0.7, "ls": "", "zorder": 3}
    outward = ">" if right else "<"
    inward = "<" if right else ">"
    if direction == "out":
        axes.plot(bars + (-0.5 if right else 0.5), np.full(len(bars), at), marker=outward, ms=3.6, **face)
    else:
        axes.plot(bars, np.full(len(bars), at), marker="o", ms=2.6, **(face | {"mfc": DARK}))
        axes.plot([edge + (0.7 if right else -0.7)], [at], marker=inward, ms=3.6, **face)


def _outcomes(axes: Axes, bottom: float) -> None:
    """What the report counts, below the states that it is counted from."""
    middle = (BARS["scores"] + BARS["follow_up"]) / 2
    for name, words in ENDS.items():
        axes.text(BARS[name], bottom + 1, words, fontsize=SIZE, ha="center", va="top", linespacing=0.95)
    axes.text(middle, bottom + 8.5, "Reliable deterioration", fontsize=SIZE, fontweight="bold", ha="center", va="top")


def _key(axes: Axes, bottom: float, arrows: pd.DataFrame) -> None:
    causal = arrows[arrows["direction"].isin(["in", "out"])]
    measured, number = (causal["strength"] == "measured").sum(), len(causal)
    looks = {
        True: f"measured ({measured} of {number} arrows)",
        False: "assumed or fitted",
        None: "goes together, no cause",
    }
    handles = [
        Line2D(
            [],
            [],
            marker="" if look is None else ">",
            ms=3.6,
            mfc=DARK if look else "white",
            mec=DARK,
            label=label,
            **LOOKS[look],
        )
        for look, label in looks.items()
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(2, bottom + FOOT - 1),
        bbox_transform=axes.transData,
        fontsize=SIZE,
        ncols=3,
        handlelength=3.2,
        borderaxespad=0,
        title="Strength of an arrow",
        title_fontsize=SIZE,
        alignment="left",
    )

"""What becomes of clients in a service year?"""

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from iatrogenesis.figures.style import DARK, MM, figure, styled

PLACE = 0
TABLES = {"flow": "tables/client_flow.csv"}
ALT = (
    "Flow diagram: from clients allotted to a therapist, less those who attend one session only, to finished courses; "
    "then how these ended, how clients were at the last session, who recovered, and how they were at follow-up. Each "
    "box has clients per 1,000 allotted, their number, and a percentage beside the published one where there is one."
)
CAPTION = (
    "Flow of simulated clients in routine care, per box: clients per 1,000 allotted; in brackets their number in all "
    "simulated service years; and the percentage of the box before, or of finished courses, beside the published one "
    "where there is one (sources in the table of the simulated population). Dashed: counted of all clients, and part "
    "of other boxes. Reliable change is judged at the last session, and again at follow-up, against the first; "
    "recovery is of clients at caseness at the first session. All simulated clients are followed up. Nobody changes "
    "therapist in routine care; the prevention that refers clients onward is simulated apart. Percentages have a "
    "decimal where the Monte Carlo standard error is below half of one per cent."
)
WIDTH, HEIGHT, TOP = 183.0, 108.0, 9.0
BOX, RAIL = (45.0, 12.0), 3.5
"""Width and height of a box, and where the line that joins rows stands, mm."""
COLUMNS = (38.0, 87.0, 136.0)
PLACES = {
    "allotted": (1, 0),
    "dropped_out": (0, 8.5),
    "referred": (0, 22.0),
    "one_session": (2, 15.0),
    "finished": (1, 30.0),
    "completed": (0, 49.0),
    "dropped_out_later": (1, 49.0),
    "deteriorated": (0, 64.0),
    "unchanged": (1, 64.0),
    "improved": (2, 64.0),
    "cases": (0, 79.0),
    "recovered": (1, 79.0),
    "worse_at_follow_up": (0, 94.0),
    "unwell": (1, 94.0),
    "returns": (2, 94.0),
}
"""Column and upper edge of each step's box, mm."""
ASIDE = ("dropped_out", "referred")
LABELS = {
    "allotted": "Allotted to a therapist",
    "dropped_out": "Dropped out, in all",
    "referred": "Changed therapist",
    "one_session": "One session only",
    "finished": "Finished: two or more sessions",
    "completed": "Completed as planned",
    "dropped_out_later": "Dropped out later",
    "deteriorated": "Reliably deteriorated",
    "unchanged": "No reliable change",
    "improved": "Reliably improved",
    "cases": "At caseness at first session",
    "recovered": "Recovered",
    "worse_at_follow_up": "Reliably deteriorated",
    "unwell": "At caseness",
    "returns": "Sought help again",
}
BANDS = {
    "completed": ("Ending", "of finished courses"),
    "deteriorated": ("Last session", "of finished courses"),
    "cases": ("Recovery", "of finished courses"),
    "worse_at_follow_up": ("Follow-up", "of finished courses"),
}
"""By the first step of a row its name, and what its percentages are of; of an arrow's box those of the box before."""
ONWARD = (("cases", "recovered"), ("unwell", "returns"))
"""Steps in one row of which the second is part of the first."""
SMALL_ERROR = 5.0
"""Clients per 1,000: half of one per cent."""


@styled()
def draw(flow: pd.DataFrame) -> Figure:
    """Draw from the table of the flow."""
    made, axes = figure("What becomes of clients in routine care", (TOP + HEIGHT) * MM, WIDTH * MM)
    made.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, -TOP))
    axes.axis("off")
    for row in flow.to_dict("records"):
        _box(axes, row["step"], _words(row))
    _stem(axes)
    for first, (name, of) in BANDS.items():
        middle = PLACES[first][1] + BOX[1] / 2
        axes.text(RAIL + 5, middle - 0.3, name, fontsize=8, fontweight="bold", va="bottom")
        axes.text(RAIL + 5, middle + 0.3, of, fontsize=7, va="top")
        _line(axes, [(RAIL, middle), (RAIL + 4, middle)], end=True)
    _line(axes, [(RAIL, _middle("worse_at_follow_up")[1]), (RAIL, 45.5), (_middle("finished")[0], 45.5)])
    for one, other in ONWARD:
        _line(axes, [_edge(one, right=True), _edge(other, right=False)], end=True)
    return made


def _words(row: dict) -> str:
    """Label, clients, and percentage of one box."""
    lines = [LABELS[row["step"]], f"{row['per_1000']:,.0f} per 1,000 (n = {row['clients']:,})"]
    if pd.notna(row["part_of"]):
        decimals = 1 if row["mcse"] < SMALL_ERROR else 0
        share = f"{100 * row['share_of_step']:.{decimals}f} %"
        lines.append(share if pd.isna(row["published"]) else f"{share}; published {100 * row['published']:.1f} %")
    return "\n".join(lines)


def _box(axes: Axes, step: str, words: str) -> None:
    column, top = PLACES[step]
    left, (width, height) = COLUMNS[column], BOX
    look = "round,pad=0,rounding_size=0.9"
    edge = (0, (3, 1.5)) if step in ASIDE else "-"
    axes.add_patch(FancyBboxPatch((left, top), width, height, boxstyle=look, fc="white", ec=DARK, lw=0.7, ls=edge))
    axes.text(left + 1.5, top + height / 2, words, fontsize=7, va="center", linespacing=1.25)


def _stem(axes: Axes) -> None:
    """From those allotted down to finished courses, and aside to those who are not among them."""
    x = _middle("allotted")[0]
    _line(axes, [(x, PLACES["allotted"][1] + BOX[1]), (x, PLACES["finished"][1])], end=True)
    _line(axes, [(x, PLACES["finished"][1] + BOX[1]), (x, 45.5)])
    aside = _middle("one_session")[1]
    _line(axes, [(x, aside), (COLUMNS[2], aside)], end=True)
    for step in ASIDE:
        right, height = _edge(step, right=True)
        axes.plot([right, x], [height, height], color=DARK, lw=0.7, ls=(0, (3, 1.5)), zorder=0)


def _middle(step: str) -> tuple[float, float]:
    column, top = PLACES[step]
    return COLUMNS[column] + BOX[0] / 2, top + BOX[1] / 2


def _edge(step: str, *, right: bool) -> tuple[float, float]:
    x, y = _middle(step)
    return x + (BOX[0] / 2 if right else -BOX[0] / 2), y


def _line(axes: Axes, points: Iterable[tuple[float, float]], *, end: bool = False) -> None:
    """A line through points, with an arrowhead at its end."""
    points = list(points)
    axes.plot(*zip(*points, strict=True), color=DARK, lw=0.9, zorder=0)
    if end:
        (x, y), (x0, y0) = points[-1], points[-2]
        marker, back = (">", (-0.8, 0)) if abs(x - x0) > abs(y - y0) else ("v", (0, -0.8))
        axes.plot([x + back[0]], [y + back[1]], marker, ms=3.8, color=DARK, mew=0)

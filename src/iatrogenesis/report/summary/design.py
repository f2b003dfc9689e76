"""The design in one diagram: across the page, or on a phone from top to bottom."""

from collections.abc import Mapping
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from iatrogenesis.report.rounding import rounded
from iatrogenesis.report.summary.drawing import COLUMN, PAGE, SMALL, WORDS, Look

COUNTS = ("patterns", "worlds", "routes", "preventions", "methods", "cells", "replicates")
"""What is counted: the keys of what `wide` and `narrow` are given."""


class Layout(NamedTuple):
    """Where each box stands (column, row, in boxes), and which arrows there are: from, its side, to, its side."""

    places: Mapping[str, tuple[float, float]]
    arrows: tuple[tuple[str, str, str, str], ...]
    across: int
    down: int
    filled: float
    """Share of a column that its box takes."""


WIDE = Layout(
    {
        "published": (0, 1), "worlds": (1, 1), "reference": (2, 0), "routine": (2, 1), "prevented": (2, 2),
        "services": (2, 3), "harm": (3, 0.5), "averted": (3, 1.5), "judged": (3, 3),
    },
    (
        ("published", "right", "worlds", "left"), ("worlds", "right", "reference", "left"),
        ("worlds", "right", "routine", "left"), ("worlds", "right", "prevented", "left"),
        ("worlds", "right", "services", "left"), ("reference", "right", "harm", "left"),
        ("routine", "right", "harm", "left"), ("routine", "right", "averted", "left"),
        ("prevented", "right", "averted", "left"), ("services", "right", "judged", "left"),
    ),
    4, 4, 0.84,
)  # fmt: skip
NARROW = Layout(
    {
        "published": (0, 0), "worlds": (1, 0), "reference": (0, 1), "routine": (1, 1), "harm": (0, 2),
        "prevented": (1, 2), "averted": (0, 3), "services": (1, 4), "judged": (0, 4),
    },
    (
        ("published", "right", "worlds", "left"), ("worlds", "below", "routine", "above"),
        ("worlds", "below", "reference", "above"), ("reference", "below", "harm", "above"),
        ("routine", "below", "harm", "above"), ("routine", "below", "prevented", "above"),
        ("prevented", "below", "averted", "above"), ("worlds", "right", "services", "right"),
        ("services", "left", "judged", "right"),
    ),
    2, 5, 0.84,
)  # fmt: skip
RESULTS = ("harm", "averted", "judged")


def boxes(counts: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """The boxes by name: heading and text."""
    n = {name: rounded(int(counts[name])) for name in COUNTS}
    return {
        "published": ("What is published", f"{n['patterns']} patterns, such as how\nmany improve or drop out"),
        "worlds": ("Plausible worlds", f"{n['worlds']} simulated worlds\nthat agree with them"),
        "reference": ("Reference world", "same clients, same chance,\nno route of harm open"),
        "routine": ("Routine care", f"all {n['routes']} routes of harm\nare open"),
        "prevented": ("Prevention", f"routine care with\n{n['preventions']} preventions"),
        "services": ("What services see", f"{n['cells']} kinds of services,\n{n['replicates']} data sets of each"),
        "harm": ("Net harm", "routine care compared\nwith the reference world"),
        "averted": ("Averted", "routine care compared\nwith prevention"),
        "judged": ("Can it be found?", f"{n['methods']} analyses, judged\nby the known truth"),
    }


def wide(counts: Mapping[str, int], look: Look) -> Figure:
    """Draw it across the page, from left to right."""
    return _diagram(boxes(counts), WIDE, PAGE, 56 / 25.4, look)


def narrow(counts: Mapping[str, int], look: Look) -> Figure:
    """Draw it in one column, from top to bottom."""
    return _diagram(boxes(counts), NARROW, COLUMN, 88 / 25.4, look)


def _diagram(texts: Mapping[str, tuple[str, str]], layout: Layout, width: float, height: float, look: Look) -> Figure:
    made = Figure(figsize=(width, height))
    axes = made.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.5, layout.across - 0.5), ylim=(layout.down - 0.5, -0.5))
    axes.set_axis_off()
    for name, (x, y) in layout.places.items():
        _box(axes, x, y, layout.filled, texts[name], look, name in RESULTS)
    for start, leaves, end, arrives in layout.arrows:
        here, there = _edge(layout, start, leaves), _edge(layout, end, arrives)
        if leaves == arrives:  # around what stands between
            outside = here[0] + 0.04
            axes.plot([here[0], outside, outside], [here[1], here[1], there[1]], color=look.ink, lw=0.8)
            here = (outside, there[1])
        style = {"arrowstyle": "-|>", "color": look.ink, "lw": 0.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 7}
        axes.annotate("", there, here, arrowprops=style)
    return made


TALL = 0.74
"""Of a row, what its box takes."""


def _box(axes: Axes, x: float, y: float, filled: float, text: tuple[str, str], look: Look, result: bool) -> None:
    shape = FancyBboxPatch(
        (x - filled / 2, y - TALL / 2), filled, TALL, boxstyle="round,pad=0,rounding_size=0.04",
        facecolor=look.faint if result else look.paper, edgecolor=look.strong if result else look.ink,
        lw=1.4 if result else 0.8,
    )  # fmt: skip
    axes.add_patch(shape)
    head, rest = text
    axes.annotate(head, (x, y - 0.2), ha="center", va="center", fontsize=WORDS, fontweight="bold")
    axes.annotate(rest, (x, y + 0.11), ha="center", va="center", fontsize=SMALL, linespacing=1.15)


def _edge(layout: Layout, name: str, side: str) -> tuple[float, float]:
    x, y = layout.places[name]
    across = {"left": -layout.filled / 2, "right": layout.filled / 2}.get(side, 0.0)
    return x + across, y + {"above": -TALL / 2, "below": TALL / 2}.get(side, 0.0)

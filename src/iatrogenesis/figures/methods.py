"""How every figure of the simulation study shows methods: one marker, one colour, one place each."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from iatrogenesis.core.montecarlo import around, share_interval
from iatrogenesis.core.registry import declarations
from iatrogenesis.figures.style import BLUE, DARK, GREEN, GREY, ORANGE
from iatrogenesis.simulation_study.names import cell_names

COLOURS = {"grey": GREY, "purple": "#7a3d78", "orange": ORANGE, "dark": DARK, "sky": "#56b4e9", "green": GREEN}
COLOURS |= {"blue": BLUE}
FACTS = declarations("iatrogenesis.simulation_study.methods", "LABEL", "LOOK")
LABELS = {name: facts["LABEL"] for name, facts in FACTS.items()}
LOOK = {name: (facts["LOOK"][0], COLOURS[facts["LOOK"][1]]) for name, facts in FACTS.items()}
PER_CENT = 100.0


def offsets(methods: Sequence[str], room: float = 0.62) -> dict[str, float]:
    """Where each method's marks stand around the middle of a row."""
    return dict(
        zip(methods, np.linspace(-room / 2, room / 2, len(methods)) if len(methods) > 1 else [0.0], strict=True)
    )


def ordered(methods: Sequence[str]) -> list[str]:
    """Methods in the order of the study."""
    return [name for name in FACTS if name in set(methods)]


def mark(axis: Axes, method: str, x: float, y: float, low: float, high: float) -> None:
    """One method's value with its Monte Carlo interval."""
    marker, color = LOOK[method]
    axis.hlines(y, low, high, color=color, lw=1.2)
    axis.plot(x, y, marker, color=color, ms=5.2, mew=1.4 if marker == "x" else 0.8)


def judged(axis: Axes, row, y: float, unit: float) -> None:
    """One method's measure, a row of the performance table, with its 95 % interval; shares in per cent (unit 100)."""
    ends = (share_interval if unit == PER_CENT else around)(row.value, row.mcse, row.replicates)
    mark(axis, row.method, unit * row.value, y, *(unit * end for end in ends))


def handles(methods: Sequence[str]) -> list[Line2D]:
    """Entries of a legend."""
    return [
        Line2D([], [], color=LOOK[name][1], marker=LOOK[name][0], ls="", ms=5.5, label=LABELS[name]) for name in methods
    ]


def rows(axis: Axes, cells: Sequence[str]) -> None:
    """One row per cell, the first on top, with a faint line between rows."""
    axis.set_yticks(range(len(cells)), cell_names(cells))
    axis.set_ylim(len(cells) - 0.5, -0.5)
    axis.tick_params(axis="y", length=0)
    for place in range(1, len(cells)):
        axis.axhline(place - 0.5, color="#e4e4e4", lw=0.7, zorder=0)

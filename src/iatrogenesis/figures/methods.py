"""How every figure of the simulation study shows methods: one row each, and a panel for each cell and measure."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.core.montecarlo import around, share_interval
from iatrogenesis.core.registry import declarations
from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, FAINT, GREEN, GREY, ORANGE, SMALL, WORDS, figure
from iatrogenesis.simulation_study.names import cell_names

COLOURS = {"grey": GREY, "purple": "#7a3d78", "orange": ORANGE, "dark": DARK, "sky": "#56b4e9", "green": GREEN}
COLOURS |= {"blue": BLUE}
FACTS = declarations("iatrogenesis.simulation_study.methods", "LABEL", "LOOK")
LABELS = {name: facts["LABEL"] for name, facts in FACTS.items()}
LOOK = {name: (facts["LOOK"][0], COLOURS[facts["LOOK"][1]]) for name, facts in FACTS.items()}
PER_CENT = 100.0
CELLS = 6
"""Cells that a figure has room for; the others are in the tables."""
FIRST = ("reference_cell", "small", "burnout_none", "by_severity", "unreliable_small", "world", "world_small")
"""Cells that are shown rather than others where there are more: from the plain case to those that mislead."""


class Measure(NamedTuple):
    """A measure as a row of panels shows it: what it is, the value that is right, and its unit."""

    title: str
    target: float | None
    unit: float = PER_CENT
    ends: tuple[float, float] | None = None
    beside: str = ""
    """Another measure, in the same panel with open marks."""


def ordered(methods: Sequence[str]) -> list[str]:
    """Methods in the order of the study."""
    return [name for name in FACTS if name in set(methods)]


def shown_cells(cells: Sequence[str]) -> list[str]:
    """At most `CELLS` of the cells, in their order."""
    found = list(dict.fromkeys(cells))
    first = [name for name in FIRST if name in found]
    kept = [*first, *(name for name in found if name not in first)][:CELLS]
    return [name for name in found if name in kept]


def of_flagged(performance: pd.DataFrame) -> pd.DataFrame:
    """The table with, as replicates of a marginal false discovery rate, the therapists flagged in all of them.

    That is what the rate is a share of: where few are flagged, many data sets do not make it sure.
    """
    key = ["cell", "method", "estimand"]
    flags = performance[performance["measure"] == "flagged"].set_index(key)
    all_flagged = (flags["value"] * flags["replicates"]).round().rename("all_flagged")
    joined = performance.join(all_flagged, on=key)
    counted = (joined["measure"] == "mfdr") & joined["all_flagged"].notna()
    units = joined["replicates"].mask(counted, joined["all_flagged"].clip(lower=1)).astype(int)
    return performance.assign(replicates=units)


def judged(axis: Axes, row, y: float, unit: float, face: str | None = None) -> None:
    """One method's measure, a row of the performance table, with its 95 % interval; shares in per cent (unit 100)."""
    low, high = (share_interval if unit == PER_CENT else around)(row.value, row.mcse, row.replicates)
    marker, colour = LOOK[row.method]
    axis.hlines(y, unit * low, unit * high, color=colour, lw=1)
    look = {"ms": 4 if face is None else 3.5, "mew": 1 if face or marker in "x+1" else 0.6}
    axis.plot(unit * row.value, y, marker, color=colour, mfc=face or colour, **look)


def grid(
    title: str, table: pd.DataFrame, measures: Mapping[str, Measure], words: Mapping[str, str] | None = None
) -> Figure:
    """A row of panels for each measure and a column for each cell, methods as rows of each panel.

    Parameters
    ----------
    table
        Rows of the performance table, of one estimand for each method.
    words
        What stands under a cell's name, where there is something to say.
    """
    cells, methods = shown_cells(table["cell"]), ordered(table["method"])
    height = len(measures) * (0.135 * len(methods) + 0.42) + 0.75
    made, axes = figure(
        title, height, DOUBLE, nrows=len(measures), ncols=len(cells), sharey=True, sharex="row", squeeze=False
    )
    for line, (name, measure) in zip(axes, measures.items(), strict=True):
        for axis, cell in zip(line, cells, strict=True):
            of_cell = table[table["cell"] == cell].dropna(subset=["value"])
            shift = 0.17 if measure.beside else 0
            for row in of_cell[of_cell["measure"] == name].itertuples():
                judged(axis, row, methods.index(row.method) - shift, measure.unit)
            for row in of_cell[of_cell["measure"] == measure.beside].itertuples():
                judged(axis, row, methods.index(row.method) + shift, measure.unit, "white")
            _frame(axis, methods, measure)
        line[0].set_xlabel(measure.title, fontsize=WORDS, x=0, ha="left")
    for axis, cell in zip(axes[0], cells, strict=True):
        said = (words or {}).get(cell)
        wide = 17 if len(cells) > 3 else 30
        lines = [*textwrap.wrap(cell_names([cell])[0], wide), *(textwrap.wrap(said, wide) if said else [])]
        axis.set_title("\n".join(lines), fontsize=SMALL, loc="left")
    return made


def _frame(axis: Axes, methods: Sequence[str], measure: Measure) -> None:
    axis.set_yticks(range(len(methods)), [LABELS[name] for name in methods])
    axis.set_ylim(len(methods) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", color=FAINT, lw=0.6)
    axis.locator_params(axis="x", nbins=3)
    if measure.target is not None:
        axis.axvline(measure.target, color=DARK, ls=":", lw=1)
    if measure.ends is not None:
        axis.set_xlim(*measure.ends)
        axis.set_xticks(np.linspace(0, 100, 3))

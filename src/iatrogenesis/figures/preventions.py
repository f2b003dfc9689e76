"""What do preventions avert, and what do they cost?"""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.labels import at_points
from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, PALE, figure, styled
from iatrogenesis.figures.words import prevention

PLACE = 6
TABLES = {"preventions": "tables/preventions.csv"}
ALT = (
    "Scatter plot of preventions, each named: deteriorations averted per 1,000 clients over hours of work per 1,000 "
    "clients. A pale bar reaches from what a sceptic to what an optimist takes from the evidence, a dot is the central "
    "reading."
)
CAPTION = (
    "Deteriorations averted per 1,000 clients by each prevention in routine care of the central world, by "
    "counterfactual twins, over the hours of work that it takes (square-root scale). Dot: central reading of the "
    "evidence, with its 95 % Monte Carlo interval. Pale bar: from the sceptical to the optimistic reading, which "
    "differ by far more than Monte Carlo error. Hours are those for the prevention alone; longer waiting and other "
    "sessions are in the supplement. Where several take the same hours, their marks stand side by side."
)
TICKS = (0, 25, 100, 250, 500, 1000, 2000, 3000, 5000)
LINE = 0.4  # deteriorations: half of what the line at zero takes with some room, which no name lies on
BESIDE = 0.022
"""Distance of marks that would cover each other, as a share of the axis."""


@styled()
def draw(preventions: pd.DataFrame) -> Figure:
    """Draw from the preventions table."""
    by = preventions.set_index(["outcome", "reading", "scenario"]).sort_index()
    readings = list(dict.fromkeys(preventions["reading"]))
    averted = {name: -by.loc[("deteriorated", name)][["value", "low", "high"]] for name in readings}
    sceptical, central, optimistic = (averted[name] for name in readings)
    hours = by.loc[("prevention_hours", readings[1]), "value"].loc[central.index]
    at = _side_by_side(np.sqrt(hours.clip(lower=0)))
    made, axis = figure(_title(central["value"], hours), 3.7, DOUBLE)
    ends = np.sort([sceptical["value"], optimistic["value"]], axis=0)
    axis.vlines(at, *ends, color=PALE, lw=6)
    axis.vlines(at, central["low"], central["high"], color=BLUE, lw=1.6)
    axis.plot(at, central["value"], "o", color=BLUE, ms=4.5)
    axis.axhline(0, color=DARK, lw=0.6)
    _axes(axis, at, ends)
    wide = 0.006 * np.ptp(axis.get_xlim())
    points = sorted(zip(at, central["value"], central.index, strict=True), key=lambda one: -one[1])
    at_points(
        axis,
        [(x, y, prevention(str(name))) for x, y, name in points],
        taken=[
            (axis.get_xlim()[0], -LINE, axis.get_xlim()[1], LINE),
            *((x - wide, low, x + wide, high) for x, low, high in zip(at, *ends, strict=True)),
        ],
    )
    return made


def _title(averted: pd.Series, hours: pd.Series) -> str:
    single = averted.drop([name for name in averted.index if not str(name).startswith("with_")])
    best = single.idxmax() if len(single) else averted.idxmax()
    return (
        f"Of single preventions, {prevention(str(best))} averts the most: in the central world {averted[best]:.0f} "
        f"deteriorations per 1,000 clients, for {hours[best]:,.0f} hours of work"
    )


def _side_by_side(places: pd.Series) -> np.ndarray:
    """Places on the axis, moved to the right where they would cover one further left."""
    at, gap = places.to_numpy(dtype=float).copy(), BESIDE * max(float(places.max()), 1.0)
    order = np.argsort(at, kind="stable")
    for before, one in pairwise(order):
        at[one] = max(at[one], at[before] + gap)
    return at


def _axes(axis: Axes, at: np.ndarray, ends: np.ndarray) -> None:
    right = max(float(at.max()), 1.0)
    ticks = [tick for tick in TICKS if np.sqrt(tick) <= 1.05 * right]
    axis.set_xticks(np.sqrt(ticks), [f"{tick:,}" for tick in ticks])
    axis.set_xlim(-0.03 * right, 1.18 * right)
    low, high = float(min(ends.min(), 0.0)), float(max(ends.max(), 1.0))
    axis.set_ylim(low - 0.15 * (high - low), high + 0.06 * (high - low))
    axis.set(xlabel="Hours of work per 1,000 clients", ylabel="Deteriorations averted\nper 1,000 clients")

"""How much harm does therapy do, net, and how much of it is caused?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREY, SMALL, figure, heading, rows, rows_again, styled

PLACE = 4
TABLES = {"scenarios": "tables/scenarios.csv"}
ALT = (
    "Two panels with one row per scenario. Left: of 1,000 clients, how many reliably deteriorate, joined by a line "
    "with how many do in the reference world. Right: their difference, the net harm, with its interval, by scores and "
    "on scores without error."
)
CAPTION = (
    "Of 1,000 clients. Left: how many reliably deteriorate in each scenario (circle) and in the reference world, "
    "where the same clients meet average therapists and no route of harm (dashed line). Right: the difference, the "
    "net harm, by scores (filled) and on scores without error (open), with 95 % Monte Carlo intervals, often narrower "
    "than the marks. Routine care is that of the central world; in the others, what is named is one standard "
    "deviation worse. Intervals are about simulation error alone; the supplement shows how net harm differs between "
    "plausible worlds, and how many deteriorations are caused and how many prevented, gross."
)
NAMES = {
    "routine_care": "routine care",
    "high_burnout": "higher burnout",
    "low_competence": "lower competence",
    "poor_fit": "poorer fit",
    "all_three": "all three",
}

ENDS = {"net_against_reference": -0.17, "net_true_against_reference": 0.17}  # and where in its row


@styled()
def draw(scenarios: pd.DataFrame) -> Figure:
    """Draw from the scenarios table, in its order."""
    order = list(dict.fromkeys(scenarios["scenario"]))
    by = scenarios.pivot(index="scenario", columns="measure").loc[order]
    net = by["value", "net_against_reference"]
    made, (left, right) = figure(_title(net), 0.31 * len(order) + 1.05, ncols=2, sharey=True, width_ratios=(1, 1))
    _worse(left, by, net)
    _net(right, by)
    rows(left, [_named(name) for name in order])
    rows_again(right)
    heading(left, "Deteriorated")
    heading(right, "Net harm")
    left.set_xlabel("per 1,000 clients")
    right.set_xlabel("per 1,000 clients")
    return made


def _named(scenario: str) -> str:
    return NAMES.get(scenario, scenario.replace("_", " "))


def _title(net: pd.Series) -> str:
    first, most = net.iloc[0], net.idxmax()
    words = f"Net harm: {first:.0f} of 1,000 clients in {_named(net.index[0])}"
    return words if most == net.index[0] else f"{words}, {net.max():.0f} in the worst scenario"


def _worse(axes: Axes, by: pd.DataFrame, net: pd.Series) -> None:
    """How many deteriorate, and how many would in the reference world, which has the same clients in each scenario."""
    value, low, high = (by[part, "deteriorated_per_client"] for part in ("value", "low", "high"))
    reference = value - net
    axes.axvline(reference.iloc[0], color=DARK, lw=0.9, ls="--")
    axes.hlines(range(len(by)), reference, value, color=GREY, lw=0.9)
    axes.hlines(range(len(by)), low, high, color=BLUE, lw=2.2)
    axes.plot(value, range(len(by)), "o", color=BLUE, ms=4.5)
    axes.annotate(
        "reference world", (reference.iloc[0], 0.5), xytext=(4, 0), textcoords="offset points", va="center",
        fontsize=SMALL,
    )  # fmt: skip
    axes.set_xlim(0, 1.08 * float(high.max()))


def _net(axes: Axes, by: pd.DataFrame) -> None:
    for (measure, shift), face in zip(ENDS.items(), (BLUE, "white"), strict=True):
        at = [place + shift for place in range(len(by))]
        axes.hlines(at, by["low", measure], by["high", measure], color=BLUE, lw=1.6)
        axes.plot(by["value", measure], at, "o", mfc=face, mec=BLUE, ms=4.2)
    axes.axvline(0, color=DARK, lw=0.6)
    for (measure, shift), words in zip(ENDS.items(), ("by scores", "without error"), strict=True):
        told = int(np.argmin(by["value", "net_against_reference"]))
        for place, (value, high) in enumerate(zip(by["value", measure], by["high", measure], strict=True)):
            label = f"{value:.0f} {words if place == told else ''}".replace("-", "−")
            axes.annotate(
                label,
                (high, place + 1.4 * shift),
                xytext=(4, 0),
                textcoords="offset points",
                fontsize=SMALL,
                va="center",
            )
    axes.set_xlim(
        min(0.0, float(by["low"][list(ENDS)].min().min())), 1.2 * float(by["high", "net_against_reference"].max())
    )

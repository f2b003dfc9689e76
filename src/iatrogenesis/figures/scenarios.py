"""How much harm does therapy do, net, and how much of it is caused?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREEN, GREY, ORANGE, figure, key, styled

PLACE = 4
TABLES = {"scenarios": "tables/scenarios.csv"}
ALT = (
    "Dot chart, one row per scenario: net harm per 1,000 clients with its interval, by scores and without error; a"
    " thin line from the fewest to the most deteriorations that can be caused; and the numbers caused and prevented "
    "under shared chance, the latter left of zero."
)
CAPTION = (
    "Of 1,000 clients. Filled circle: net harm, by how many more reliably deteriorate than in the reference world, "
    "with its 95 % Monte Carlo interval; open circle: the same on scores without error. Thin "
    "line: bounds of how many deteriorations are caused, whatever chance both worlds share. Triangle and, left of "
    "zero, square: caused and prevented if all chance events are shared; their difference is the net harm. Intervals "
    "are about simulation error; how the net differs between plausible worlds is in the figure of conclusions."
)
MARKS = {
    "iatrogenic": (1, {"marker": "^", "mfc": "white", "mec": ORANGE, "label": "caused, under shared chance"}),
    "spared": (-1, {"marker": "s", "mfc": "white", "mec": GREEN, "label": "prevented, under shared chance"}),
}


@styled()
def draw(scenarios: pd.DataFrame) -> Figure:
    """Draw from the scenarios table, in its order."""
    order = list(dict.fromkeys(scenarios["scenario"]))[::-1]
    by = scenarios.pivot(index="scenario", columns="measure").loc[order]
    value, low, high = by["value"], by["low"], by["high"]
    at = np.arange(len(order))
    made, axes = figure("How much harm does therapy do, net?", 0.62 * len(order) + 2.3)
    ends = value["caused_at_least"], value["caused_at_most"]
    axes.hlines(at - 0.12, *ends, color=GREY, lw=1.1, label="caused: bounds")
    axes.plot(np.array(ends).T.ravel(), np.repeat(at - 0.12, 2), "|", color=GREY, ms=6)
    for measure, (side, look) in MARKS.items():
        axes.plot(side * value[measure], at - 0.12, ls="none", ms=6, **look)
    net, true = "net_against_reference", "net_true_against_reference"
    axes.hlines(at + 0.14, low[net], high[net], color=BLUE, lw=3)
    axes.plot(value[net], at + 0.14, "o", color=BLUE, ms=7, label="net harm, 95 % interval")
    axes.hlines(at + 0.34, low[true], high[true], color=DARK, lw=1)
    axes.plot(value[true], at + 0.34, "o", mfc="white", mec=DARK, ms=5, label="net harm, scores without error")
    for row, number in zip(at, value[net], strict=True):
        text = f"net {number:.1f}".replace("-", "−")
        axes.annotate(text, (1.02, row), xycoords=("axes fraction", "data"), va="center", fontsize=9)
    axes.axvline(0, color=DARK, lw=0.8)
    axes.set_yticks(at, [name.replace("_", "\n") for name in order])
    axes.set(xlabel="Clients per 1,000 (left of zero: prevented)", ylim=(-0.5, len(order) - 0.4))
    axes.xaxis.set_major_formatter(lambda place, _: f"{abs(place):g}")
    key(made, columns=2)
    return made

"""How many clients in a thousand get worse, and how many because of the treatment they got?"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, GREEN, ORANGE, figure, key, styled

PLACE = 4
TABLES = {"scenarios": "tables/scenarios.csv"}
ALT = (
    "Bar chart, one bar per scenario: clients per 1,000 who reliably deteriorate, split in those who do so because of "
    "the treatment they got and those who would have anyway; to the left of zero, deteriorations that it prevented."
)
CAPTION = (
    "Of 1,000 clients. Right of zero, those who reliably deteriorate: hatched, because of the treatment they got (the "
    "twin, at average competence, burnout and fit and with the same chance events, does not deteriorate); plain, those "
    "whose twin deteriorates too. Left of zero, dotted: deterioration prevented, in clients who are not reliably worse "
    "here and whose twin deteriorates (some because they left before it could show). Whiskers: 95 % Monte Carlo "
    "intervals of the dotted part, of the hatched part and of the whole bar. They are about simulation error, not "
    "about how true the simulated world is."
)


@styled()
def draw(scenarios: pd.DataFrame) -> Figure:
    """Draw from the scenarios table, in its order."""
    order = list(dict.fromkeys(scenarios["scenario"]))[::-1]
    by = scenarios.pivot(index="scenario", columns="measure").loc[order]
    whole, caused, spared = (by["value"][name] for name in ("deteriorated_per_client", "iatrogenic", "spared"))
    at = np.arange(len(order))
    made, axes = figure("Of 1,000 clients: who gets worse, and who\nbecause of the treatment?", 0.66 * len(order) + 1.9)
    axes.barh(at, caused, color=ORANGE, hatch="///", edgecolor="white", height=0.6, label="worse because of treatment")
    axes.barh(at, whole - caused, left=caused, color=BLUE, height=0.6, label="would have got worse anyway")
    axes.barh(at, -spared, color="white", hatch="...", edgecolor=GREEN, height=0.6, label="prevented by treatment")
    for measure, side, shift in (("deteriorated_per_client", 1, 0.13), ("iatrogenic", 1, -0.13), ("spared", -1, 0)):
        ends = side * by["low"][measure], side * by["high"][measure]
        axes.hlines(at + shift, *ends, color="white", lw=3.2)  # a rim, so that they stand out on dark bars
        axes.hlines(at + shift, *ends, color=DARK, lw=1.3)
        axes.plot(np.array(ends).T.ravel(), np.repeat(at + shift, 2), "|", color=DARK, ms=5)
    reach = by["high"]["deteriorated_per_client"].max()
    for row, (total, part) in enumerate(zip(whole, caused, strict=True)):
        place = (by["high"]["deteriorated_per_client"].iloc[row], row)
        axes.annotate(
            f"{total:.0f}, of them\n{part:.0f} caused", place, xytext=(5, 0), textcoords="offset points", va="center"
        )
    axes.axvline(0, color=DARK, lw=1)
    axes.set_yticks(at, [name.replace("_", "\n") for name in order])
    axes.set(xlabel="Clients per 1,000", xlim=(-1.25 * by["high"]["spared"].max(), 1.42 * reach))
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    key(made, columns=1)
    return made

"""Which therapists lie outside what chance alone would do?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import binom

from iatrogenesis.figures.style import BLUE, DARK, GREY, ORANGE, SMALL, figure, styled

PLACE = 9
TABLES = {"therapists": "tables/therapists.csv"}
ROWS = {"therapists": {"dataset": "{routine_care}", "model": "intercept_only"}}
ALT = (
    "Funnel plot: raw deterioration rate of each therapist against the number of finished courses, with the limits of "
    "chance, which are wide for few courses and narrow for many."
)
CAPTION = (
    "Raw deterioration rate of each therapist of routine care against finished courses. If all therapists had the "
    "overall rate (line), 95 % would lie between the dashed and 99.8 % between the dotted limits (exact binomial, "
    "interpolated between whole counts). Triangles lie outside the dashed limits and carry their name where "
    "there is room; of a hundred therapists who are all alike, about five would. Limits take no account of case mix."
)
LEVELS = ((0.95, "--"), (0.998, ":"))


@styled()
def draw(therapists: pd.DataFrame) -> Figure:
    """Draw from the rows of one data set and model of the therapists table."""
    overall = therapists["deteriorated"].sum() / therapists["clients"].sum()
    size = np.arange(max(2, therapists["clients"].min() // 2), therapists["clients"].max() + 3)
    made, axes = figure(_title(therapists, overall), height=2.9)
    for level, line in LEVELS:
        upper = 100 * limit(size, overall, (1 + level) / 2)
        axes.plot(size, 100 * np.maximum(limit(size, overall, (1 - level) / 2), 0), line, color=GREY, lw=1)
        axes.plot(size, upper, line, color=GREY, lw=1)
        axes.annotate(
            f"{100 * level:g} %",
            (size[-1], upper[-1]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
        )
    axes.hlines(100 * overall, size[0], size[-1], color=DARK, lw=1)
    axes.annotate(
        "overall", (size[-1], 100 * overall), xytext=(3, 0), textcoords="offset points", va="center", fontsize=SMALL
    )
    outside = _outside(therapists, overall)
    for part, marker, colour in ((therapists[~outside], "o", BLUE), (therapists[outside], "^", ORANGE)):
        axes.plot(part["clients"], 100 * part["raw_rate"], marker, color=colour, ms=3.5, alpha=0.85, clip_on=False)
    middle, last = limit(np.array([np.median(therapists["clients"]), size[-1]]), overall, 0.999)
    highest = 100 * max(therapists["raw_rate"].max(), middle, last)
    axes.set(xlabel="Finished courses", ylabel="Deteriorated (%)", ylim=(0, 1.15 * highest))
    name_points(axes, therapists[outside], therapists)
    return made


def _title(therapists: pd.DataFrame, overall: float) -> str:
    return (
        f"{_outside(therapists, overall).sum()} of {len(therapists)} therapists lie outside the 95 % limits; chance "
        f"alone puts {0.05 * len(therapists):.0f} there"
    )


def limit(size: np.ndarray | float, rate: float, tail: float) -> np.ndarray:
    """Rate that a share ``tail`` of therapists with ``size`` courses stays below, between whole counts interpolated."""
    size = np.asarray(size, dtype=float)
    count = binom.ppf(tail, size, rate)
    reached, before = binom.cdf(count, size, rate), binom.cdf(count - 1, size, rate)
    return (count - (reached - tail) / (reached - before)) / size


def name_points(axes: Axes, outside: pd.DataFrame, everyone: pd.DataFrame) -> None:
    """Name each point at the first of a few places beside it that is free; where none is, it stays without."""
    # pyrefly: ignore[missing-attribute]: axes of a whole figure
    inches = np.array([0.8 * axes.figure.get_figwidth(), 0.75 * axes.figure.get_figheight()])
    scale = 72 * inches / [np.ptp(axes.get_xlim()), np.ptp(axes.get_ylim())]  # points of type per unit, roughly
    points = np.column_stack([everyone["clients"], 100 * everyone["raw_rate"]]) * scale
    low = axes.get_ylim()[0] * scale[1]
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in points]
    for row in outside.sort_values("raw_rate", ascending=False).itertuples():
        x, y = np.array([row.clients, 100 * row.raw_rate]) * scale
        wide = 4.8 * len(row.therapist_id)
        for across, up in ((5, 0), (-5 - wide, 0), (-wide / 2, 8), (-wide / 2, -9)):
            box = (x + across, y + up - 4, x + across + wide, y + up + 4)
            if box[1] > low and not any(
                box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken
            ):
                taken.append(box)
                place = (row.clients, 100 * row.raw_rate)
                style = {"textcoords": "offset points", "va": "center", "fontsize": SMALL, "zorder": 5}
                axes.annotate(row.therapist_id, place, xytext=(across, up), **style)
                break


def _outside(therapists: pd.DataFrame, overall: float) -> pd.Series:
    size, rate = therapists["clients"].to_numpy(), therapists["raw_rate"]
    return (rate > limit(size, overall, 0.975)) | (rate < limit(size, overall, 0.025))

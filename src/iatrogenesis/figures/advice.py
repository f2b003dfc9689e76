"""How many therapists and clients does it take?"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.core.montecarlo import around, share_interval
from iatrogenesis.figures.style import BLUE, DARK, GREEN, GREY, ORANGE, figure, styled

PLACE = 17
TABLES = {"advice": "tables/advice.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Four panels. Width of the interval of the variance share over the number of therapists, and power to detect an "
    "effect of burnout over the number of therapists, one line per number of clients; sensitivity and false discovery "
    "rate of two rules that flag therapists over the number of clients; and reliability of a therapist's raw rate over "
    "the number of clients."
)
CAPTION = (
    "Above, one line per number of clients of each therapist: width of the 95 % interval of the share of variance "
    "between therapists, and power of the 5 % test for the middle effect of rated burnout on the grid. Below, over the "
    "clients of each therapist, for the largest number of therapists: sensitivity and false discovery rate of the "
    "rules “{percent} probable” and “worst 5 %” for harmful therapists (true rate above {ratio} the average); "
    "and reliability of a therapist's raw rate (squared correlation with the true one), points simulated, "
    "line by the formula n p (1 − p) s² / (1 + n p (1 − p) s²), dotted at .7. Bars: 95 % Monte Carlo intervals. "
    "Spread between therapists as published for deterioration."
)
SHADES = ("#9ecae1", "#6baed6", "#3182bd", "#08519c", "#08306b", "#041c42", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


@styled()
def draw(advice: pd.DataFrame) -> Figure:
    """Draw from the grid of advice."""
    made, axes = figure("How many therapists and clients does it take?", 6.0, width=7.0, nrows=2, ncols=2)
    sd = advice["therapist_sd"].max()
    own = advice[advice["therapist_sd"] == sd]
    effects = np.sort(own["effect"].dropna().unique())
    middle = effects[len(effects) // 2]
    _lines(axes[0, 0], own[own["quantity"] == "width"], 1.0)
    axes[0, 0].set_ylabel("Width of the interval of the VPC")
    axes[0, 0].legend(title="clients each", fontsize=8, title_fontsize=8)
    _lines(axes[0, 1], own[(own["quantity"] == "power") & (own["effect"] == middle)], 100.0)
    axes[0, 1].axhline(80, color=GREY, ls=":", lw=1.2)
    axes[0, 1].set_ylabel(f"Power (%), odds ratio {np.exp(middle):.2f} per SD")
    _flagging(axes[1, 0], own)
    _reliability(axes[1, 1], advice)
    return made


def _lines(axis: Axes, table: pd.DataFrame, unit: float) -> None:
    for number, (clients, part) in enumerate(table.groupby("clients")):
        part = part.sort_values("therapists")
        error = unit * np.nan_to_num(_bars(part, share_interval if unit > 1 else around))
        look = {"color": SHADES[number % len(SHADES)], "marker": MARKERS[number % len(MARKERS)], "ms": 4, "lw": 1.3}
        axis.errorbar(part["therapists"], unit * part["value"], error, label=f"{clients:g}", elinewidth=0.9, **look)
    _log(axis, table["therapists"], "Therapists")


def _flagging(axis: Axes, own: pd.DataFrame) -> None:
    part = own[own["question"] == "flagging"]
    part = part[part["therapists"] == part["therapists"].max()]
    looks = {
        "sensitivity": (f"{PHRASES['percent']} probable: sensitivity", BLUE, "-", "o"),
        "mfdr": (f"{PHRASES['percent']} probable: not harmful", BLUE, "--", "o"),
        "raw_sensitivity": ("worst 5 %: sensitivity", ORANGE, "-", "s"),
        "raw_mfdr": ("worst 5 %: not harmful", ORANGE, "--", "s"),
    }
    for quantity, (label, color, line, marker) in looks.items():
        rows = part[part["quantity"] == quantity].sort_values("clients").dropna(subset=["value"])
        style = {"color": color, "ls": line, "marker": marker, "ms": 4, "lw": 1.3, "elinewidth": 0.9}
        axis.errorbar(rows["clients"], 100 * rows["value"], 100 * _bars(rows, share_interval), label=label, **style)
    axis.set_ylim(-3, 103)
    axis.set_ylabel(f"Share (%), {part['therapists'].max():.0f} therapists")
    axis.legend(fontsize=7.5)
    _log(axis, part["clients"], "Clients of each therapist")


def _reliability(axis: Axes, advice: pd.DataFrame) -> None:
    part = advice[advice["question"] == "reliability"]
    size = np.geomspace(part["clients"].min(), part["clients"].max(), 60)
    for (sd, rows), color, marker in zip(part.groupby("therapist_sd"), (GREEN, DARK, BLUE), "osD", strict=False):
        formula = rows[rows["quantity"] == "formula"].iloc[0]
        information = formula["value"] / (1 - formula["value"]) / formula["clients"] * size
        axis.plot(size, information / (1 + information), color=color, lw=1.2)
        found, look = rows[rows["quantity"] == "raw_rate"], {"color": color, "marker": marker, "ls": "", "ms": 4}
        axis.errorbar(found["clients"], found["value"], _bars(found, around), label=f"SD {sd:g}", **look)
    axis.axhline(0.7, color=GREY, ls=":", lw=1.2)
    axis.set_ylim(0, 1)
    axis.set_ylabel("Reliability of a raw rate")
    axis.legend(fontsize=8)
    _log(axis, part["clients"], "Clients of each therapist")


def _bars(table: pd.DataFrame, interval: Callable) -> np.ndarray:
    """How far the 95 % Monte Carlo interval of each row reaches down and up, shape (2, rows)."""
    ends = np.array([interval(row.value, row.mcse, int(row.replicates)) for row in table.itertuples()])
    return np.abs(ends.T - table["value"].to_numpy())


def _log(axis: Axes, sizes: pd.Series, label: str) -> None:
    ticks = np.sort(sizes.unique())
    axis.set_xscale("log")
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.set_xlabel(label)

"""How many therapists and clients does it take?"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.core.montecarlo import around, share_interval
from iatrogenesis.figures.labels import at_ends
from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, GREY, ORANGE, figure, heading, styled

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
    "between therapists (VPC), and power of the 5 % test for the middle effect of rated burnout on the grid, dotted at "
    "80 %. Below, over the clients of each therapist: for the largest number of therapists, sensitivity (solid) and "
    "false discovery rate (dashed) of the rules “{percent} probable” and “worst 5 %” for harmful therapists (true rate "
    "above {ratio} the average); and reliability of a therapist's raw rate (squared correlation with the true one) by "
    "the SD between therapists, points simulated, line by the formula n p (1 − p) s² / (1 + n p (1 − p) s²), dotted "
    "at .7. Bars: 95 % Monte Carlo intervals. Spread between therapists as published for deterioration."
)
SHADES = ("#4fa3d1", "#0072b2", "#084a7d", "#1a1a1a", "#767676", "#a8a8a8", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
SIZE = {"ms": 3.5, "lw": 1.1, "elinewidth": 0.8}


@styled()
def draw(advice: pd.DataFrame) -> Figure:
    """Draw from the grid of advice."""
    sd = advice["therapist_sd"].max()
    own = advice[advice["therapist_sd"] == sd]
    effects = np.sort(own["effect"].dropna().unique())
    middle = effects[len(effects) // 2]
    power = own[(own["quantity"] == "power") & (own["effect"] == middle)]
    made, axes = figure(_title(power), 4.9, DOUBLE, nrows=2, ncols=2)
    ends = [_lines(axes[0, 0], own[own["quantity"] == "width"], 1.0)]
    heading(axes[0, 0], "How much therapists differ: width of the interval of the VPC")
    ends.append(_lines(axes[0, 1], power, 100.0))
    axes[0, 1].axhline(80, color=GREY, ls=":", lw=1)
    heading(axes[0, 1], f"Effect of burnout, odds ratio {np.exp(middle):.2f} per SD: power (%)")
    ends.append(_flagging(axes[1, 0], own))
    ends.append(_reliability(axes[1, 1], advice))
    for axis, named in zip(axes.flat, ends, strict=True):
        at_ends(axis, named)
    return made


def _title(power: pd.DataFrame) -> str:
    """The fewest clients altogether with whom power reaches 80 %."""
    size = power["therapists"] * power["clients"]
    enough = power["value"] >= 0.8
    row = power.loc[size[enough].idxmin() if enough.any() else size.idxmax()]
    words = f"{row['therapists']:g} therapists with {row['clients']:g} clients each"
    if enough.any():
        return f"Power to detect burnout's effect reaches 80 % with {words}"
    return f"Even {words} give less than 80 % power to detect burnout's effect"


def _lines(axis: Axes, table: pd.DataFrame, unit: float) -> list[tuple]:
    ends = []
    for number, (clients, part) in enumerate(table.groupby("clients")):
        part = part.sort_values("therapists")
        error = unit * np.nan_to_num(_bars(part, share_interval if unit > 1 else around))
        colour = SHADES[number % len(SHADES)]
        look = {"color": colour, "marker": MARKERS[number % len(MARKERS)], **SIZE}
        axis.errorbar(part["therapists"], unit * part["value"], error, **look)
        words = f"{clients:g} clients each" if number == 0 else f"{clients:g}"
        ends.append((part["therapists"].iloc[-1], unit * part["value"].iloc[-1], words, colour))
    _log(axis, table["therapists"], "Therapists")
    return ends


def _flagging(axis: Axes, own: pd.DataFrame) -> list[tuple]:
    part = own[own["question"] == "flagging"]
    part = part[part["therapists"] == part["therapists"].max()]
    looks = {
        "sensitivity": (f"{PHRASES['percent']} probable", BLUE, "-", "o"),
        "mfdr": (f"{PHRASES['percent']} probable, false", BLUE, "--", "o"),
        "raw_sensitivity": ("worst 5 %", ORANGE, "-", "s"),
        "raw_mfdr": ("worst 5 %, false", ORANGE, "--", "s"),
    }
    ends = []
    for quantity, (label, colour, line, marker) in looks.items():
        found = part[part["quantity"] == quantity].sort_values("clients").dropna(subset=["value"])
        look = {"color": colour, "ls": line, "marker": marker, **SIZE}
        axis.errorbar(found["clients"], 100 * found["value"], 100 * _bars(found, share_interval), **look)
        if len(found):
            ends.append((found["clients"].iloc[-1], 100 * found["value"].iloc[-1], label, colour))
    axis.set_ylim(-3, 103)
    heading(axis, f"Harmful therapists of {part['therapists'].max():.0f}: sensitivity, false discoveries (%)")
    _log(axis, part["clients"], "Clients of each therapist")
    return ends


def _reliability(axis: Axes, advice: pd.DataFrame) -> list[tuple]:
    part = advice[advice["question"] == "reliability"]
    size = np.geomspace(part["clients"].min(), part["clients"].max(), 60)
    ends = []
    for (sd, found), colour, marker in zip(part.groupby("therapist_sd"), (BLUE, DARK, GREY), "osD", strict=False):
        formula = found[found["quantity"] == "formula"].iloc[0]
        information = formula["value"] / (1 - formula["value"]) / formula["clients"] * size
        by_formula = information / (1 + information)
        axis.plot(size, by_formula, color=colour, lw=1.1)
        raw = found[found["quantity"] == "raw_rate"]
        axis.errorbar(
            raw["clients"], raw["value"], _bars(raw, around), color=colour, marker=marker, ls="", ms=3.5, elinewidth=0.8
        )
        ends.append((size[-1], by_formula[-1], f"SD {sd:g}", colour))
    axis.axhline(0.7, color=GREY, ls=":", lw=1)
    axis.set_ylim(0, 1)
    heading(axis, "A therapist's raw rate: reliability")
    _log(axis, part["clients"], "Clients of each therapist")
    return ends


def _bars(table: pd.DataFrame, interval: Callable) -> np.ndarray:
    """How far the 95 % Monte Carlo interval of each row reaches down and up, shape (2, rows)."""
    ends = np.array([interval(row.value, row.mcse, int(row.replicates)) for row in table.itertuples()])
    return np.abs(ends.T - table["value"].to_numpy()) if len(table) else np.zeros((2, 0))


def _log(axis: Axes, sizes: pd.Series, label: str) -> None:
    ticks = np.sort(sizes.unique())
    axis.set_xscale("log")
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.set_xlabel(label)

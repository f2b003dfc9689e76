"""Which unknown numbers drive each conclusion?"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, FAINT, PALE, SMALL, figure, key, rows, styled
from iatrogenesis.figures.unknown_names import by_chance, named

PLACE = 20
TABLES = {"drivers": "tables/drivers.csv", "conclusions": "tables/conclusions.csv"}
ALT = (
    "One row per unknown number, one column per conclusion: bars for the share of the conclusion's variance over "
    "plausible worlds that goes with the number, filled where a higher value raises it; in the last column how much of "
    "the prior's spread the published patterns leave."
)
CAPTION = (
    "The unknown numbers that explain most of the variance of the main conclusions over the plausible worlds. Bars: "
    "share of the variance that goes with the number alone (squared rank correlation, less what chance gives on "
    "average); filled where a higher value raises the conclusion, hatched where it lowers it. Dashed: what the best "
    "of all unknown numbers explains by chance, exceeded in one of twenty ensembles; bars that end before it say "
    "nothing. Last column: spread of the number over the plausible worlds in per cent of its prior's, in scores; "
    "dotted: the prior. Far left of it, published patterns inform the number; an ensemble of this size loses some "
    "spread by chance alone. The supplement has the first drivers of every conclusion."
)
SHOWN = 14
NAMES = {
    "level": "deteriorated",
    "level_true": "truly deteriorated",
    "net": "net harm",
    "net_true": "net harm, true scores",
    "net_later": "net harm at follow-up",
    "rested": "averted by less burnout",
    "averted": "averted by preventions",
}
MAIN = "net"


@styled()
def draw(drivers: pd.DataFrame, conclusions: pd.DataFrame) -> Figure:
    """Draw from the table of drivers; the conclusions have the titles."""
    about = conclusions.set_index("conclusion")
    explained = drivers.pivot_table(index="unknown", columns="conclusion", values="explained", sort=False)
    names = list(dict.fromkeys(drivers["conclusion"]))
    chance = {name: by_chance(len(explained), int(about.loc[name, "members"])) for name in names}
    shown = _shown(explained[names])
    title = _title(explained[MAIN if MAIN in names else names[0]], chance.get(MAIN, 1.0))
    made, axes = figure(title, 0.16 * len(shown) + 1.35, DOUBLE, ncols=len(names) + 1, sharey=True)
    of = drivers.set_index(["conclusion", "unknown"])
    longest = 105 * float(np.nanmax(explained.loc[shown, names].to_numpy()))
    for axis, name in zip(axes, names, strict=False):
        _bars(axis, of.loc[name].loc[shown], 100 * chance[name])
        axis.set_xlim(0, longest)
        words = NAMES.get(name, about.loc[name, "label"])
        axis.set_title("\n".join(textwrap.wrap(words, 13)), loc="left", fontsize=SMALL)
    rows(axes[0], [named(unknown) for unknown in shown])
    axes[0].set_xlabel("Variance explained (%)", x=0, ha="left")
    _spread(axes[-1], drivers.drop_duplicates("unknown").set_index("unknown").loc[shown, "spread_left"])
    key(made, columns=3, handles=axes[0].get_legend_handles_labels()[0])
    return made


def _shown(explained: pd.DataFrame) -> list[str]:
    """The unknowns that explain most of any conclusion, that of most for net harm first."""
    first = explained.max(axis=1).nlargest(SHOWN).index
    by = explained.loc[first, MAIN] if MAIN in explained else explained.loc[first].max(axis=1)
    return list(by.sort_values(ascending=False, kind="stable").index)


def _title(explained: pd.Series, chance: float) -> str:
    first, most = explained.idxmax(), explained.max()
    if most <= chance:
        return "No single unknown number drives net harm by more than chance would show"
    words = named(str(first))
    words = words[0].upper() + words[1:]
    return f"“{words}” explains {100 * most:.0f} % of how net harm varies between plausible worlds"


def _bars(axis: Axes, part: pd.DataFrame, chance: float) -> None:
    at = np.arange(len(part))
    raises = part["correlation"].to_numpy() > 0
    looks = {"a higher value raises it": (raises, BLUE, ""), "a higher value lowers it": (~raises, PALE, "//////")}
    for label, (which, colour, hatch) in looks.items():
        bars = 100 * part["explained"].to_numpy() * which
        axis.barh(at, bars, height=0.62, color=colour, hatch=hatch, edgecolor=DARK, lw=0.5 * which, label=label)
    axis.axvline(chance, color=DARK, ls="--", lw=0.9, label="the best by chance")
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", color=FAINT, lw=0.6)
    axis.locator_params(axis="x", nbins=3)


def _spread(axis: Axes, left: pd.Series) -> None:
    axis.plot(100 * left, np.arange(len(left)), "D", color=DARK, ms=3.5, ls="")
    axis.axvline(100, color=DARK, ls=":", lw=1)
    axis.set_xlim(0, max(118, 105 * float(left.max())))
    axis.set_xticks([0, 50, 100])
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", color=FAINT, lw=0.6)
    axis.set_title("spread left", loc="left", fontsize=SMALL)
    axis.set_xlabel("% of prior")

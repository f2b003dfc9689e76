"""One look for all figures, in print, in grey, by colour-blind readers, on a phone; and the same bytes every time."""

import re
import textwrap
from collections.abc import Iterable
from contextlib import ContextDecorator
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.core.files import replacing

# Okabe & Ito's colours, chosen to differ in lightness too; markers and line styles say the same again.
DARK, BLUE, ORANGE, GREEN, GREY, PALE = "#1a1a1a", "#0072b2", "#d55e00", "#009e73", "#767676", "#c8d7e3"
FAINT = "#e4e4e4"

MM = 1 / 25.4  # inches
SINGLE, DOUBLE = 89 / 25.4, 183 / 25.4
"""Inches: one and two columns of a journal. One column is about a phone wide, so that type is as large there."""
TITLE, WORDS, SMALL = 9, 8, 7
"""Points, as printed; nothing is smaller or larger."""
APART = 6
"""Points between a panel, and marks that reach over its edge, and the values beside it."""
BOLD_AN_INCH = 12.2
"""Letters of the title in an inch."""

STYLE = {
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
    "font.size": WORDS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.labelsize": WORDS,
    "axes.labelpad": 2,
    "axes.titlesize": WORDS,
    "axes.titlepad": 4,
    "axes.axisbelow": True,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": SMALL,
    "legend.title_fontsize": SMALL,
    "legend.frameon": False,
    "svg.fonttype": "path",  # looks the same on a machine without our font
    "svg.hashsalt": "iatrogenesis",  # otherwise identifiers are random
    "pdf.fonttype": 42,  # whole letters, as journals ask, so that words can be found and copied
}


def styled() -> ContextDecorator:
    """Decorator of every ``draw``: what it makes is in the common style, legends and annotations included."""
    return mpl.rc_context(STYLE)


def figure(title: str, height: float = 2.8, width: float = SINGLE, **grid) -> tuple[Figure, Any]:
    """A new figure with what it shows as title, and its axes (as ``Figure.subplots`` gives them)."""
    made = Figure(figsize=(width, height), layout="constrained")
    words = textwrap.fill(title, int(BOLD_AN_INCH * width), break_long_words=False)
    made.suptitle(words, x=0.01, ha="left", fontsize=TITLE, fontweight="bold")
    return made, made.subplots(**grid)


def key(made: Figure, columns: int = 2, handles: list | None = None) -> None:
    """A legend below everything, where it covers nothing; in so many columns, or as many as there is room for."""
    found = made.axes[0].get_legend_handles_labels()[0] if handles is None else handles
    for number in range(columns, 0, -1):
        legend = made.legend(
            handles=found,
            loc="outside lower left",
            ncols=number,
            columnspacing=1.2,
            handlelength=2.2,
            borderaxespad=0.2,
        )
        if number == 1 or legend.get_window_extent().width < 0.98 * made.bbox.width:
            break
        legend.remove()


def heading(axes: Axes, words: str) -> None:
    """What a panel shows, above it, at its left."""
    axes.set_title(words, loc="left", fontsize=WORDS)


def rows(axes: Axes, names: Iterable[str]) -> None:
    """One row per name, the first on top, with a faint line through each."""
    names = list(names)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=FAINT, lw=0.6)


def rows_again(axes: Axes) -> None:
    """The rows of the panel at the left, without their names."""
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=FAINT, lw=0.6)


def signed(text: str) -> str:
    """Numbers with a minus of their own length, and no zero below zero."""
    return re.sub(r"-(?=0(?:\.0+)?(?![.\d]))", "", text).replace("-", "−")


def beside(axes: Axes, values: Iterable[str], head: str = "", places: Iterable[float] | None = None) -> None:
    """Values in a column at the right of the rows, with what they are above."""
    values = list(values)
    for place, value in zip(range(len(values)) if places is None else places, values, strict=True):
        axes.annotate(
            signed(value), (1, place), xytext=(APART, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=SMALL,
        )  # fmt: skip
    if head:
        axes.annotate(
            head, (1, 1), xytext=(APART, 4), xycoords="axes fraction", textcoords="offset points", color=DARK,
            fontsize=SMALL, va="bottom",
        )  # fmt: skip


UNDATED = {"svg": {"Date": None}, "png": {"Software": None}, "pdf": {"CreationDate": None, "Producer": None}}
"""The forms a figure can have, and what is left out of each, so that the same picture always has the same bytes."""


def save(made: Figure, *paths: Path | str) -> None:
    """Write the forms that the paths' endings ask for, all laid out alike, without a date, each in one step."""
    with mpl.rc_context(STYLE):
        # Laid out once: each form does it again, three times as slowly and a hair's breadth otherwise.
        made.draw_without_rendering()
        made.set_layout_engine("none")
        for path in paths:
            form = Path(path).suffix.removeprefix(".")
            with replacing(path) as temporary:
                made.savefig(temporary, format=form, dpi=300, metadata=UNDATED[form])

"""One look for all figures: readable in grey, by colour-blind readers and on a phone, and the same bytes every time."""

from contextlib import ContextDecorator
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from iatrogenesis.core.files import replacing

# Okabe & Ito's colours, chosen to differ in lightness too; markers and line styles say the same again.
DARK, BLUE, ORANGE, GREEN, GREY, PALE = "#1a1a1a", "#0072b2", "#d55e00", "#009e73", "#767676", "#c8d7e3"

WIDTH = 5.2
"""Inches: on a phone, 360 pixels across, ten-point type is then ten pixels high."""

STYLE = {
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "svg.fonttype": "path",  # looks the same on a machine without our font
    "svg.hashsalt": "iatrogenesis",  # otherwise identifiers are random
    "pdf.fonttype": 42,  # whole letters, as journals ask, so that words can be found and copied
}


def styled() -> ContextDecorator:
    """Decorator of every ``draw``: what it makes is in the common style, legends and annotations included."""
    return mpl.rc_context(STYLE)


def figure(title: str, height: float = 3.8, width: float = WIDTH, **grid) -> tuple[Figure, Any]:
    """A new figure with its question as title, and its axes (as ``Figure.subplots`` gives them)."""
    made = Figure(figsize=(width, height), layout="constrained")
    made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    return made, made.subplots(**grid)


def key(made: Figure, columns: int = 2, handles: list | None = None) -> None:
    """A legend below everything, where it covers nothing."""
    found = made.axes[0].get_legend_handles_labels()[0] if handles is None else handles
    made.legend(handles=found, loc="outside lower left", ncols=columns, columnspacing=1.4, handlelength=2.6)


UNDATED = {"svg": {"Date": None}, "png": {"Software": None}, "pdf": {"CreationDate": None, "Producer": None}}
"""The forms a figure can have, and what is left out of each, so that the same picture always has the same bytes."""


def save(made: Figure, *paths: Path | str) -> None:
    """Write the forms that the paths' endings ask for, without a date, each in one step."""
    with mpl.rc_context(STYLE):
        for path in paths:
            form = Path(path).suffix.removeprefix(".")
            with replacing(path) as temporary:
                made.savefig(temporary, format=form, dpi=200, metadata=UNDATED[form])

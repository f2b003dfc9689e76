"""Small pictures for one column of print, 89 mm, and across the page, 183 mm; each for light and for dark pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from iatrogenesis.figures.style import BLUE, DARK, DOUBLE, GREY, ORANGE, PALE, SINGLE, STYLE, UNDATED

COLUMN, PAGE = SINGLE, DOUBLE
"""Inches: the widths of one and of two columns in journals."""
TITLE, WORDS, SMALL = 8.5, 7.8, 7.2
"""Points, in print."""


class Look(NamedTuple):
    """Colours of one picture: paper, ink, what matters, what is beside it, and what is faint."""

    paper: str
    ink: str
    strong: str
    other: str
    quiet: str
    faint: str


LIGHT = Look("white", DARK, BLUE, ORANGE, GREY, PALE)
NIGHT = Look("#16181a", "#e8e8e8", "#56b4e9", "#f0945a", "#a2a6aa", "#3a4855")


def drawn(draw: Callable[..., Figure], *given: Any) -> dict[str, bytes]:
    """A picture as SVG for light and for dark pages; always the same bytes.

    Parameters
    ----------
    draw
        Takes what is given and a `Look`.
    """
    return {"light": _svg(draw, given, LIGHT), "dark": _svg(draw, given, NIGHT)}


def _svg(draw: Callable[..., Figure], given: tuple, look: Look) -> bytes:
    with styled(look):
        file = BytesIO()
        draw(*given, look).savefig(file, format="svg", metadata=UNDATED["svg"], facecolor=look.paper)
    return file.getvalue()


def styled(look: Look) -> AbstractContextManager:
    """Within it, pictures are drawn in a look."""
    style = {"font.size": WORDS, "axes.labelsize": WORDS, "xtick.labelsize": SMALL, "ytick.labelsize": SMALL}
    style |= {"figure.facecolor": look.paper, "axes.facecolor": look.paper}
    style |= dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), look.ink)
    return mpl.rc_context(STYLE | style)


def column(title: str, height: float) -> tuple[Figure, Any]:
    """A picture of one column, so many mm high, with what is to be seen as its title; and its axes."""
    made = Figure(figsize=(COLUMN, height / 25.4), layout=ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02))
    made.suptitle(title, x=0.01, ha="left", fontsize=TITLE, fontweight="bold")
    return made, made.subplots()

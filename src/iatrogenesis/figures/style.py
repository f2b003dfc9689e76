"""One look for all figures: readable in grey and by colour-blind readers, and the same bytes every time."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from iatrogenesis.data.files import replacing

# Okabe & Ito's colours, chosen to differ in lightness too; markers and line styles say the same again.
DARK, BLUE, ORANGE, GREEN, GREY, PALE = "#1a1a1a", "#0072b2", "#d55e00", "#009e73", "#767676", "#c8d7e3"

STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.constrained_layout.use": True,
    "legend.frameon": False,
    "svg.fonttype": "path",  # looks the same on a machine without our font
    "svg.hashsalt": "iatrogenesis",  # otherwise identifiers are random
}


def figure(width: float = 7.0, height: float = 4.4, **grid) -> tuple[Figure, object]:
    """A new figure in the common style, with its axes (as ``Figure.subplots`` gives them)."""
    with mpl.rc_context(STYLE):
        made = Figure(figsize=(width, height))
        return made, made.subplots(**grid)


def save(made: Figure, svg: Path | str, png: Path | str) -> None:
    """Write both forms, without a date, each in one step."""
    with mpl.rc_context(STYLE):
        for path, form in ((svg, "svg"), (png, "png")):
            with replacing(path) as temporary:
                about = {"Date": None} if form == "svg" else {"Software": None}
                made.savefig(temporary, format=form, dpi=160, metadata=about)

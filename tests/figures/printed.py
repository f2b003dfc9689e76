"""What is wrong with a figure as it is printed: width, type, words that overlap or are cut, lines alike in grey."""

from itertools import combinations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from iatrogenesis.figures.style import STYLE

WIDTHS = (89, 183)  # mm
TYPE = (7, 9)  # points
TALLEST = 205  # mm: of a page, a caption stands below
LIGHTNESS = 0.1
"""Two greys at least so far apart can be told from each other; else markers or dashes have to differ."""
WEIGHTS = np.array([0.299, 0.587, 0.114])  # as pictures are turned into grey


@mpl.rc_context(STYLE)  # as `save` has it: ticks are made when they are drawn
def faults(made: Figure) -> list[str]:
    """Everything that is wrong, in words; the figure is laid out as it is saved."""
    made.draw_without_rendering()
    width, height = 25.4 * made.get_size_inches()
    found = [] if round(width, 3) in WIDTHS else [f"{width:.1f} mm wide"]
    found += [] if height <= TALLEST else [f"{height:.0f} mm tall"]
    texts = shown(made)
    for text, box in texts:
        size = text.get_fontsize()
        if not TYPE[0] <= size <= TYPE[1]:
            found.append(f"{size:g} pt: {text.get_text()!r}")
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > made.bbox.width + 0.5 or box.y1 > made.bbox.height + 0.5:
            found.append(f"cut off: {text.get_text()!r}")
    for (one, first), (other, second) in combinations(texts, 2):
        if overlapping(first, second, slack=0.6 * made.dpi / 72):
            found.append(f"overlap: {one.get_text()!r} and {other.get_text()!r}")
    for axes in made.axes:
        found += [f"alike in grey: {pair}" for pair in alike(axes)]
    return found


def shown(made: Figure) -> list[tuple[Text, Bbox]]:
    """Every text that is drawn, with its box."""
    unseen = {id(text) for axes in made.axes for text in _beyond(axes)}
    texts = [text for text in made.findobj(Text) if text.get_visible() and text.get_text().strip()]
    texts = [text for text in texts if id(text) not in unseen and _drawn(text)]
    return [(text, Text.get_window_extent(text)) for text in texts]


def _drawn(text: Text) -> bool:
    return text.axes is None or text.axes.get_visible()


def _beyond(axes: Axes) -> list[Text]:
    """Labels of axes that are switched off, and of ticks outside an axis: neither are drawn."""
    found = []
    for axis in (axes.xaxis, axes.yaxis):
        drawn = {id(tick) for tick in axis._update_ticks()} if axes.axison else set()
        for tick in (*axis.majorTicks, *axis.minorTicks):
            labels = (tick.label1, tick.label2)
            found += labels if id(tick) not in drawn else []
        found += [] if axes.axison else [axis.label, axis.offsetText]
    return found


def overlapping(one: Bbox, other: Bbox, slack: float) -> bool:
    """Whether two boxes share more than a hair."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    up = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > slack and up > slack


def alike(axes: Axes) -> set[tuple[str, str]]:
    """Pairs of colours of lines that turn into nearly the same grey and are dashed, marked and filled alike."""
    looks: dict[tuple, set[str]] = {}
    for line in axes.lines:
        if line.get_visible() and len(np.atleast_1d(line.get_xdata())):
            looks.setdefault(_form(line), set()).add(_colour(line))
    found = set()
    for colours in looks.values():
        for one, other in combinations(sorted(colours), 2):
            if abs(lightness(one) - lightness(other)) < LIGHTNESS:
                found.add((one, other))
    return found


def _form(line: Line2D) -> tuple:
    marker = str(line.get_marker())
    dash = str(line.get_linestyle())
    hollow = marker not in ("None", "", " ") and to_rgba(line.get_markerfacecolor())[:3] == (1, 1, 1)
    weight = round(2 * line.get_linewidth()) if dash != "None" else 0
    return marker, dash, hollow, weight


def _colour(line: Line2D) -> str:
    colour = line.get_color() if str(line.get_linestyle()) != "None" else line.get_markeredgecolor()
    return "#" + "".join(f"{round(255 * part):02x}" for part in to_rgb(colour))


def lightness(colour: str) -> float:
    """How light a colour is in a grey picture, 0 (black) to 1 (white)."""
    return float(WEIGHTS @ to_rgb(colour))

"""Words beside what they name, instead of a legend; none covers another."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from iatrogenesis.figures.style import GREY, SMALL

GAP = 1.0  # points between two labels
RINGS = (0, 8, 18, 30, 44)  # points by which a label may be moved away from its point
NEAR = 6  # points from a label that need no line
ALONG = (0, -9, 9, -18, 18, -27, 27, -38, 38, 50)


def at_ends(axes: Axes, ends: Iterable[tuple[float, float, str, str]]) -> list[Annotation]:
    """Name lines at their right ends: of each x, y, what it is, and its colour; pushed apart where they are close."""
    ends = list(ends)
    made = [
        axes.annotate(
            words, (x, y), xytext=(4, 0), textcoords="offset points", color=ink(colour), va="center", fontsize=SMALL,
            annotation_clip=False,
        )
        for x, y, words, colour in ends
    ]  # fmt: skip
    _laid_out(axes)
    boxes = [label.get_window_extent() for label in made]
    points = 72 / _figure(axes).dpi
    middle = np.array([(box.y0 + box.y1) / 2 * points for box in boxes])
    tall = np.array([box.height * points + GAP for box in boxes])
    frame = axes.get_window_extent()
    placed = _within(_apart(middle, tall), tall, frame.y0 * points, frame.y1 * points)
    for label, new, old in zip(made, placed, middle, strict=True):
        label.xyann = (4, new - old)
    return made


def at_points(axes: Axes, points: Iterable[tuple[float, float, str]], taken: Iterable[tuple] = ()) -> list[Annotation]:
    """Name points where there is room near them, and join those moved far away by a thin line.

    Parameters
    ----------
    points
        Of each x, y and what it is.
    taken
        Boxes in data coordinates that no label may cover: left, lower, right, upper.
    """
    points = list(points)
    _laid_out(axes)
    scale = 72 / _figure(axes).dpi
    frame = axes.get_window_extent()
    blocked = [np.ravel(axes.transData.transform([box[:2], box[2:]])) * scale for box in taken]
    place = axes.transData.transform([(x, y) for x, y, _ in points]) * scale
    blocked += [np.array([x - 3, y - 3, x + 3, y + 3]) for x, y in place]
    made = []
    for (x, y, words), centre in zip(points, place, strict=True):
        plain: dict[str, Any] = {"textcoords": "offset points", "fontsize": SMALL, "va": "center"}
        label = axes.annotate(words, (x, y), xytext=(0, 0), **plain)
        box = label.get_window_extent()
        label.remove()
        wide, tall = box.width * scale, box.height * scale
        best = _free(centre, wide, tall, blocked, np.array(frame.extents) * scale)
        label = axes.annotate(words, (x, y), xytext=tuple(best), arrowprops=_line(best, wide, tall), **plain)
        label.set_in_layout(False)
        corner = centre + best
        blocked.append(np.array([corner[0], corner[1] - tall / 2, corner[0] + wide, corner[1] + tall / 2]))
        made.append(label)
    return made


def ink(colour: str) -> tuple[float, float, float]:
    """A colour dark enough for small words of it to be read."""
    red, green, blue = (0.7 * part for part in to_rgb(colour))
    return red, green, blue


def _line(offset: np.ndarray, wide: float, tall: float) -> dict[str, Any] | None:
    """A line from the point to the nearest side of its label; none if that is right beside it."""
    aside = max(offset[0], -offset[0] - wide, 0.0)
    if aside <= NEAR and abs(offset[1]) <= 1.3 * tall:
        return None
    across = float(np.clip(-offset[0] / wide, 0, 1))
    up = 0.5 if abs(offset[1]) <= tall / 2 else float(offset[1] < 0)
    return {"arrowstyle": "-", "color": GREY, "lw": 0.5, "shrinkA": 0, "shrinkB": 2, "relpos": (across, up)}


def _free(centre: np.ndarray, wide: float, tall: float, blocked: list[np.ndarray], frame: np.ndarray) -> np.ndarray:
    """Offset of a label's left middle: the first place near its point that covers least and lies in the frame."""
    best, least = np.zeros(2), np.inf
    for far in RINGS:
        for up in ALONG:
            beyond = (-4, 4 - wide, -wide / 2) if abs(up) > tall else ()
            for across in (5 + far, -5 - far - wide, *beyond):
                left, low = centre[0] + across - 0.5, centre[1] + up - tall / 2
                box = np.array([left, low, left + wide + 1, low + tall])
                outside = max(frame[0] - box[0], box[2] - frame[2], frame[1] - box[1], box[3] - frame[3], 0)
                cost = sum(_shared(box, other) for other in blocked) + 1000 * outside
                if cost < least - 1e-9:
                    best, least = np.array([across, up]), cost
                if least == 0:
                    return best
    return best


def _shared(one: np.ndarray, other: np.ndarray) -> float:
    """Area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def _apart(middle: np.ndarray, tall: np.ndarray) -> np.ndarray:
    """Middles of labels, moved as little as needed so that neighbours do not overlap (pooled, as in isotonic fits)."""
    order = np.argsort(middle, kind="stable")
    groups: list[list] = []  # wanted lower end, height, members
    for one in order:
        groups.append([middle[one] - tall[one] / 2, tall[one], [one]])
        while len(groups) > 1 and groups[-2][0] + groups[-2][1] > groups[-1][0]:
            low, high = groups[-2], groups.pop()
            size = len(low[2]) + len(high[2])
            low[0] = (len(low[2]) * low[0] + len(high[2]) * (high[0] - low[1])) / size
            low[1], low[2] = low[1] + high[1], low[2] + high[2]
    placed = np.empty(len(middle))
    for low, _, members in groups:
        ends = low + np.cumsum(tall[members])
        placed[members] = ends - tall[members] / 2
    return placed


def _within(middle: np.ndarray, tall: np.ndarray, low: float, high: float) -> np.ndarray:
    """Middles of labels, pushed into a frame without overlap where they stick out of it."""
    placed, order = middle.copy(), np.argsort(middle, kind="stable")
    for turn, side in ((order[::-1], 1), (order, -1)):
        end = high if side > 0 else low
        for one in turn:
            placed[one] = side * min(side * placed[one], side * end - tall[one] / 2)
            end = placed[one] - side * tall[one] / 2
    return placed


def _laid_out(axes: Axes) -> None:
    made = _figure(axes)
    engine = made.get_layout_engine()
    if engine is not None:
        engine.execute(made)


def _figure(axes: Axes) -> Figure:
    found = axes.figure
    if not isinstance(found, Figure):
        raise TypeError(f"labels need the axes of a whole figure, found those of {type(found).__name__}")
    return found

"""How a table stands on paper so that it can be read: upright, on its side, turned round, or in parts.

No table is set smaller than `SIZES` end: what is too broad for the page's height, too, is cut into parts that stand one
below the other, each with the table's first column. A table of a few rows is turned round instead, so that each of its
columns becomes a row.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

SIZES = (7.8, 7.2)  # points
UPRIGHT, SIDEWAYS = 16.6, 26.7  # cm, what a page has beside its margins
LETTER = 0.0174  # cm a point of size: an average letter of the text's face, and some more
INSET = 1.8  # letters, what stands free on both sides of a cell
LONG = 12  # rows: a longer table has pages of its own anyway, which may lie on their side
FEW = 3  # rows
MOST_PARTS = 3  # of a short table that stands upright
LONGEST = 12  # letters of a plain word that is not broken
PLAIN = re.compile(r"\W*[^\W\d_]+\W*")
SHORT, BROADEST = 24, 30  # letters of a cell that has two lines at most, and of the broadest column that is asked for
LINES = 3  # of longer ones


class Layout(NamedTuple):
    """How a table stands.

    Attributes
    ----------
    size
        Of its letters, points.
    sideways, turned
        Whether its page lies on its side; whether its columns are rows.
    parts
        Which columns (rows, where it is turned) each part has.
    """

    size: float
    sideways: bool
    turned: bool
    parts: list[list[int]]


def layout(rows: Sequence[Sequence[str]]) -> Layout:
    """Find how a table stands, from its texts; the first row holds the headings."""
    needs = [_need([row[place] for row in rows]) for place in range(len(rows[0]))]
    whole, long = list(range(len(needs))), len(rows) - 1 > LONG
    for sideways in (False, True) if long else (False,):
        for size in SIZES:
            if sum(needs) <= _room(size, sideways):
                return Layout(size, sideways, False, [whole])
    if len(rows) - 1 <= FEW:
        return Layout(SIZES[0], False, True, [whole])
    upright = _parts(needs, _room(SIZES[-1], False))
    if not long and len(upright) <= MOST_PARTS:
        return Layout(SIZES[-1], False, False, upright)
    return Layout(SIZES[-1], True, False, _parts(needs, _room(SIZES[-1], True)))


def widths(rows: Sequence[Sequence[str]], size: float, sideways: bool) -> list[float]:
    """Return how broad each column of a part is: what it asks for, and of what is left the more the more it holds."""
    needs = [_need([row[place] for row in rows]) for place in range(len(rows[0]))]
    free = max(_room(size, sideways) - sum(needs), 0.0)
    held = [max(max(len(row[place]) for row in rows), 1) ** 0.6 for place in range(len(needs))]
    return [need + free * one / sum(held) for need, one in zip(needs, held, strict=True)]


def _room(size: float, sideways: bool) -> float:
    """Letters that a line has room for."""
    return (SIDEWAYS if sideways else UPRIGHT) / (LETTER * size)


def _need(texts: Sequence[str]) -> float:
    """Letters that a column asks for: of its longest word, and of cells in no more lines than are easily read."""
    most = 1.0
    for text in texts:
        lines = 2 if len(text) <= SHORT else LINES
        most = max(most, *map(_unbroken, text.split()), len(text) / lines)
    return min(most, BROADEST) + INSET


def _unbroken(word: str) -> float:
    """Letters of a word that stay on one line: all of a name such as ``therapist_effect[T004]``."""
    return min(len(word), LONGEST) if PLAIN.fullmatch(word) else max(map(len, word.split("-")))


def _parts(needs: Sequence[float], room: float) -> list[list[int]]:
    """Columns of each part: the first, and as many others as there is room for, shared out evenly."""
    number = 1
    while True:
        share = max(sum(needs[1:]) / number, max(needs[1:], default=0.0))
        parts, filled = [[0]], 0.0
        for place in range(1, len(needs)):
            if filled and filled + needs[place] > min(room - needs[0], 1.15 * share):
                parts, filled = [*parts, [0]], 0.0
            parts[-1].append(place)
            filled += needs[place]
        broadest = max(sum(needs[place] for place in part) for part in parts)
        if broadest <= room or len(parts) >= len(needs) - 1:
            return parts
        number += 1

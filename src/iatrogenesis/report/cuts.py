"""The room of a picture on paper; one that is taller than a page in parts, cut between its lines of words."""

import re
from itertools import pairwise

from iatrogenesis.report.pictures import printed_width

BOX = re.compile(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"')
HEIGHT = re.compile(rb'(<svg [^>]*?height=")[\d.]+(?:pt)?"')
LINE = re.compile(rb"translate\([\d.]+ ([\d.]+)\) scale")
"""Where matplotlib sets words as paths: the height of their baseline."""

REACH = 0.12  # of a part's height: how far from equal parts a cut may lie
BELOW = 2.5  # points that a cut lies nearer the upper line, because letters stand on their baseline


BROAD, TALLEST, PAGE = 13.5, 20.5, 23.0  # cm, of pictures; a part of a picture that is cut may fill a page
TEXT, WIDEST = 16.6, 18.3  # cm, of the text, and of a picture, which may reach into the margins


def size(svg: bytes) -> tuple[float, float]:
    """Width and height in the picture's own units; 1 and 1 where it does not say."""
    found = BOX.search(svg)
    return (float(found[1]), float(found[2])) if found else (1.0, 1.0)


def broad(svg: bytes) -> float:
    """How wide a picture stands, in cm: as it was made, so that its type has the size that was meant."""
    return min(printed_width(svg), WIDEST) or BROAD


def beyond(svg: bytes) -> float:
    """How far a picture reaches into each margin, in cm; negative where it does not."""
    return (broad(svg) - TEXT) / 2


def space(svg: bytes, cut: list[bytes]) -> str:
    """Its width, or the height of a page where that is less, for Typst; all parts of a picture are as wide."""
    width, height = size(svg)
    wide = broad(svg)
    return f"height: {TALLEST}cm" if len(cut) == 1 and height / width * wide > TALLEST else f"width: {wide:.2f}cm"


def in_parts(svg: bytes) -> list[bytes]:
    """The picture, in parts if it would be too small to read on one page."""
    width, height = size(svg)
    return parts(svg, PAGE / broad(svg)) if height / width * broad(svg) > 1.5 * TALLEST else [svg]


def parts(svg: bytes, tallest: float) -> list[bytes]:
    """The picture in as few parts as are at most `tallest` times as high as wide; itself where it is no taller."""
    width, height = size(svg)
    many = -int(-height // (tallest * width))
    if many <= 1:
        return [svg]
    lines = sorted({float(found) for found in LINE.findall(svg)})
    each = height / many
    ends = [0.0, *(_between(lines, each * part, each * REACH) for part in range(1, many)), height]
    return [_window(svg, width, top, end - top) for top, end in pairwise(ends)]


def _between(lines: list[float], wanted: float, reach: float) -> float:
    """The middle of the widest gap between lines near a height."""
    near = [(b - a, (a + b) / 2 - BELOW) for a, b in pairwise(lines)]
    gaps = [(gap, at) for gap, at in near if abs(at - wanted) <= reach]
    return max(gaps)[1] if gaps else wanted


def _window(svg: bytes, width: float, top: float, height: float) -> bytes:
    boxed = BOX.sub(b'viewBox="0 %.2f %.2f %.2f"' % (top, width, height), svg, count=1)
    return HEIGHT.sub(rb'\g<1>%.2fpt"' % height, boxed, count=1)

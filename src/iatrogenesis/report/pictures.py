"""Figures as a page shows them: inside it, with their words."""

import base64
import re
from collections.abc import Mapping


def data_uri(svg: bytes) -> str:
    """An SVG picture as a self-contained address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


CM = 2.54 / 72  # of a point
WIDE = 10.0
"""Centimetres: a picture that is wider was made for two columns of print."""


def printed_width(svg: bytes) -> float:
    """How wide a picture is meant to be in print, in cm; 0 where it does not say."""
    found = re.search(rb'<svg[^>]*\swidth="([0-9.]+)pt"', svg[:2000])
    return float(found[1]) * CM if found else 0.0


def page_figures(drawn: Mapping[str, bytes], words: Mapping[str, Mapping[str, str]]) -> list[dict]:
    """Every figure's SVG with its title, alternative text and caption, in the order of the page."""
    return [
        {"name": name, "uri": data_uri(svg), "wide": printed_width(svg) > WIDE, **words[name]}
        for name, svg in drawn.items()
    ]

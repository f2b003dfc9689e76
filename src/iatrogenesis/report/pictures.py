"""Figures as a page shows them: inside it, with their words."""

import base64
import re
from collections.abc import Mapping


def data_uri(svg: bytes) -> str:
    """An SVG picture as a self-contained address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


WIDE = 300
"""Points: a picture that is wider was made for two columns of print."""


def is_wide(svg: bytes) -> bool:
    """Whether a picture needs the whole width of a page, so that on a phone it is moved rather than made small."""
    found = re.search(rb'<svg[^>]*\swidth="([0-9.]+)pt"', svg[:2000])
    return found is not None and float(found[1]) > WIDE


def page_figures(drawn: Mapping[str, bytes], words: Mapping[str, Mapping[str, str]]) -> list[dict]:
    """Every figure's SVG with its title, alternative text and caption, in the order of the page."""
    return [{"name": name, "uri": data_uri(svg), "wide": is_wide(svg), **words[name]} for name, svg in drawn.items()]

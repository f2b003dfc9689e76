"""Figures as a page shows them: inside it, with their words."""

import base64
from collections.abc import Mapping


def data_uri(svg: bytes) -> str:
    """An SVG picture as a self-contained address."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def page_figures(drawn: Mapping[str, bytes], words: Mapping[str, Mapping[str, str]]) -> list[dict]:
    """Every figure's SVG with its title, alternative text and caption, in the order of the page."""
    return [{"name": name, "uri": data_uri(svg), **words[name]} for name, svg in drawn.items()]

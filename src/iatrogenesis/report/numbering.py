"""Numbers of figures and tables: by their order on each page, and known on the other page too.

Templates do not know what stands where. Their macros leave marks, in characters that no text has, and `numbered` puts
"Figure 3" or "Table S4" in their place, once all pages are there.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from markupsafe import Markup

START, END = "\ue000", "\ue001"
MARK = re.compile(rf"{START}(title|see) (figure|table) (\w+){END}")


class UnknownPlace(ValueError):
    """A text refers to a figure or table that stands on no page, or that stands twice."""


class Place(NamedTuple):
    """Where a figure or table stands, and what it is called there."""

    page: str
    title: str


def title(kind: str, name: str) -> Markup:
    """A mark for "Figure 3", above or below the thing itself."""
    return Markup(f"{START}title {kind} {name}{END}")  # noqa: S704 -- names are those of templates and modules


def see(kind: str, name: str) -> Markup:
    """A mark for a link to it."""
    return Markup(f"{START}see {kind} {name}{END}")  # noqa: S704


def places(pages: Mapping[str, str], prefixes: Mapping[str, str]) -> dict[tuple[str, str], Place]:
    """Every figure and table by kind and name, numbered in its order on its page; raises `UnknownPlace` for two."""
    found: dict[tuple[str, str], Place] = {}
    for page, text in pages.items():
        counts = {"figure": 0, "table": 0}
        for kind, name in re.findall(r'<(?:figure|div)\b[^>]*\bid="(figure|table)-(\w+)"', text):
            if (kind, name) in found:
                raise UnknownPlace(f"the {kind} {name} stands twice, on {found[kind, name].page} and on {page}")
            counts[kind] += 1
            found[kind, name] = Place(page, f"{kind.capitalize()} {prefixes[page]}{counts[kind]}")
    return found


def numbered(pages: Mapping[str, str], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Pages by file name with numbers and links in the place of marks.

    Parameters
    ----------
    pages
        Texts of all pages that refer to each other.
    prefixes
        What stands before a number on each page, such as "S".

    Raises
    ------
    UnknownPlace
        If a mark's figure or table stands nowhere, or stands twice.
    """
    known = places(pages, prefixes)

    def filled(page: str, mark: re.Match) -> str:
        form, kind, name = mark.groups()
        if (kind, name) not in known:
            raise UnknownPlace(f"{page} refers to the {kind} {name}, which stands on no page")
        place = known[kind, name]
        if form == "title":
            return place.title
        address = f"{'' if place.page == page else place.page}#{kind}-{name}"
        return f'<a href="{address}">{place.title}</a>'.replace(" ", "\u00a0").replace("<a\u00a0", "<a ")

    return {page: MARK.sub(lambda mark, page=page: filled(page, mark), text) for page, text in pages.items()}

"""The paper and its supplement: two pages of the same numbers, which refer to each other's figures and tables."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from iatrogenesis.core.pages import filled_page
from iatrogenesis.core.references import Reference
from iatrogenesis.report.citing import Cited
from iatrogenesis.report.numbering import numbered, see, title
from iatrogenesis.report.render import templates
from iatrogenesis.report.tables import Table

TEMPLATES = {"report.html": "template.html.j2", "supplement.html": "supplement.html.j2"}
PREFIXES = {"report.html": "", "supplement.html": "S"}
INCLUDED = re.compile(r'{% include "(\w+/[\w.]+j2)"')
SHOWN = re.compile(r'show\.figure\("(\w+)"\)')


def report_pages(
    numbers: Mapping[str, dict],
    figures: list[dict],
    tables: Mapping[str, object],
    about: Mapping,
    references: Mapping[str, Reference],
) -> dict[str, str]:
    """Return both pages by file name; parameters and errors as of `iatrogenesis.report.render.render`.

    Raises
    ------
    iatrogenesis.report.numbering.UnknownPlace
        If a text refers to a figure or table that is on neither page.
    """
    texts, shown = {}, dict(tables) | {"figure_sources": sources([figure["name"] for figure in figures])}
    for page, template in TEMPLATES.items():
        cited = Cited(references)
        citing = {"cite": cited.narrative, "cites": cited.bracketed, "cited": cited.listed}
        whole = dict(about) | citing | {"title": title, "see": see, "references": list(references.values())}
        texts[page] = filled_page(templates(numbers, figures, shown, whole), template)
    return numbered(texts, PREFIXES)


@cache
def figures_of(page: str) -> tuple[str, ...]:
    """Figures that a page shows if the study has them, in its order, as its templates name them."""
    folder = Path(__file__).parent
    parts = INCLUDED.findall((folder / TEMPLATES[page]).read_text(encoding="utf-8"))
    return tuple(name for part in parts for name in SHOWN.findall((folder / part).read_text(encoding="utf-8")))


def page_of(figure: str) -> str:
    """The page on which a figure stands, for links from elsewhere; empty for a figure that no text shows yet."""
    return next((page for page in TEMPLATES if figure in figures_of(page)), "")


def sources(figures: Collection[str]) -> Table:
    """What draws each figure, in the order of the pages."""
    order = [name for page in TEMPLATES for name in figures_of(page) if name in figures]
    rows = [[title("figure", name), f"figure_{name}", f"src/iatrogenesis/figures/{name}.py"] for name in order]
    return Table(["Figure", "Rule", "Module"], rows, [""] * len(rows))

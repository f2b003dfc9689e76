"""The report of one analysis as a page: a strict template, tables and pictures, and no other source."""

from collections.abc import Mapping
from functools import cache

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from iatrogenesis.own_data.prepared import About
from iatrogenesis.own_data.reporting import methods_paragraph, said
from iatrogenesis.own_data.reporting.absent import why
from iatrogenesis.own_data.reporting.numbers import numbers
from iatrogenesis.own_data.reporting.pictures import words
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sections import VARIED, sections
from iatrogenesis.own_data.reporting.sentences import answers, headline
from iatrogenesis.own_data.reporting.tables import page_tables
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.report.pictures import data_uri
from iatrogenesis.report.render import NARROW

TEMPLATE = "page.html.j2"


def report(tables: Mapping[str, pd.DataFrame], about: About, settings: OwnData, figures: Mapping[str, str]) -> str:
    """Return the report as one self-contained HTML page without scripts.

    Parameters
    ----------
    tables
        Result tables by name, as `iatrogenesis.own_data.reporting.cells.read_tables` reads them; any may be absent.
    about, settings
        Of the prepared tables, and of the analysis.
    figures
        SVG texts by name, as `iatrogenesis.own_data.figures.draw_all` writes them; those not drawn are absent.

    Raises
    ------
    jinja2.UndefinedError
        If a template asks for what is not there.
    """
    results = Results(tables, about, settings)
    found = numbers(results)
    references = methods_paragraph.references()
    text, cited = methods_paragraph.methods(results, references)
    context = {
        **said.sentences(results, found),
        "name": about.name,
        "title": about.title or about.name,
        "unit": results.unit,
        "units": results.units,
        "least_named": settings.privacy.least_named,
        "headline": headline(results, found),
        "answers": answers(results, found),
        "sections": sections(results),
        "varied": VARIED,
        "shown": page_tables(results),
        "figures": _figures(results, figures),
        "why": why(results),
        "methods": text,
        "references": [references[key] for key in references if key in cited],
        "files": sorted(tables),
    }
    return _environment().get_template(TEMPLATE).render(context)


@cache
def _environment() -> Environment:
    """Templates of this folder, and the style of the main report."""
    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("iatrogenesis.own_data.reporting", "."), PackageLoader("iatrogenesis.report", ".")]
        ),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_together,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _together(printed: object) -> object:
    """A number and its per cent sign stay on one line; markup that is safe already is left as it is."""
    return printed.replace(" %", f"{NARROW}%") if type(printed) is str else printed


def _figures(results: Results, figures: Mapping[str, str]) -> dict[str, dict]:
    """Return each picture with its number, in the order of the page, and its words."""
    drawn = [(name, said) for name, said in words(results).items() if name in figures]
    return {
        name: {"number": place, "uri": data_uri(figures[name].encode()), "alt": said.alt, "caption": said.caption}
        for place, (name, said) in enumerate(drawn, start=1)
    }

"""The report of one analysis as a page: a strict template, tables and pictures, and no other source."""

from collections.abc import Mapping
from functools import cache

import pandas as pd
from jinja2 import ChoiceLoader, Environment, PackageLoader

from iatrogenesis.core.pages import filled_page, strict_environment
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
from iatrogenesis.report.tables import Table

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
    cite = methods_paragraph.Cites(methods_paragraph.references())
    text = methods_paragraph.methods(results, cite)
    shown = {name: _sourced(table, cite) for name, table in page_tables(results).items()}
    context = {
        **said.sentences(results, found, cite),
        "name": about.name,
        "title": about.title or about.name,
        "unit": results.unit,
        "units": results.units,
        "least_named": settings.privacy.least_named,
        "headline": headline(results, found),
        "answers": answers(results, found),
        "sections": sections(results),
        "varied": VARIED,
        "shown": shown,
        "figures": _figures(results, figures),
        "why": why(results),
        "methods": text,
        "references": [one for key, one in cite.references.items() if key in cite.used],
        "files": sorted(tables),
    }
    return filled_page(_environment(), TEMPLATE, context)


@cache
def _environment() -> Environment:
    """Templates of this folder, and the style of the main report."""
    return strict_environment(
        ChoiceLoader(
            [PackageLoader("iatrogenesis.own_data.reporting", "."), PackageLoader("iatrogenesis.report", ".")]
        ),
        finalize=_together,
    )


def _together(printed: object) -> object:
    """A number and its per cent sign stay on one line; markup that is safe already is left as it is."""
    return printed.replace(" %", f"{NARROW}%") if type(printed) is str else printed


def _sourced(table: Table, cite: methods_paragraph.Cites) -> Table:
    """Sources in cells in their short forms, so that they stand among the references."""
    return table._replace(rows=[[methods_paragraph.with_sources(cell, cite) for cell in row] for row in table.rows])


def _figures(results: Results, figures: Mapping[str, str]) -> dict[str, dict]:
    """Return each picture with its number, in the order of the page, and its words."""
    drawn = [(name, said) for name, said in words(results).items() if name in figures]
    return {
        name: {"number": place, "uri": data_uri(figures[name].encode()), "alt": said.alt, "caption": said.caption}
        for place, (name, said) in enumerate(drawn, start=1)
    }

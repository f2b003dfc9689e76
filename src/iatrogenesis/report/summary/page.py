"""The summary's page: its words from a strict template, its pictures drawn from the same numbers."""

from collections.abc import Mapping

from iatrogenesis.report.pictures import data_uri
from iatrogenesis.report.render import render
from iatrogenesis.report.rounding import rounded
from iatrogenesis.report.summary.design import narrow, wide
from iatrogenesis.report.summary.drawing import drawn
from iatrogenesis.report.summary.findings import Findings, called
from iatrogenesis.report.summary.pictures import PICTURES

REFERENCE = "reference_cell"
"""The cell of the simulation study whose power is told; the others are its range."""


def pictures(found: Findings, about: Mapping[str, str | int]) -> dict[str, dict[str, bytes]]:
    """Return every picture of the page by name, for light and for dark screens; `about` as for `summary`."""
    counts = {
        "patterns": int(found.value("evidence.all")),
        "worlds": int(found.value("conclusions.net.members")),
        "methods": int(found.value("study.methods")),
        "cells": int(found.value("study.cells")),
        "replicates": int(found.value("study.replicates")),
        "routes": int(about["routes"]),
        "preventions": int(about["preventions"]),
    }
    drawings = {name: drawn(draw, found) for name, draw in PICTURES.items()}
    return drawings | {"wide": drawn(wide, counts), "narrow": drawn(narrow, counts)}


def summary(found: Findings, drawings: Mapping[str, Mapping[str, bytes]], about: Mapping[str, str | int]) -> str:
    """Return the page.

    Parameters
    ----------
    found
        What the numbers allow to say.
    drawings
        From `pictures`.
    about
        study, commit, and from the configuration: how many routes of harm are open in routine care (`routes`), and how
        many preventions there are (`preventions`).

    Raises
    ------
    MissingNumber, jinja2.UndefinedError
        If the page needs what is not there.
    """
    own = {
        "found": found,
        "called": called,
        "pictures": {name: {kind: data_uri(svg) for kind, svg in of.items()} for name, of in drawings.items()},
        "least_power": rounded(round(found.least_power)),
        "most_power": rounded(round(found.most_power)),
        "reference_size": [f"{number:g}" for number in found.sizes[REFERENCE]],
    }
    return render(found.numbers, [], {}, {**about, **own}, template="summary.html.j2")

"""Sections after page one, in their order; each has a template of its name here."""

from typing import NamedTuple

from iatrogenesis.own_data.reporting.results import Results


class Section(NamedTuple):
    """A section: id, which is also its template's name; title; and the kinds of analysis that have it."""

    id: str
    title: str
    kinds: tuple[str, ...] = ("clients", "counts")


CLIENTS = ("clients",)
SECTIONS = (
    Section("flow", "Data flow"),
    Section("table1", "Who is in the data", CLIENTS),
    Section("services", "Units and periods", ("counts",)),
    Section("models", "Models, diagnostics and predictive checks"),
    Section("estimates", "Estimates"),
    Section("allocation", "Who sees whom: case mix before any comparison", CLIENTS),
    Section("therapists", "Rates, ranks and flags", CLIENTS),
    Section("time", "Over time"),
    Section("sensitivity", "Sensitivity analysis", CLIENTS),
    Section("what_if", "What if?", CLIENTS),
    Section("could", "What these data could have shown", CLIENTS),
    Section("methods", "Methods paragraph"),
    Section("files", "Tables, and how to cite"),
)

VARIED = {
    "sensitivity_definition": "Another definition of deterioration",
    "sensitivity_missing": "Missing outcomes worse or better than observed ones",
    "sensitivity_attribution": "Courses with two therapists counted otherwise",
    "sensitivity_priors": "Other priors",
}
"""Tables of the sensitivity analysis and what was varied."""


def sections(results: Results) -> list[Section]:
    """Return the sections of this analysis: those of its kind, and those whose table there is."""
    kind = results.about.kind
    return [one for one in SECTIONS if kind in one.kinds or one.id in results]

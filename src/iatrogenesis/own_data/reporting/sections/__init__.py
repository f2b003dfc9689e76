"""Sections after page one, in their order; each has a template here."""

from typing import NamedTuple

from iatrogenesis.own_data.reporting.results import Results


class Section(NamedTuple):
    """A section: id, title, its template, and the kinds of analysis that have it."""

    id: str
    title: str
    template: str
    kinds: tuple[str, ...] = ("clients", "counts")


CLIENTS, COUNTS = ("clients",), ("counts",)
SECTIONS = (
    Section("flow", "Data flow", "sections/flow.html.j2"),
    Section("table1", "Who is in the data", "sections/table1.html.j2"),
    Section("services", "Units and periods", "sections/services.html.j2", COUNTS),
    Section("models", "Models, diagnostics and predictive checks", "sections/models.html.j2", CLIENTS),
    Section("estimates", "Estimates", "sections/estimates.html.j2", CLIENTS),
    Section("allocation", "Who sees whom: case mix before any comparison", "sections/allocation.html.j2", CLIENTS),
    Section("therapists", "Rates, ranks and flags", "sections/therapists.html.j2", CLIENTS),
    Section("time", "Over time", "sections/time.html.j2", CLIENTS),
    Section("sensitivity", "Sensitivity analysis", "sections/sensitivity.html.j2", CLIENTS),
    Section("what_if", "What if?", "sections/what_if.html.j2", CLIENTS),
    Section("could", "What these data could have shown", "sections/could.html.j2", CLIENTS),
    Section("methods", "Methods paragraph", "sections/methods.html.j2"),
    Section("files", "Tables, and how to cite", "sections/files.html.j2"),
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

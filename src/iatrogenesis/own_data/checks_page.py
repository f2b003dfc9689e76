"""The checks as one page that a person reads: verdict, flow of the records, what is wrong and what to do."""

from collections.abc import Mapping

import pandas as pd
from jinja2 import PackageLoader

from iatrogenesis.core.pages import filled_page, strict_environment
from iatrogenesis.own_data.checks.finding import many
from iatrogenesis.own_data.preparing import Preparation
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.small_numbers import FLOW, HIDDEN, suppressed

TEMPLATE = "checks_page.html.j2"
HEADINGS = {
    "error": ("Errors", "These stop the analysis. Correct the file or the settings, then check again."),
    "warning": ("Warnings", "The analysis goes on, but these change what it does or what can be concluded."),
    "note": ("Notes", "No fault, but good to know."),
}
FOLDED = {"passed": "Passed", "not looked at": "Not looked at"}


def page(preparation: Preparation, settings: OwnData) -> str:
    """Return the page as HTML: self-contained, without scripts, to be opened offline.

    Parameters
    ----------
    preparation
        What the checks found.
    settings
        Of the analysis; small numbers in the flow are as they say.
    """
    context = {
        "title": settings.title or settings.name.replace("_", " "),
        "ready": preparation.prepared is not None,
        "verdict": verdict(preparation, settings),
        "flow": _boxes(preparation.flow, settings),
        "headings": HEADINGS,
        "folded": FOLDED,
        "groups": _groups(preparation.checks),
        "notes": preparation.notes,
        "anonymised": settings.privacy.anonymise,
        "small_numbers": settings.privacy.small_numbers != "none",
        "hidden": HIDDEN,
        "counted": preparation.prepared is not None and preparation.prepared.about.kind == "counts",
    }
    return filled_page(strict_environment(PackageLoader("iatrogenesis.own_data", ".")), TEMPLATE, context)


def verdict(preparation: Preparation, settings: OwnData) -> str:
    """Return in a sentence or two whether the data can be analysed."""
    number = preparation.checks["severity"].value_counts()
    errors, warnings = int(number.get("error", 0)), int(number.get("warning", 0))
    if preparation.prepared is None:
        return f"The data cannot be analysed yet: {many(errors, 'error')} must be put right first."
    shown = _shown(preparation.flow, settings)
    first, last = shown.iloc[0], shown.iloc[-1]
    what = (
        f"{_number(last['rows'])} of {_number(first['rows'])} rows of counts are used"
        if preparation.prepared.about.kind == "counts"
        else f"{_number(last['rows'])} of {_number(first['rows'])} courses can be judged, of "
        f"{_number(last['therapists'])} therapists"
    )
    rest = f"Read the {many(warnings, 'warning')} before you trust the results." if warnings else "There is no warning."
    return f"The data can be analysed: {what}. {rest}"


def _shown(flow: pd.DataFrame, settings: OwnData) -> pd.DataFrame:
    people = [name for name in FLOW if flow[name].notna().any()]
    return suppressed(flow, people, settings.privacy.small_numbers, within=("step",))


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) or hasattr(value, "__index__") else str(value)


def _boxes(flow: pd.DataFrame, settings: OwnData) -> list[dict[str, object]]:
    """Steps in order, each with what was left out on the way to it."""
    boxes: list[dict[str, object]] = []
    left_out: list[dict[str, str]] = []
    for line in _shown(flow, settings).to_dict("records"):
        found = {"rows": _number(line["rows"]), "people": _people(line)}
        if line["reason"]:
            left_out.append({"reason": str(line["reason"]), **found})
        else:
            boxes.append({"step": str(line["step"]), "left_out": left_out, **found})
            left_out = []
    return boxes


def _people(line: Mapping[str, object]) -> str:
    """Return "3 clients, 1 therapist", without those of which there are none; of counts, "8 units"."""
    kinds = ("client", "therapist") if not pd.isna(line["clients"]) else ("", "unit")
    found = zip(kinds, (line["clients"], line["therapists"]), strict=True)
    return ", ".join(
        f"{_number(number)} {kind if number == 1 else kind + 's'}"
        for kind, number in found
        if kind and not pd.isna(number) and number != 0
    )


def _groups(checks: pd.DataFrame) -> Mapping[str, list[dict[str, object]]]:
    """Checks by severity, their examples as a list."""
    groups: dict[str, list[dict[str, object]]] = {name: [] for name in (*HEADINGS, *FOLDED)}
    for row in checks.to_dict("records"):
        examples = [one for one in str(row["examples"]).split("; ") if one]
        groups[str(row["severity"])].append({**row, "examples": examples, "rows": f"{row['rows']:,}"})
    return groups

"""Steps of the data flow as a CONSORT diagram has them, from the table `flow`."""

from typing import NamedTuple

from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.shown import number

COUNTED = ("rows", "clients", "therapists")


class Step(NamedTuple):
    """A box: what it is, how many, and whether they were left out."""

    title: str
    numbers: str
    excluded: bool


def steps(results: Results) -> list[Step]:
    """Return the boxes in order; none where the table is absent."""
    table = results.table("flow")
    if "step" not in table:
        return []
    return [_step(row) for row in table.to_dict("records")]


def _step(row: dict) -> Step:
    reason = number(row.get("reason"))
    numbers = ", ".join(f"{number(row[name])} {name}" for name in COUNTED if number(row.get(name)))
    title = " – ".join(part for part in (number(row["step"]), reason) if part)
    return Step(title[:1].upper() + title[1:], numbers, bool(reason))

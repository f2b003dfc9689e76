"""Steps of the data flow as a CONSORT diagram has them, from the table `flow`."""

from typing import NamedTuple

from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.shown import number


class Step(NamedTuple):
    """A box: what it is, how many, a line each, and whether they were left out."""

    title: str
    numbers: tuple[str, ...]
    excluded: bool


def steps(results: Results) -> list[Step]:
    """Return the boxes in order; none where the table is absent."""
    table = results.table("flow")
    if "step" not in table:
        return []
    rows = "rows" if results.about.kind == "counts" else "courses"
    return [_step(row, rows, results.units) for row in table.to_dict("records")]


def _step(row: dict, what: str, units: str) -> Step:
    reason = number(row.get("reason"))
    title = reason or number(row["step"])
    title = title[:1].upper() + title[1:]
    rows, clients, therapists = (number(row.get(name)) for name in ("rows", "clients", "therapists"))
    if reason:
        gone = ((clients, "clients"), (therapists, units))
        also = ", ".join(_counted(count, who) for count, who in gone if count not in ("", "0"))
        return Step(title, (f"{_counted(rows, what)}{f', and with them {also}' if also else ''}",), True)
    kept = ", ".join(f"{count} {who}" for count, who in ((clients, "clients"), (therapists, units)) if count)
    return Step(title, tuple(line for line in (_counted(rows, what), kept) if line), False)


def _counted(count: str, several: str) -> str:
    return f"{count} {several.removesuffix('s') if count == '1' else several}"

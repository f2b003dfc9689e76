"""Dates that cannot be read, cannot be, or stand in the wrong order."""

import pandas as pd

from iatrogenesis.own_data.checks.finding import Check, Found, Subject, many, of_failures, unique, unread_cells
from iatrogenesis.own_data.checks.schema import DATES, EARLIEST


def _dates(subject: Subject) -> bool:
    return any(subject.has(table, column) for table in ("clients", "sessions") for column in DATES)


def unreadable(subject: Subject) -> Found | str | None:
    """Find dates that could not be read."""
    if not _dates(subject):
        return "no dates"
    cells = subject.mapped.unconverted
    cells = cells[cells["wanted"] == "date"]
    cells = cells[cells["value"].astype(str).str.contains(r"\d")]
    if cells.empty:
        return None
    return Found(
        "warning",
        f"{many(len(cells), 'date')} cannot be read. Write dates as 2024-04-03, or set data.day_first.",
        cells["table"].iloc[0],
        list(dict.fromkeys(cells["field"])),
        unique(cells["row"]),
        unread_cells(subject, cells),
    )


def out_of_order(subject: Subject) -> Found | str | None:
    """Find courses that ended before they started."""
    clients = subject.mapped.clients
    if clients is None or not {"started", "ended"} <= set(clients.columns):
        return "no dates of start and end"
    wrong = clients[(clients["ended"] < clients["started"]).fillna(False)]
    if wrong.empty:
        return None
    rows = unique(wrong.index)
    return Found(
        "warning",
        f"In {many(len(rows), 'course')} the end lies before the start. Correct the dates; if many are so, check "
        "data.day_first and whether the two columns are exchanged.",
        columns=["started", "ended"],
        rows=rows,
        examples=[
            f"row {row}: {start:%Y-%m-%d} to {end:%Y-%m-%d}"
            for row, start, end in wrong[["started", "ended"]].head(5).itertuples()
        ],
        blanked=_with_period(subject, {"started": rows, "ended": rows}),
    )


def future(subject: Subject) -> Found | str | None:
    """Find dates after today."""
    return _impossible(subject, "future", "in the future")


def early(subject: Subject) -> Found | str | None:
    """Find dates before routine outcomes were kept."""
    return _impossible(subject, "early", f"before {EARLIEST.year}, such as a default of 1900")


def _impossible(subject: Subject, check: str, words: str) -> Found | str | None:
    if not _dates(subject):
        return "no dates"
    failed = pd.concat([subject.failed(table, check) for table in ("clients", "sessions")])
    if failed.empty:
        return None
    table = failed["table"].iloc[0]
    return Found(
        "warning",
        f"{many(len(failed), 'date')} {words}. Correct them.",
        table,
        list(dict.fromkeys(failed["column"])),
        unique(failed["row"]),
        of_failures(subject, failed),
        blanked=_with_period(
            subject,
            {
                str(column): unique(group["row"])
                for column, group in failed[failed["table"] == "clients"].groupby("column")
            },
        ),
    )


def _with_period(subject: Subject, blanked: dict[str, list[int]]) -> dict[str, list[int]]:
    """A period that was made from a date goes with it."""
    mapped = subject.mapped
    made = subject.has("clients", "period", "ended") and mapped.where("clients", "period") == mapped.where(
        "clients", "ended"
    )
    return blanked | ({"period": blanked["ended"]} if made and "ended" in blanked else {})


THEN = "Takes these dates as missing; the outcomes stay."
CHECKS = (
    Check("dates not readable", "Dates", "dates can be read", THEN, unreadable),
    Check("dates out of order", "Dates", "courses end after they start", THEN, out_of_order),
    Check("dates in the future", "Dates", "no date lies after today", THEN, future),
    Check("dates too early", "Dates", f"no date lies before {EARLIEST.year}", THEN, early),
)

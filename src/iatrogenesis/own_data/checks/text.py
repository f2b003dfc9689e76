"""Texts where numbers or answers should be: cells that could not be converted."""

import pandas as pd

from iatrogenesis.own_data.checks.finding import (
    USABLE,
    Check,
    Found,
    Subject,
    many,
    said,
    unique,
    unread_cells,
)

NUMBERS = ("number", "whole number")
ANSWERS = ("yes or no", "age band", "age or age band")
NO_VALUE = (
    "#null!",
    "#n/a",
    "#na",
    "#value!",
    "#ref!",
    "#div/0!",
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "missing",
    ".",
    "-",
    "--",
    "?",
    "",
)
COMMA = r"\s*[-+]?\d+,\d+\s*"
SUPPRESSED = "*"


def _cells(subject: Subject, wanted: tuple[str, ...]) -> pd.DataFrame:
    """Cells of these kinds, each of one of the sorts comma, none, suppressed, text."""
    cells = subject.mapped.unconverted
    cells = cells[cells["wanted"].isin(wanted)]
    if cells.empty:
        return cells.assign(sort="")
    texts = cells["value"].astype(str).str.strip().str.casefold()
    sort = pd.Series("text", index=cells.index, dtype=object)
    sort[texts.isin(NO_VALUE)] = "none"
    sort[texts.str.fullmatch(COMMA)] = "comma"
    sort[(texts == SUPPRESSED) & (cells["table"] == "counts")] = "suppressed"
    return cells.assign(sort=sort)


def _found(subject: Subject, cells: pd.DataFrame, severity: str, message: str) -> Found:
    table = cells["table"].iloc[0]
    return Found(
        severity,
        message,
        table,
        list(dict.fromkeys(cells["field"])),
        unique(cells["row"]),
        unread_cells(subject, cells),
    )


def _too_many(subject: Subject, cells: pd.DataFrame) -> bool:
    """Whether a column lost more than the usable share of its rows."""
    for (name, _), group in cells.groupby(["table", "field"]):
        table = subject.table(str(name))
        if table is not None and len(group) > USABLE * len(table):
            return True
    return False


def among_numbers(subject: Subject) -> Found | str | None:
    """Find texts in columns of numbers."""
    cells = _cells(subject, NUMBERS)
    cells = cells[cells["sort"] == "text"]
    if cells.empty:
        return None
    severe = _too_many(subject, cells)
    return _found(
        subject,
        cells,
        "error" if severe else "warning",
        f"Text where a number should be, in {many(len(cells), 'cell')}. Correct it"
        + (": more than 10 % of a column cannot be read. Perhaps the wrong column is named." if severe else "."),
    )


def commas(subject: Subject) -> Found | str | None:
    """Find decimal commas among decimal points."""
    cells = _cells(subject, NUMBERS)
    cells = cells[cells["sort"] == "comma"]
    if cells.empty:
        return None
    return _found(
        subject,
        cells,
        "error",
        f'{many(len(cells), "number")} with a decimal comma in a file with decimal points. Set data.decimal: "," if '
        "all are so, or correct these.",
    )


def no_value(subject: Subject) -> Found | str | None:
    """Find texts by which programs write a missing value."""
    cells = _cells(subject, (*NUMBERS, *ANSWERS, "date"))
    cells = cells[cells["sort"] == "none"]
    if cells.empty:
        return None
    texts = ", ".join(sorted({said(str(value)) for value in cells["value"]}))
    return _found(
        subject,
        cells,
        "warning",
        f"A text that means missing ({texts}) in {many(len(cells), 'cell')}. Name it under data.missing.",
    )


def answers(subject: Subject) -> Found | str | None:
    """Find answers that are neither yes nor no, and ages that are no band."""
    cells = _cells(subject, ANSWERS)
    cells = cells[cells["sort"] != "none"]
    if cells.empty:
        return None
    severe = _too_many(subject, cells)
    return _found(
        subject,
        cells,
        "error" if severe else "warning",
        f"{many(len(cells), 'cell')} not understood as {' or '.join(sorted(set(cells['wanted'])))}. Write 1 and 0, yes "
        "and no, true and false; ages in years or as 18-25, 26-64, 65-74, 75-89.",
    )


def suppressed_cells(subject: Subject) -> int:
    """Return the number of counts that are "*"."""
    return int((_cells(subject, NUMBERS)["sort"] == "suppressed").sum())


CHECKS = (
    Check(
        "text among numbers",
        "Types",
        "columns of numbers hold numbers",
        "Takes these cells as missing, and stops if they are more than 10 % of a column.",
        among_numbers,
    ),
    Check("decimal commas", "Types", "all numbers are written with the same decimal mark", "Stops.", commas),
    Check(
        "texts for missing",
        "Types",
        "a missing value is an empty cell, or a code that is named",
        "Takes these cells as missing.",
        no_value,
    ),
    Check(
        "answers not understood",
        "Types",
        "columns of yes and no, and of ages, can be read",
        "Takes these cells as missing, and stops if they are more than 10 % of a column.",
        answers,
    ),
)

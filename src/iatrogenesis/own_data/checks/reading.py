"""What was decided while the files were read, where it may be wrong."""

import pandas as pd

from iatrogenesis.own_data.checks.finding import Check, Found, Subject

RANK = {"error": 2, "warning": 1, "note": 0}
ADVICE = {
    "blanks around ids": "Ids that differ by blanks alone are one.",
    "ids with .0": "A program took them for numbers, so leading zeros may be lost: export the column as text.",
    "shortened ids": "Export the column as text.",
    "ids are dates": "Export the column as text.",
    "ids like dates": "Export the column as text.",
    "decimal comma": "",
    "two decimal marks": "Write all numbers with the same mark, or set data.decimal.",
    "unsure mark": "Set data.decimal.",
    "unsure dates": "",
    "varies within courses": "Correct the rows that differ.",
    "word for missing": "",
    "other age bands": "",
}


def _of_kinds(subject: Subject, kinds: dict[str, str]) -> Found | str | None:
    """What was remarked of some kinds, each with its severity."""
    remarks = subject.mapped.remarks
    remarks = remarks[remarks["kind"].isin(kinds)]
    if remarks.empty:
        return None
    severity = max((kinds[kind] for kind in remarks["kind"]), key=RANK.__getitem__)
    said = [f"{subject_of(row)}{row.text}" for row in remarks.itertuples(index=False)]
    advice = [ADVICE[kind] for kind in dict.fromkeys(remarks["kind"]) if ADVICE[kind]]
    return Found(
        severity,
        " ".join([*said, *advice]),
        str(remarks["table"].iloc[0]),
        list(dict.fromkeys(remarks["field"])),
        cells=int(remarks["cells"].sum()),
    )


def subject_of(row: object) -> str:
    """Return the column that a remark is about, as a beginning of its sentence."""
    column = getattr(row, "column", "")
    return "" if pd.isna(column) or not column else f"{column}: "


def blanks(subject: Subject) -> Found | str | None:
    """Find ids that had blanks around them."""
    return _of_kinds(subject, {"blanks around ids": "warning"})


def changed_ids(subject: Subject) -> Found | str | None:
    """Find ids that a spreadsheet or a program has changed."""
    kinds = {"ids with .0": "warning", "ids like dates": "warning", "shortened ids": "error", "ids are dates": "error"}
    return _of_kinds(subject, kinds)


def marks(subject: Subject) -> Found | str | None:
    """Find numbers whose decimal mark is unsure."""
    return _of_kinds(subject, {"decimal comma": "note", "two decimal marks": "warning", "unsure mark": "warning"})


def unsure_dates(subject: Subject) -> Found | str | None:
    """Find dates that can be read in two ways."""
    return _of_kinds(subject, {"unsure dates": "warning"})


def words(subject: Subject) -> Found | str | None:
    """Find words that were taken as missing."""
    return _of_kinds(subject, {"word for missing": "note"})


def varying(subject: Subject) -> Found | str | None:
    """Find what should be the same in all sessions of a course, and is not."""
    return _of_kinds(subject, {"varies within courses": "warning"})


def bands(subject: Subject) -> Found | str | None:
    """Find ages in other bands."""
    return _of_kinds(subject, {"other age bands": "note"})


CHECKS = (
    Check("blanks around ids", "Reading", "ids have no blanks around them", "Takes the blanks away.", blanks),
    Check(
        "ids changed by a program",
        "Reading",
        "no spreadsheet turned ids into numbers or dates",
        "Takes .0 away; stops where ids are shortened or dates.",
        changed_ids,
    ),
    Check("decimal marks", "Reading", "all numbers have the same decimal mark", "Takes the likelier meaning.", marks),
    Check(
        "dates in two ways",
        "Reading",
        "day and month cannot be confused",
        "Takes the day first.",
        unsure_dates,
    ),
    Check("words for missing", "Reading", "a missing value is an empty cell", "Takes these cells as missing.", words),
    Check(
        "values that differ within a course",
        "Reading",
        "what belongs to the client is the same in each session",
        "Takes the first value that is not missing.",
        varying,
    ),
    Check(
        "other age bands",
        "Reading",
        "ages are years, or in the bands of this analysis",
        "Takes the nearest.",
        bands,
    ),
)

"""Result tables as the page shows them: headings for people, an estimate and its interval in one cell, rounded by it.

Columns that are not known here are shown too, under their own names: a table may have more columns than the page knows.
What could be about a single client is never shown.
"""

from collections.abc import Mapping, Sequence
from math import isfinite

import pandas as pd

from iatrogenesis.own_data.reporting.words import HEADINGS, PERCENT, SAID
from iatrogenesis.report.rounding import rounded, with_error, with_interval
from iatrogenesis.report.tables import Table

NEVER = frozenset({"client_id", "course_id", "examples", "file", "dataset"})
"""Columns that may hold ids, values or paths of a person's file."""
MIDDLES = ("estimate", "value", "power", "observed_rate", "expected", "median", "mean", "odds_ratio", "share")
MARKS = {"passed": "bad", "fitted": "bad"}


def shown(
    table: pd.DataFrame,
    leave_out: Sequence[str] = (),
    headings: Mapping[str, str] | None = None,
    marked: Sequence[bool] | None = None,
) -> Table:
    """Return a table for the page, without columns that are empty.

    Parameters
    ----------
    leave_out
        Columns that are not shown.
    headings
        Instead of the usual ones, by column.
    marked
        Rows that are to be noticed; those whose `passed` or `fitted` is no, if not said.
    """
    names = [name for name in table if name not in NEVER and name not in leave_out]
    middles = _intervals(names)
    errors = {name: f"{name}_mcse" for name in names if f"{name}_mcse" in names and name not in middles}
    ends = {end for pair in middles.values() for end in pair} | set(errors.values())
    kept = [name for name in names if name not in ends]
    records = table.to_dict("records")
    cells = {name: [_cell(row, name, middles, errors) for row in records] for name in kept}
    kept = [name for place, name in enumerate(kept) if place == 0 or any(cells[name]) or not records]
    rows = [list(row) for row in zip(*(cells[name] for name in kept), strict=True)]
    if marked is None:
        marked = [any(_no(row.get(name)) for name in MARKS) for row in records]
    notes = dict.fromkeys(middles, " (95 % interval)") | dict.fromkeys(errors, " (MCSE)")
    heads = [(headings or {}).get(name) or f"{_heading(name)}{notes.get(name, '')}" for name in kept]
    return Table(heads, rows, ["open" if one else "" for one in marked])


def number(value: object, percent: bool = False) -> str:
    """Return one cell: numbers with three digits, yes and no, texts as they are, nothing where it is missing."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, (bool, str)) or type(value).__name__ == "bool":
        text = str(value)
        return {"True": "yes", "False": "no"}.get(text) or SAID.get(text, text)
    plain = float(value) * (100 if percent else 1)  # pyrefly: ignore[bad-argument-type]: a cell
    return rounded(plain) if isfinite(plain) else ("no limit" if plain > 0 else "none")


def _intervals(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Which columns have their ends in two others."""
    found = {name: (f"{name}_low", f"{name}_high") for name in names if f"{name}_low" in names}
    if {"low", "high"} <= set(names) and (middle := next((name for name in MIDDLES if name in names), None)):
        found[middle] = ("low", "high")
    return {name: ends for name, ends in found.items() if set(ends) <= set(names)}


def _cell(row: Mapping, name: str, middles: Mapping[str, tuple[str, str]], errors: Mapping[str, str]) -> str:
    percent = name in PERCENT
    if name in errors:
        two = [_float(row[one], percent) for one in (name, errors[name])]
        return with_error(*two) if all(isfinite(one) for one in two) else number(row[name], percent)
    if name not in middles:
        return number(row[name], percent)
    three = [_float(row[one], percent) for one in (name, *middles[name])]
    if all(isfinite(one) for one in three):
        return with_interval(*three)
    return number(row[name], percent)


def _float(value: object, percent: bool) -> float:
    try:
        return float(value) * (100 if percent else 1)  # pyrefly: ignore[bad-argument-type]: a cell
    except (TypeError, ValueError):
        return float("nan")


def _heading(name: str) -> str:
    words = HEADINGS.get(name) or (name[:1].upper() + name[1:]).replace("_", " ")
    return f"{words}{', %' if name in PERCENT else ''}"


def _no(value: object) -> bool:
    return str(value).lower() in {"false", "no"}

"""What must not be seen: formulas in cells, ids in paths, small counts, and whose data they are."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import write_csv
from iatrogenesis.own_data.settings import Privacy

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters by which spreadsheets take a text for a formula (OWASP, CSV injection), full-width ones included."""


def safe_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before every text, column names included, that could become a formula.

    Numbers stay numbers, negative ones too.
    """
    safe = table.copy()
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(position, column.astype(object).map(_safe, na_action="ignore"))
    safe.columns = [_safe(name) for name in table.columns]
    return safe


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_table(
    table: pd.DataFrame,
    path: Path,
    privacy: Privacy,
    *,
    counts: Sequence[str] = (),
    rates: Mapping[str, str] | None = None,
) -> None:
    """Write a CSV table for people: no cell can become a formula, and small numbers are as `privacy` says.

    Parameters
    ----------
    counts
        Columns of numbers of people; suppressed and rounded where `privacy.small_numbers` is "nhs".
    rates
        Columns derived from counts, each with the count it would give away; left out where that one is.
    """
    if privacy.small_numbers == "nhs" and counts:
        table = suppressed(table, counts, privacy.small_numbers, rates=rates)
    write_csv(safe_cells(table), path)


def suppressed(
    table: pd.DataFrame, columns: Sequence[str], rule: str, *, rates: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return the table with counts below 5 as "*" and others rounded to 5."""
    raise NotImplementedError


def code_for_path(identifier: str) -> str:
    """Return a text for a file's name that no id can break out of: letters, digits, and a digest of the id."""
    import hashlib

    plain = re.sub(r"[^A-Za-z0-9]+", "_", identifier)[:24].strip("_") or "id"
    return f"{plain}-{hashlib.sha256(identifier.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"

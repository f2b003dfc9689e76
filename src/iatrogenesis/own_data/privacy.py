"""What must not be seen: formulas in cells, ids in paths, small counts, and whose data they are."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from iatrogenesis.core import lines
from iatrogenesis.core.files import write_csv
from iatrogenesis.own_data.codes import anonymised, key_path
from iatrogenesis.own_data.settings import Privacy
from iatrogenesis.own_data.small_numbers import COUNTS, FLOW, NO_PEOPLE, followers, suppressed

__all__ = ["anonymised", "code_for_path", "key_path", "safe_cells", "suppressed", "write_table"]

FORMULA = (*lines.FORMULA, "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters by which spreadsheets take a text for a formula (OWASP, CSV injection), full-width ones included."""
IN_THE_MIDDLE = re.compile(r"([;\t\r\n])(?=[ \u00a0\u200b\ufeff\0]*[=+\-@＝＋－＠])")
"""Where another cell begins for programs that separate by semicolons, as in half of Europe."""
READABLE = 24


def safe_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before every text, column names included, that could become a formula.

    So also within a text, behind a semicolon, a tab or the end of a line: there a program may begin another cell.

    Numbers stay numbers, negative ones too.
    """
    safe = table.copy()
    for position in range(table.shape[1]):
        column = table.iloc[:, position]
        if isinstance(column.dtype, pd.CategoricalDtype) or not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(position, column.astype(object).map(_safe, na_action="ignore"))
    safe.columns = [_safe(name) for name in table.columns]
    return safe


def _safe(value: object) -> object:
    """Blanks and invisible characters before the sign do not help: some programs cut them off."""
    if not isinstance(value, str):
        return value
    begins = value.lstrip(" \u00a0\u200b\ufeff\0").startswith(FORMULA)
    return ("'" if begins else "") + IN_THE_MIDDLE.sub(r"\1'", value)


def write_table(
    table: pd.DataFrame,
    path: Path,
    privacy: Privacy,
    *,
    counts: Sequence[str] = (),
    rates: Mapping[str, str] | None = None,
    within: Sequence[str] = (),
) -> None:
    """Write a CSV table for people: no cell can become a formula, and small numbers are as `privacy` says.

    Parameters
    ----------
    counts
        Columns of numbers of people; by default those that are called as `small_numbers.COUNTS`. Suppressed and rounded
        where `privacy.small_numbers` is "nhs".
    rates
        Columns derived from counts, each with the count it would give away; missing where that one is left out. By
        default those of `small_numbers.followers`.
    within
        Columns that make groups of rows whose counts add up to a known total.
    """
    if privacy.small_numbers != "none" and (counts or path.stem not in NO_PEOPLE):
        if not counts and {"step", "reason", *FLOW} <= set(table.columns):
            counts, within = FLOW, ("step",)
        people = [name for name in counts or COUNTS if name in table.columns and _numbers(table[name])]
        if rates is None:
            rates = followers(path.stem, table, people)
        table = suppressed(table, people, privacy.small_numbers, rates=rates, within=within)
    write_csv(safe_cells(table), path)


def _numbers(values: pd.Series) -> bool:
    """Whether a column holds whole numbers, or nothing."""
    if values.dtype == bool or not pd.api.types.is_numeric_dtype(values):
        return False
    known = values.dropna()
    return bool((known % 1 == 0).all())


def code_for_path(identifier: str) -> str:
    """Return a text for a file's name that no id can break out of: letters, digits, and a digest of the id."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", identifier)[:READABLE].strip("_") or "id"
    return f"{plain}-{hashlib.sha256(identifier.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"

"""The checks every table passes before it is used: each error names the table, the column and the row."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

SHOWN = 3  # how many offending rows an error quotes


class DataError(ValueError):
    """A table or data set that cannot be analysed; the message says what was found, where, and what to do."""


class DamagedFile(DataError):
    """A file whose content is not what its name says; ``damaged`` is its path, or the folder to make again with it."""

    def __init__(self, message: str, damaged: Path) -> None:
        super().__init__(message)
        self.damaged = damaged


@contextmanager
def made_as_a_whole(folder: Path) -> Generator[None]:
    """Of a damaged file in the block, say that the whole folder is to be made again: one rule makes it."""
    try:
        yield
    except Exception as error:
        if getattr(error, "damaged", None):
            error.damaged = folder  # pyrefly: ignore[missing-attribute]
        raise


def require_columns(table: pd.DataFrame, columns: Iterable[str], source: str) -> None:
    """Refuse an empty table and a table that lacks a column.

    Parameters
    ----------
    table
        The table to check.
    columns
        Names that must be there.
    source
        What the errors call the table, such as a data set's name.

    Raises
    ------
    DataError
        If there are no rows, or a column is missing.
    """
    if missing := [name for name in columns if name not in table.columns]:
        raise DataError(
            f"{source}: column {missing[0]!r} is missing (found: {', '.join(map(str, table.columns)) or 'none'}). "
            "Add it, or rename the column that holds it."
        )
    if table.empty:
        raise DataError(f"{source}: the table has no rows. Check the file and any filter applied before.")


def numbers(table: pd.DataFrame, column: str, source: str) -> np.ndarray:
    """Return one column as finite float64, shape (rows,).

    Raises
    ------
    DataError
        Where a value is text, missing or infinite; rows are counted from 0, as in ``table.iloc``.
    """
    values = table[column]
    if values.dtype == bool or not pd.api.types.is_numeric_dtype(values):
        parsed = pd.to_numeric(values.astype("object"), errors="coerce")
        text = parsed.isna() & values.notna()
        refuse(text, values, f"{source}: column {column!r} must hold numbers, not text. Correct or remove the value")
        values = parsed
    found = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    refuse(
        ~np.isfinite(found),
        values,
        f"{source}: column {column!r} holds a missing or infinite value. Fill it in, or "
        "leave these rows or this column out",
    )
    return found


def flags(table: pd.DataFrame, column: str, source: str) -> np.ndarray:
    """Return one yes/no column as bool, shape (rows,); True/False and 1/0 are accepted, nothing else.

    Raises
    ------
    DataError
        Where a value is missing or is neither yes nor no.
    """
    values = table[column]
    refuse(
        values.isna(), values, f"{source}: column {column!r} is missing a value. Fill it in, or leave these rows out"
    )
    known = values.map(lambda value: not isinstance(value, str) and value in (0, 1)).to_numpy(dtype=bool)
    refuse(~known, values, f"{source}: column {column!r} must be true or false (or 1 or 0)")
    return values.to_numpy(dtype=bool)


def refuse(wrong: np.ndarray | pd.Series, values: Iterable, message: str) -> None:
    """Raise a `DataError` that quotes the first rows where `wrong` holds; do nothing where there are none.

    A series is quoted by its index, so that rows keep their number when others were left out before.
    """
    rows = np.flatnonzero(np.asarray(wrong))
    if rows.size == 0:
        return
    series = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype="object")
    quoted = ", ".join(f"row {series.index[row]}: {_plain(series.iloc[row])!r}" for row in rows[:SHOWN])
    more = f" and {rows.size - SHOWN} more" if rows.size > SHOWN else ""
    raise DataError(f"{message} ({quoted}{more}; rows counted from 0).")


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value  # 7 rather than np.int64(7)

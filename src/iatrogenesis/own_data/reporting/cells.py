"""Cells of result tables as numbers: some are suppressed, some are empty, some are texts that say so.

Tables are written for people: a count that could identify somebody stands there as ``*``. Pictures leave such points
out, and the page prints what the table prints.
"""

from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import read_csv
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.small_numbers import HIDDEN

IDS = ("therapist_id", "service_id", "unit_id", "unit", "period")
YES = frozenset(("true", "yes", "1", "1.0"))


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every CSV table of a folder by its name; ids stay texts, so that 007 is not 7.

    Raises
    ------
    DataError
        If the folder is not there, or a table cannot be read.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; run the analysis first.")
    return {path.stem: _ids_as_texts(path) for path in sorted(folder.glob("*.csv"))}


def _ids_as_texts(path: Path) -> pd.DataFrame:
    if not path.stat().st_size:
        return pd.DataFrame()
    table = read_csv(path)
    wanted = [name for name in IDS if name in table]
    if not wanted:
        return table
    texts = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], usecols=wanted)
    return table.assign(**{name: texts[name] for name in wanted})


def numeric(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the table with columns as floats; suppressed and other texts are missing, as are absent columns."""
    found = {
        name: pd.to_numeric(table[name], errors="coerce").astype(float) if name in table else float("nan")
        for name in columns
    }
    return table.assign(**found)


def true(values: pd.Series) -> pd.Series:
    """Return booleans of a column that says yes or no in whatever way CSV left it; missing is no."""
    return values.astype(str).str.strip().str.lower().isin(YES)


def left_out(table: pd.DataFrame, column: str) -> pd.Series:
    """Return in which rows a column holds what small numbers leave there."""
    return table[column].astype(str).eq(HIDDEN) if column in table else pd.Series(False, index=table.index)


def first(table: pd.DataFrame, *names: str) -> str | None:
    """Return the first of these columns that the table has."""
    return next((name for name in names if name in table), None)

"""From records of texts to a table with names and row numbers."""

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.blanks import cleaned
from iatrogenesis.own_data.reading.header import header_row, names, plain
from iatrogenesis.own_data.reading.raw import FIRST_RECORD, Raw
from iatrogenesis.own_data.reading.said import many

SHOWN = 3


def framed(records: list[list[str]], path: Path, notes: list[str], first_row: int = 1) -> Raw:
    """Return the table of a text file.

    Parameters
    ----------
    records
        All rows of the file, titles and header included.
    path, notes
        The file, and what was found out already.
    first_row
        What a person would call the first of the records.

    Raises
    ------
    DataError
        If there are no records below the header, a name occurs twice, or a record has more fields than the header.
    """
    top = header_row(records, path)
    header, below = records[top], records[top + 1 :]
    header_at = top + first_row
    if top and any(plain(cell) for record in records[:top] for cell in record):
        notes = [*notes, f"The names of the columns are in row {header_at}; what stands above was left out."]
    holds = [plain("".join(record)) != "" for record in below]
    rows = [header_at + 1 + i for i, some in enumerate(holds) if some]
    filled = [record for record, some in zip(below, holds, strict=True) if some]
    if not filled:
        raise DataError(f"{path}: there are names in row {header_at}, but no records below. Export the table again.")
    if blank := rows[-1] - header_at - len(rows):
        notes = [*notes, f"{many(blank, 'blank row', 'was', 'were')} left out."]
    if _row_names(filled, len(header)):
        header = ["row name", *header]
        notes = [*notes, "The first column has no name: taken as row names, as R writes them."]
    filled, short = _even(filled, rows, len(header), path)
    notes = [*notes, *short]
    columns = list(zip(*filled, strict=True))
    used = [any(plain(cell) for cell in column) for column in columns]
    found, more = names(header, used, path, header_at)
    index = pd.Index(rows, name="row")
    table, blanks, stripped = {}, {}, {}
    for name, column in zip(found, columns, strict=True):
        if name is not None:
            clean = cleaned(pd.Series(list(column), index=index, dtype="str"))
            table[name], blanks[name], stripped[name] = clean.values, clean.words, clean.stripped
    return Raw(
        pd.DataFrame(table, index=index),
        path,
        (*notes, *more),
        blanks={name: words for name, words in blanks.items() if words},
        stripped={name: count for name, count in stripped.items() if count},
    )


def _row_names(records: list[list[str]], width: int) -> bool:
    """Return whether each record begins with a name of its own for which the header has no field."""
    if len(records) < 2 or any(len(record) != width + 1 for record in records):
        return False
    unlike = len({record[0] for record in records}) == len(records)
    return unlike and any(plain(record[-1]) for record in records)  # else each line ends with a separator


def _even(records: list[list[str]], rows: list[int], width: int, path: Path) -> tuple[list[list[str]], list[str]]:
    """Return the records at the header's width, and a note on those that were shorter."""
    if {len(record) for record in records} == {width}:
        return records, []
    for row, record in zip(rows, records, strict=True):
        if any(plain(cell) for cell in record[width:]):
            raise DataError(
                f"{path}: row {row} has {len(record)} fields, but the header has {width}. A text that holds the "
                'separator must stand in quotes ("..."); or set data.separator.'
            )
    short = [row for row, record in zip(rows, records, strict=True) if len(record) < width]
    notes = []
    if short:
        shown = ", ".join(map(str, short[:SHOWN])) + (" and others" if len(short) > SHOWN else "")
        notes = [
            f"{many(len(short), 'row', 'has', 'have')} fewer fields than the header; the rest is missing (row {shown})."
        ]
    return [[*record[:width], *[""] * (width - len(record))] for record in records], notes


def typed(frame: pd.DataFrame, path: Path, *, first_record: int = FIRST_RECORD) -> Raw:
    """Return the table of a file that has types of its own: texts cleaned, categories as their values.

    Parameters
    ----------
    frame
        As a reader gives it, names unique.
    path
        The file.
    first_record
        Row number of the first record.

    Raises
    ------
    DataError
        If there are no rows, or two names differ by outer blanks only.
    """
    header = [str(name) for name in frame.columns]
    if frame.empty:
        raise DataError(f"{path}: the table has names of columns, but no rows. Export it again.")
    found, notes = names(header, [True] * len(header), path, 1)
    index = pd.RangeIndex(first_record, first_record + len(frame), name="row")
    table, blanks, stripped = {}, {}, {}
    for name, column in zip(found, [frame.iloc[:, i] for i in range(len(header))], strict=True):
        column = column.set_axis(index)
        if isinstance(column.dtype, pd.CategoricalDtype):
            texts = isinstance(column.cat.categories.dtype, pd.StringDtype)
            column = column.astype("str" if texts else "object")
        if column.dtype == object:
            column = _texts_where_texts(column)
        if isinstance(column.dtype, pd.StringDtype):
            clean = cleaned(column.astype("str"))
            column, blanks[name], stripped[name] = clean.values, clean.words, clean.stripped
        table[name] = column
    return Raw(
        pd.DataFrame(table, index=index),
        path,
        tuple(notes),
        blanks={name: words for name, words in blanks.items() if words},
        stripped={name: count for name, count in stripped.items() if count},
    )


def _texts_where_texts(column: pd.Series) -> pd.Series:
    """Return a column of mixed cells as dates, numbers or truth values where all are, else as texts."""
    present = column.dropna()
    kinds = {type(value) for value in present}
    if kinds <= {str} or not kinds:
        return column.astype("str")
    if kinds <= {int}:
        return column.astype("Int64")
    if kinds <= {bool}:
        return column.astype("boolean")
    if kinds <= {int, float, Decimal}:
        return column.astype("float64")
    if all(issubclass(kind, date) for kind in kinds):
        return pd.to_datetime(column, errors="coerce")
    return column.map(_as_text, na_action="ignore").astype("str")


def _as_text(value: object) -> str:
    """Return a cell as a person would type it: whole numbers without .0, dates as year-month-day."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)

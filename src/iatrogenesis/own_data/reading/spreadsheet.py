"""Spreadsheets (.xlsx, .xlsm): one sheet, values as last calculated, titles above the header passed over."""

import re
import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.frame import typed
from iatrogenesis.own_data.reading.header import header_row, names, plain
from iatrogenesis.own_data.reading.raw import Raw
from iatrogenesis.own_data.reading.said import many
from iatrogenesis.own_data.reading.size import check_cells
from iatrogenesis.own_data.settings import Files

MOST_UNPACKED = 2 * 10**9  # bytes
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, in every program for spreadsheets."""
MOST_SHORTENED, SMALL = 100, 10**7
"""No table of records is shortened to less than a hundredth; what unpacks to few bytes may be."""
ZEROS = re.compile(r"0{2,}")
"""Number format that shows 1 as 00001: the zeros belong to the id that a person sees."""


def read_spreadsheet(path: Path, files: Files) -> Raw:
    """Read one sheet of a spreadsheet.

    Raises
    ------
    DataError
        If it cannot be read, is too large, the sheet is not there or has no records, a name occurs twice, or formulas
        have no values.
    """
    from openpyxl import load_workbook

    with _refusing_damage(path):
        _check_size(path)
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            sheet, notes = _sheet(book, path, files)
            title, rows = sheet.title, _rows(sheet, path)
        finally:
            book.close()
    where = f" (sheet {title!r})"
    if notes and not any(plain(value) for row in rows for value in row):
        raise DataError(f"{path}{where}: the sheet is empty. {notes[0]}")
    top = header_row(rows, path, where)
    if any(plain(value) for row in rows[:top] for value in row):
        notes.append(f"The names of the columns are in row {top + 1}; what stands above was left out.")
    below = [(number, row) for number, row in enumerate(rows[top + 1 :], start=top + 2) if any(map(plain, row))]
    if not below:
        raise DataError(f"{path}{where}: there are names in row {top + 1}, but no records. Export the table again.")
    if blank := below[-1][0] - top - 1 - len(below):
        notes.append(f"{many(blank, 'blank row', 'was', 'were')} left out.")
    if any(value is None for _, row in below for value in row):
        with _refusing_damage(path):
            _refuse_lost_formulas(path, title, dict(below))
    used = [any(plain(row[i]) for _, row in below) for i in range(len(rows[top]))]
    found, more = names(rows[top], used, path, top + 1)
    kept = {name: [row[i] for _, row in below] for i, name in enumerate(found) if name is not None}
    raw = typed(pd.DataFrame(kept, dtype="object"), path)
    index = pd.Index([number for number, _ in below], name="row")
    table = raw.table.set_axis(index)
    return Raw(table, path, (*notes, *more, *raw.notes), blanks=raw.blanks, stripped=raw.stripped)


@contextmanager
def _refusing_damage(path: Path) -> Generator[None]:
    """What is raised about a damaged file is of every kind: errors of zip and XML, of names, types and values."""
    try:
        yield
    except (DataError, PermissionError, MemoryError):
        raise
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        reason = "it is protected by a password, or an old .xls" if _is_ole(path) else said
        raise DataError(f"{path}: this spreadsheet cannot be read ({reason}). Save it as .xlsx or CSV.") from None


def _check_size(path: Path) -> None:
    """Refuse a few bytes that unpack to what no memory holds."""
    with zipfile.ZipFile(path) as book:
        sizes = [(part.file_size, part.compress_size) for part in book.infolist()]
    if (size := sum(whole for whole, _ in sizes)) > MOST_UNPACKED:
        raise DataError(f"{path}: this unpacks to {size / 1e9:.0f} GB, which no service's table has. Export it again.")
    if any(whole > max(SMALL, MOST_SHORTENED * short) for whole, short in sizes):
        raise DataError(f"{path}: this unpacks to more than {MOST_SHORTENED} times its size. Save it as CSV.")


def _sheet(book: Any, path: Path, files: Files) -> tuple[Any, list[str]]:
    wanted = 0 if isinstance(files.sheet, Mapping) else files.sheet  # which table this is was not said
    sheets = book.worksheets
    titles = [sheet.title for sheet in sheets]
    listed = ", ".join(map(repr, titles))
    if isinstance(wanted, str):
        for sheet in sheets:
            if sheet.title.strip().casefold() == wanted.strip().casefold():
                return sheet, []
        raise DataError(
            f"{path}: there is no sheet {wanted!r} (the sheets are {listed}). Correct data.sheet.{_by_table(files)}"
        )
    if not 0 <= wanted < len(sheets):
        raise DataError(
            f"{path}: data.sheet is {wanted}, but there are {len(sheets)} sheets, from 0: {listed}.{_by_table(files)}"
        )
    note = f"Sheet {titles[wanted]!r} was read; there are others: {listed}. Set data.sheet to choose."
    return sheets[wanted], [note] if len(sheets) > 1 else []


def _by_table(files: Files) -> str:
    """Say that each table may have a sheet of its own, where there are several."""
    if len(files.tables) < 2:
        return ""
    each = ", ".join(f"{table}: ..." for table in files.tables)
    return f" Tables may have sheets of their own: data: {{sheet: {{{each}}}}}."


def _rows(sheet: Any, path: Path) -> list[list[Any]]:
    """Return all cells of a sheet, blank rows as empty and others of one length.

    The size that a file claims to have is often wrong. Rows that are not in the file come as blank ones before the next
    that is, however far down it says that it is.
    """
    sheet.reset_dimensions()
    rows: list[list[Any]] = []
    width = filled = 0
    for row in sheet.iter_rows():
        if len(rows) == MOST_ROWS or len(row) > MOST_COLUMNS:
            most = f"{MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns"
            raise DataError(f"{path}: sheet {sheet.title!r} has more than {most}. Export it again.")
        cells = [_value(cell) for cell in row]
        if all(cell is None for cell in cells):
            rows.append([])
            continue
        rows.append(cells)
        width, filled = max(width, len(cells)), filled + 1
        check_cells(filled, width, path)
    return [row + [None] * (width - len(row)) if row else row for row in rows]


def _value(cell: Any) -> Any:
    """Return a cell's value: of numbers that are shown with leading zeros the text that is seen."""
    value = cell.value
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (int, float)):
        shown = cell.number_format
        if shown != "General" and ZEROS.fullmatch(shown or "") and float(value).is_integer() and value >= 0:
            return f"{int(value):0{len(shown)}d}"
        return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, (time, timedelta)):
        return str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def _refuse_lost_formulas(path: Path, title: str, records: Mapping[int, list[Any]]) -> None:
    """Refuse formulas whose values were never calculated, as some programs write them: their cells would be missing."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    sheet = book[title]
    sheet.reset_dimensions()
    lost = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
        and cell.data_type == "f"
        and cell.row in records
        and records[cell.row][cell.column - 1] is None
    ]
    book.close()
    if lost:
        raise DataError(
            f"{path} (sheet {title!r}): {many(len(lost), 'formula', 'has', 'have')} no value, such as {lost[0]}. Open "
            "the file in a spreadsheet program and save it, or paste the values."
        )


def _is_ole(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\xd0\xcf\x11\xe0"

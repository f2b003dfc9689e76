"""Text files: any separator, quotes as usual, every column as text."""

import csv
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.encoding import decoded
from iatrogenesis.own_data.reading.frame import framed
from iatrogenesis.own_data.reading.header import header_row
from iatrogenesis.own_data.reading.raw import Raw
from iatrogenesis.own_data.settings import Files

SEPARATORS = (";", "\t", "|", ",")
CALLED = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma", " ": "blank"}
LOOKED_AT = 300  # first records from which the separator is told
LONGEST_FIELD = 10_000_000


def read_text(path: Path, files: Files) -> Raw:
    """Read a text file with one record a line; quoted fields may hold separators and line ends.

    Raises
    ------
    DataError
        If it is empty or no text, a quote is never closed, a record has more fields than the header, or as `framed`.
    """
    text, note = decoded(path.read_bytes(), path, files.encoding)
    notes = [note] if note else []
    if text.startswith(("<!DOCTYPE", "<!doctype", "<html", "<HTML", "<?xml")):
        raise DataError(
            f"{path}: this is a web page, not a table. Download the export again, perhaps after logging in."
        )
    skipped = 0
    separator = {"tab": "\t", "\\t": "\t"}.get(files.separator or "", files.separator)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) <= 5:  # as Excel writes it
        separator, text, skipped = separator or first.rstrip("\n")[4:5], rest, 1
    if separator is not None and len(separator) != 1:
        raise DataError(f"{path}: data.separator must be one character, such as ';' or tab, not {separator!r}.")
    if separator is None:
        with _field_limit():
            separator = _separator(text, path)
        if separator in text:
            notes.append(f"Fields are separated by {CALLED[separator]}.")
    with _field_limit():
        records = _records(text, separator, path)
    return framed(records, path, notes, first_row=1 + skipped)


@contextmanager
def _field_limit() -> Generator[None]:
    """Hold the reader to `LONGEST_FIELD`, and only while it reads: the limit is the whole program's."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _records(text: str, separator: str, path: Path) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise DataError(
                f'{path}: row {len(records) + 1} begins a quoted field (") that never ends. Close or remove the quote.'
            ) from None
        try:  # text behind a closing quote is kept as it is
            return list(csv.reader(StringIO(text, newline=""), delimiter=separator))
        except csv.Error as fault:
            raise DataError(f"{path}: row {len(records) + 1} cannot be read ({fault}). Correct the row.") from None
    return records


def _separator(text: str, path: Path) -> str:
    """Return the separator that splits the header, and most records, into the same number of fields."""

    def fit(separator: str) -> tuple[bool, float, int]:
        lines = csv.reader(StringIO(text, newline=""), delimiter=separator)
        try:
            records = [record for record, _ in zip(lines, range(LOOKED_AT), strict=False) if record]
        except csv.Error:  # read with the separator that fits, it is told where
            return False, 0.0, 1
        widths = Counter(map(len, records))
        times, width = max(((times, width) for width, times in widths.items() if width > 1), default=(0, 1))
        try:
            header = len(records[header_row(records, path)])
        except DataError:  # decimal commas split the records, but not the header
            header = 1
        return header > 1, round(times / max(len(records), 1), 1), width

    return max(SEPARATORS, key=fit)  # the first where none splits anything

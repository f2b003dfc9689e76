"""The two lists of a study's results: ``SHA256SUMS`` as coreutils read it, and ``manifest.csv`` with what made each."""

import csv
from collections.abc import Iterable
from pathlib import Path

from iatrogenesis.core.tables import DataError
from iatrogenesis.verification.records import FOLDER, Hashes

SUMS, MANIFEST = "SHA256SUMS", "manifest.csv"
MANIFEST_RECORD = f"{FOLDER}/manifest.json"
LEFT_OVER = "left_over"
"""Column of ``manifest.csv``: ``yes`` for what the workflow that wrote it does not make or read any more."""


def lines(found: Hashes) -> str:
    """Checksums as ``sha256sum`` writes them, sorted by path."""
    return "".join(f"{value}  {path}\n" for path, value in sorted(found.items()))


def read_sums(path: Path) -> Hashes:
    """Checksums by path, from a file as ``sha256sum`` writes it.

    Raises
    ------
    DataError
        If it is no text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{path}: is no text; delete it, and `make report` writes it again.") from None
    pairs = (line.split("  ", 1) for line in text.split("\n") if "  " in line)
    return {name: value for value, name in pairs}


def left_over(results: Path) -> set[str]:
    """Files that ``manifest.csv`` calls left over; none if it cannot be read: then all are held to everything."""
    try:
        with (results / MANIFEST).open(encoding="utf-8", newline="") as file:
            return {row.get("path") or "" for row in csv.DictReader(file) if row.get(LEFT_OVER) == "yes"}
    except (OSError, ValueError, csv.Error):
        return set()


def listed_as_made(results: Path) -> set[str]:
    """What ``SHA256SUMS`` lists and the workflow makes: no records, no lists, and nothing that is left over."""
    apart = left_over(results) | {MANIFEST}
    names = read_sums(results / SUMS) if (results / SUMS).is_file() else {}
    return {name for name in names if name not in apart and not name.startswith(f"{FOLDER}/")}


def writable(paths: Iterable[str]) -> set[str]:
    """Paths that a list of lines in UTF-8 can hold."""
    return {path for path in paths if "\n" not in path and path.isprintable()}


def printable(text: str) -> str:
    """A text of which each letter can be shown: files and records may name anything, what moves a terminal's cursor."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def shown_path(path: str) -> str:
    """A path that can be shown, and no spreadsheet takes for a formula; what somebody added may have any name."""
    path = printable(path)
    return path if path[:1].isalnum() or path.startswith(("_", ".")) else f"./{path}"

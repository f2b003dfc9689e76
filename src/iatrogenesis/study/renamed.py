"""Tables that were made before a scenario, cell, reading, method or model was renamed, brought to its present name.

Run as a module (``python -m iatrogenesis.study.renamed results/reference/full``) it rewrites the CSV tables of a folder
and the folders below in place; `make take-over` does the same to what it takes over. A table without an old name keeps
its bytes, and so does every other field of the others: fields are compared as text and no number is read. A second run
changes nothing.
"""

import csv
import io
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.former_names import CELL_READINGS, CELLS, METHODS, READINGS, SCENARIOS

COLUMNS: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("method", "model", "reference"), METHODS),
    "cell": CELLS,
    "reading": READINGS,
    **dict.fromkeys(("scenario", "dataset", "world"), SCENARIOS),
}
"""Present names by former ones, of the columns that have them."""


def of_columns(columns: Collection[str]) -> dict[str, Mapping[str, str]]:
    """Return what is renamed in which of a table's columns; cells have other readings than scenarios."""
    found = {column: COLUMNS[column] for column in columns if column in COLUMNS}
    return found | {"reading": CELL_READINGS} if {"cell", "reading"} <= set(found) else found


def renamed(text: str) -> str:
    """Return a CSV table with present names."""
    rows = list(csv.reader(io.StringIO(text)))
    head = rows[0] if rows else []
    columns = of_columns(head)
    places = {place: columns[column] for place, column in enumerate(head) if column in columns}
    if not any(row[place] in names for row in rows[1:] for place, names in places.items()):
        return text
    for row in rows[1:]:
        for place, names in places.items():
            row[place] = names.get(row[place], row[place])
    found = io.StringIO()
    csv.writer(found, lineterminator="\n").writerows(rows)
    return found.getvalue()


def rename(folder: Path) -> list[Path]:
    """Rewrite the tables below a folder that have a former name; return their paths."""
    changed = []
    for path in sorted(folder.rglob("*.csv")):
        before = path.read_text(encoding="utf-8")
        if (after := renamed(before)) != before:
            write_text(after, path)
            changed.append(path)
    return changed


if __name__ == "__main__":
    for one in rename(Path(sys.argv[1])):
        print(f"{one}: names brought up to date")

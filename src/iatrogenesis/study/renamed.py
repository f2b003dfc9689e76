"""Tables that were made before a scenario, cell, method or model was renamed, brought to its present name.

Run as a module (``python -m iatrogenesis.study.renamed results/reference/full``) it rewrites the CSV tables of a folder
and the folders below in place; `make take-over` does the same to what it takes over. A table without an old name keeps
its bytes, and so does every other field of the others: fields are compared as text and no number is read. A second run
changes nothing.
"""

import csv
import io
import sys
from collections.abc import Mapping
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.former_names import CELLS, METHODS, SCENARIOS

COLUMNS: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("method", "model", "reference"), METHODS),
    "cell": CELLS,
    **dict.fromkeys(("scenario", "dataset", "world"), SCENARIOS),
}
"""Present names by former ones, of the columns that have them."""


def renamed(text: str) -> str:
    """Return a CSV table with present names in `COLUMNS`."""
    rows = list(csv.reader(io.StringIO(text)))
    places = {place: COLUMNS[column] for place, column in enumerate(rows[0] if rows else []) if column in COLUMNS}
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

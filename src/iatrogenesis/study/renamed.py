"""Tables that were made before a scenario, cell, reading, method or model was renamed, brought to its present name.

Run as a module (``python -m iatrogenesis.study.renamed results/reference/full``) it rewrites the CSV tables of a folder
and the folders below in place, and the cells of the parts that a full study's tables were made in; `make take-over`
does the same to what it takes over. A table without an old name keeps its bytes, and so does every other field of the
others: fields are compared as text and no number is read. A second run changes nothing.
"""

import csv
import io
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from iatrogenesis.core.files import write_text
from iatrogenesis.core.former_names import CELL_READINGS, CELLS, METHODS, READINGS, SCENARIOS
from iatrogenesis.study.protocol import PROTOCOL

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


def renamed_parts(text: str) -> str:
    """Return what the full study's tables follow from, with present names of its parts' cells."""
    about = yaml.safe_load(text)
    parts = about.get("parts", ())
    if not any(cell in CELLS for part in parts for cell in part["cells"]):
        return text
    for part in parts:
        part["cells"] = [CELLS.get(cell, cell) for cell in part["cells"]]
    return written(about)


def written(about: Mapping[str, Any]) -> str:
    """Return what the full study's tables follow from, as its file has it."""
    return yaml.safe_dump(about, sort_keys=False, width=110)


def rename(folder: Path) -> list[Path]:
    """Rewrite what has a former name below a folder; return the paths."""
    changed = []
    for pattern, to_present in (("*.csv", renamed), (PROTOCOL, renamed_parts)):
        for path in sorted(folder.rglob(pattern)):
            before = path.read_text(encoding="utf-8")
            if (after := to_present(before)) != before:
                write_text(after, path)
                changed.append(path)
    return changed


if __name__ == "__main__":
    for one in rename(Path(sys.argv[1])):
        print(f"{one}: names brought up to date")

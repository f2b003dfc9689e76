"""Where the header of a table stands, and whether its names can be used."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from iatrogenesis.core.tables import DataError

LOOKED_AT = 60  # first rows among which the header is sought
BLANK = " \t\u00a0\u200b\ufeff\u2007\u202f"
"""What is no part of a name or a value at its ends."""


def plain(value: object) -> str:
    """Return a cell as text, without blanks at its ends; empty where there is nothing."""
    return "" if value is None else str(value).strip(BLANK + "\r\n")


def header_row(rows: Sequence[Sequence[object]], path: Path, where: str = "") -> int:
    """Return the position of the header: the first row that is about as full as those below it.

    Titles above it have one or two cells. A header must be names: where most of its cells are numbers, it is missing.

    Raises
    ------
    DataError
        If there is no row with a name, or the first full row holds numbers.
    """
    filled = [sum(plain(cell) != "" for cell in row) for row in rows[:LOOKED_AT]]
    if not any(filled):
        raise DataError(f"{path}{where}: there is nothing in it. Export the table again.")
    typical = Counter(count for count in filled if count).most_common()
    widest = max(width for width, times in typical if times == typical[0][1])
    found = next(i for i, count in enumerate(filled) if count >= max(1, widest / 2))
    cells = [plain(cell) for cell in rows[found] if plain(cell)]
    if sum(_is_number(cell) for cell in cells) > len(cells) / 2:
        raise DataError(
            f"{path}{where}: row {found + 1} should hold the names of the columns but looks like data "
            f"({len(cells)} cells, most of them numbers). Put a row with names above the data."
        )
    return found


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def names(cells: Sequence[object], used: Sequence[bool], path: Path, row: int) -> tuple[list[str | None], list[str]]:
    """Return the columns' names, None for columns without name and content, and notes.

    Parameters
    ----------
    cells
        The header's cells.
    used
        Whether a column holds anything below the header.
    path, row
        The file, and the row of the header as a person counts it.

    Raises
    ------
    DataError
        If a name occurs twice; both columns are named.
    """
    notes: list[str] = []
    found: list[str | None] = []
    places: dict[str, int] = {}
    for position, (cell, holds) in enumerate(zip(cells, used, strict=True), start=1):
        name = " ".join(plain(cell).split())
        if not name and not holds:
            found.append(None)
            continue
        if not name:
            name = f"column {position}"
            notes.append(f"Column {letter(position)} has no name in row {row}: called {name!r} here.")
        if name in places:
            raise DataError(
                f"{path}: row {row}: two columns are called {name!r}, the {ordinal(places[name])} "
                f"({letter(places[name])}) and the {ordinal(position)} ({letter(position)}). Rename or remove one."
            )
        places[name] = position
        found.append(name)
    return found, notes


def letter(position: int) -> str:
    """Return how a spreadsheet calls a column, from 1: A, B, ..., Z, AA."""
    text = ""
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def ordinal(position: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, ..."""
    ending = "th" if 10 <= position % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(position % 10, "th")
    return f"{position}{ending}"

"""How large a table may be: a file of a few kilobytes can unpack to more than any memory holds."""

from pathlib import Path

from iatrogenesis.core.tables import DataError

MOST_CELLS = 200_000_000
"""Two million clients with a hundred columns each."""


def check_cells(rows: int, columns: int, path: Path) -> None:
    """Refuse a table that is larger than any service's, before there is room made for it.

    Raises
    ------
    DataError
        If it has more than `MOST_CELLS` cells.
    """
    if rows * columns > MOST_CELLS:
        raise DataError(
            f"{path}: {rows:,} rows of {columns:,} columns are more than {MOST_CELLS:,} cells, which no service's "
            "table has. Export it again, or in parts."
        )

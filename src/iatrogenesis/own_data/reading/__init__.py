"""Read a table as it comes: text, parquet, spreadsheet, SPSS, Stata.

One file per kind; each reads a file and judges nothing.
"""

from pathlib import Path

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.raw import Raw
from iatrogenesis.own_data.settings import Files

__all__ = ["Raw", "read"]


def read(path: Path, files: Files) -> Raw:
    """Read one file by what its name ends with.

    Parameters
    ----------
    path
        The file.
    files
        What is said about how the files are written; what is not said is found out by looking.

    Raises
    ------
    DataError
        If there is no such file, or it cannot be read: naming the file and what to do.
    """
    raise DataError(f"{path}: no reader for this kind of file yet.")

"""Read a table as it comes: text, parquet, spreadsheet, SPSS, Stata.

One file per kind; each reads a file and judges nothing.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.parquet import read_parquet_file
from iatrogenesis.own_data.reading.raw import Raw
from iatrogenesis.own_data.reading.spreadsheet import read_spreadsheet
from iatrogenesis.own_data.reading.spss_stata import read_spss, read_stata
from iatrogenesis.own_data.reading.text import read_text
from iatrogenesis.own_data.settings import Files

__all__ = ["Raw", "read"]

READERS: Mapping[str, Callable[[Path, Files], Raw]] = {
    ".csv": read_text,
    ".tsv": read_text,
    ".tab": read_text,
    ".txt": read_text,
    ".dat": read_text,
    ".asc": read_text,
    ".parquet": read_parquet_file,
    ".pq": read_parquet_file,
    ".xlsx": read_spreadsheet,
    ".xlsm": read_spreadsheet,
    ".sav": read_spss,
    ".zsav": read_spss,
    ".dta": read_stata,
}
INSTEAD = {
    ".xls": "save it as .xlsx",
    ".ods": "save it as .xlsx or CSV",
    ".zip": "unpack it",
    ".gz": "unpack it",
    ".rds": "write it from R by write.csv or arrow::write_parquet",
    ".rdata": "write the table from R by write.csv or arrow::write_parquet",
    ".sas7bdat": "export it as CSV",
    ".por": "save it as .sav",
    ".json": "export it as CSV",
    ".pdf": "export the table as CSV",
    ".feather": "write it as parquet",
}


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
    path = Path(path)
    ending = path.suffix.lower()
    if not path.exists():
        raise DataError(f"{path}: no such file. Correct the path; it is relative to the settings file.{_near(path)}")
    if path.is_dir():
        raise DataError(f"{path}: this is a folder, not a file. Name the file in it.")
    if not path.is_file():
        raise DataError(f"{path}: this is a device or a pipe, not a file. Save the table as a file.")
    if ending not in READERS:
        way = INSTEAD.get(ending, f"use one of {', '.join(READERS)}")
        raise DataError(f"{path}: files that end with {f'{ending!r}' if ending else 'nothing'} cannot be read; {way}.")
    try:
        return READERS[ending](path, files)
    except PermissionError:
        raise DataError(f"{path}: may not be opened. Close it in other programs, or ask for permission.") from None


def _near(path: Path) -> str:
    """Return a hint at a file of nearly the same name."""
    from difflib import get_close_matches

    if not path.parent.is_dir():
        return f" The folder {path.parent} is not there."
    near = get_close_matches(path.name, [other.name for other in path.parent.iterdir()], n=1)
    return f" Did you mean {near[0]}?" if near else ""

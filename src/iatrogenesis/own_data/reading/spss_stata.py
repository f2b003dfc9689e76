"""SPSS (.sav, .zsav) and Stata (.dta): values as numbers, their labels beside them, missing values as the file says."""

from pathlib import Path
from typing import Any

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.frame import typed
from iatrogenesis.own_data.reading.raw import Raw
from iatrogenesis.own_data.reading.said import many
from iatrogenesis.own_data.reading.size import MOST_CELLS, check_cells
from iatrogenesis.own_data.settings import Files


def read_spss(path: Path, files: Files) -> Raw:
    """Read an SPSS file; user-missing values and ranges are missing.

    Raises
    ------
    DataError
        If it cannot be read or has no records.
    """
    import pyreadstat

    frame, meta = _opened(pyreadstat.read_sav, path, files)
    notes = []
    for name, ranges in (meta.missing_ranges or {}).items():
        hit = _in_ranges(frame[name], ranges)
        if count := int(hit.sum()):
            notes.append(f"{many(count, 'cell')} of column {name!r} with a user-missing value ({_said(ranges)}).")
            frame[name] = frame[name].mask(hit)
    return _with_labels(frame, meta, path, notes)


def read_stata(path: Path, files: Files) -> Raw:
    """Read a Stata file; the extended missing values .a to .z are missing.

    Raises
    ------
    DataError
        If it cannot be read or has no records.
    """
    import pyreadstat

    frame, meta = _opened(pyreadstat.read_dta, path, files)
    notes = []
    for name, values in (meta.missing_user_values or {}).items():
        hit = frame[name].map(lambda value: isinstance(value, str)) & frame[name].isin(values)
        if count := int(hit.sum()):
            said = ", ".join(f".{value}" for value in sorted(values))
            notes.append(f"{many(count, 'cell')} of column {name!r} with an extended missing value ({said}).")
            frame[name] = pd.to_numeric(frame[name].mask(hit))
    return _with_labels(frame, meta, path, notes)


def _opened(reader: Any, path: Path, files: Files) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    options: dict[str, Any] = {"user_missing": True, "apply_value_formats": False}
    if files.encoding:
        options["encoding"] = files.encoding
    try:
        _, announced = reader(str(path), metadataonly=True, **options)
        rows, columns = announced.number_rows or 0, announced.number_columns
        if rows * columns > _most_cells(path):  # the library makes room for them before it looks whether they are there
            raise DataError(
                f"{path}: this file announces {announced.number_rows:,} rows, and is too short to hold them. "
                "It is damaged or cut off: export it again."
            )
        check_cells(rows, columns, path)
        if not rows:  # a file need not say how many it has
            options["row_limit"] = MOST_CELLS // max(columns, 1) + 1
        frame, meta = reader(str(path), **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"{path}: this file cannot be read ({reason}). Save it again, or name its encoding in data.encoding."
        ) from None
    check_cells(len(frame), columns, path)
    return frame, meta


def _most_cells(path: Path) -> int:
    """Return how many cells a file can hold at most: a byte for each, which zlib shortens to no less than 1/1032."""
    with path.open("rb") as file:
        return path.stat().st_size * (1032 if file.read(4) == b"$FL3" else 1)


def _in_ranges(column: pd.Series, ranges: list[dict[str, Any]]) -> pd.Series:
    hit = pd.Series(False, index=column.index)
    for limits in ranges:
        low, high = limits["lo"], limits["hi"]
        if isinstance(low, str):
            hit |= column.map(lambda value, low=low: isinstance(value, str) and value.strip() == low.strip())
        else:
            hit |= column.between(low, high)
    return hit


def _whole(column: pd.Series) -> bool:
    present = column.dropna()
    return bool(((present % 1 == 0) & (present.abs() < 2**53)).all())


def _said(ranges: list[dict[str, Any]]) -> str:
    def end(value: Any) -> str:
        return value if isinstance(value, str) else f"{value:g}"

    return ", ".join(end(r["lo"]) if r["lo"] == r["hi"] else f"{end(r['lo'])} to {end(r['hi'])}" for r in ranges)


def _with_labels(frame: pd.DataFrame, meta: Any, path: Path, notes: list[str]) -> Raw:
    """Return the table, with the labels of its values and the longer names of its columns."""
    for name in frame.columns:  # these programs keep whole numbers as floating ones
        if pd.api.types.is_float_dtype(frame[name].dtype) and _whole(frame[name]):
            frame[name] = frame[name].astype("Int64")
    raw = typed(frame, path)
    labels: dict[str, dict[object, str]] = {}
    for name, values in (meta.variable_value_labels or {}).items():
        named = {value: str(text).strip() for value, text in values.items() if str(text).strip()}
        if named and " ".join(name.split()) in raw.table:
            labels[" ".join(name.split())] = named
    titles = dict(zip(meta.column_names, meta.column_labels or [], strict=False))
    return Raw(
        raw.table,
        path,
        (*notes, *raw.notes),
        labels=labels,
        titles={name: str(title) for name, title in titles.items() if title},
        blanks=raw.blanks,
        stripped=raw.stripped,
    )

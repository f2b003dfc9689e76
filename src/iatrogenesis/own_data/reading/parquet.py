"""Parquet: the file's own types, categories as their values."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading.frame import typed
from iatrogenesis.own_data.reading.raw import Raw
from iatrogenesis.own_data.reading.size import check_cells
from iatrogenesis.own_data.settings import Files


def read_parquet_file(path: Path, files: Files) -> Raw:
    """Read a parquet file.

    Raises
    ------
    DataError
        If it cannot be read, has no rows or too many, or a name occurs twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _refusing_damage(path):
        announced = pq.read_metadata(path)
    check_cells(announced.num_rows, announced.num_columns, path)
    with _refusing_damage(path):
        table = pq.read_table(path)
        names = table.column_names  # a damaged name shows only here
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise DataError(f"{path}: column {nested[0]!r} holds lists or records, not single values. Leave it out.")
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        places = [i + 1 for i, name in enumerate(names) if name == duplicates[0]]
        raise DataError(f"{path}: columns {places[0]} and {places[1]} are both called {duplicates[0]!r}. Rename one.")
    with _refusing_damage(path):
        frame = table.to_pandas(ignore_metadata=True, types_mapper=_nullable)
    return typed(frame, path)


@contextmanager
def _refusing_damage(path: Path) -> Generator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:  # of values: in notes of other programs, and in texts
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path}: this is no parquet file, or it is damaged ({reason}). Export it again.") from None


def _nullable(kind: object) -> object:
    """Return the pandas type of whole numbers and booleans that keeps them when some are missing."""
    import pyarrow as pa

    if pa.types.is_integer(kind):
        return pd.Int64Dtype() if not pa.types.is_unsigned_integer(kind) else pd.UInt64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(kind) else None

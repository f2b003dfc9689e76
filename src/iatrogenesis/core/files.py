"""Reading and writing tables: nothing half-written, and a clear word about a broken file.

Pandas is imported by what needs it: the many jobs that only write numbers are done before it is loaded.
"""

import csv
import json
import math
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@contextmanager
def replacing(path: Path | str) -> Generator[Path]:
    """Give a temporary name beside ``path`` and move it there once the block ends without error."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, path: Path | str) -> None:
    """Write UTF-8 text in one step."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(content: Any, path: Path | str) -> None:
    """Write JSON with sorted keys; not-a-number is refused."""
    write_text(json.dumps(content, indent=1, sort_keys=True, allow_nan=False) + "\n", path)


def write_csv(table: "pd.DataFrame", path: Path | str) -> None:
    """Write a CSV table: one header row, no index, missing as empty, ten significant digits."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.10g", lineterminator="\n")


def write_rows(rows: Sequence[Mapping[str, object]], path: Path | str) -> None:
    """Write rows with the same fields as the CSV table that `write_csv` would write."""

    def shown(value: object) -> object:
        if isinstance(value, float):
            return "" if math.isnan(value) else f"{value:.10g}"
        return value

    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([shown(value) for value in row.values()] for row in rows)


def write_parquet(table: "pd.DataFrame | Mapping[str, np.ndarray]", path: Path | str) -> None:
    """Write a parquet table from a data frame, or from columns by name."""
    with replacing(path) as temporary:
        if not isinstance(table, Mapping):
            table.to_parquet(temporary, index=False, compression="zstd")
        else:
            import pyarrow as pa
            import pyarrow.parquet as pq

            columns = {name: pa.array(values, from_pandas=True) for name, values in table.items()}
            text = {name: column.cast(pa.large_string()) for name, column in columns.items() if column.type == "string"}
            pq.write_table(pa.table(columns | text), temporary, compression="zstd")  # types as pandas gives them


def read_parquet(path: Path | str) -> "pd.DataFrame":
    """Read a parquet table; raise DataError where the file is missing, empty or damaged."""
    import pandas as pd

    return _read(path, pd.read_parquet)


def read_csv(path: Path | str) -> "pd.DataFrame":
    """Read a CSV table; raise DataError where the file is missing, empty or damaged.

    Only an empty field is missing, so that a word such as ``none`` or ``NA`` comes back as it was written.
    """
    import pandas as pd

    return _read(path, partial(pd.read_csv, keep_default_na=False, na_values=[""]))


def _read(path: Path | str, reader: "Callable[[Path | str], pd.DataFrame]") -> "pd.DataFrame":
    from iatrogenesis.core.tables import DataError

    try:
        return reader(path)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; make it again or correct the path.") from None
    except Exception as error:  # every reader has errors of its own; all mean the same to the user
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path}: cannot be read ({reason}). Delete the file and make it again.") from error

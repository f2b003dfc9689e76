"""Reading and writing tables: nothing half-written, and a clear word about a broken file.

Pandas is imported by what needs it: the many jobs that only write numbers are done before it is loaded.
"""

import csv
import json
import math
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iatrogenesis.core.storage import explaining

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


@contextmanager
def replacing(path: Path | str) -> Generator[Path]:
    """Give a temporary name beside ``path``, and move it there once the block has ended well and all is on disk.

    Raises
    ------
    WriteError
        If the disk is full or may not be written to.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with explaining(path):  # before the temporary file goes, and the disk is not full any more
            yield temporary
            _flush(temporary)
            temporary.replace(path)
            with suppress(OSError):  # some network disks cannot, and some folders may be written to but not read
                _flush(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, would survive a power cut."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


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


def read_benchmark(path: Path | str) -> "pd.Series":
    """Read what Snakemake measured of a job, the last time; raise DataError where the file is missing or damaged."""
    import pandas as pd

    return _read(path, lambda path: pd.read_csv(path, sep="\t", na_values=["NA", "-"]).iloc[-1])


def read_json(path: Path | str) -> Any:
    """Read JSON; raise DataError where the file is missing or damaged."""
    return _read(path, lambda path: json.loads(Path(path).read_text(encoding="utf-8")))


def read_text(path: Path | str) -> str:
    """Read UTF-8 text; raise DataError where the file is missing, empty or damaged."""

    def reader(path: Path | str) -> str:
        if text := Path(path).read_text(encoding="utf-8"):
            return text
        raise ValueError("it is empty")

    return _read(path, reader)


def _read[T](path: Path | str, reader: "Callable[[Path | str], T]") -> T:
    from iatrogenesis.core.tables import DamagedFile, DataError

    try:
        return reader(path)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; make it again or correct the path.") from None
    except Exception as error:  # every reader has errors of its own; all mean the same to the user
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"{path}: cannot be read ({said}). Delete the file and make it again."
        if isinstance(error, MemoryError) or getattr(error, "errno", None):  # the file itself may be sound
            raise DataError(message) from error
        raise DamagedFile(message, Path(path)) from error

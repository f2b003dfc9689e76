"""Write tables as CSV, parquet, or SPSS `.sav` with labels of variables and values."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import replacing, write_csv, write_parquet
from iatrogenesis.own_data.exchange.codebook import Column
from iatrogenesis.own_data.exchange.dataset import DataSet
from iatrogenesis.own_data.privacy import safe_cells

NO_YES = {0: "no", 1: "yes"}
MEASURES = {"number": "scale", "whole number": "scale", "date": "scale"}
FORMATS = {"yes or no": "F1.0", "category": "F3.0", "whole number": "F8.0", "number": "F12.4", "date": "DATE11"}
LONGEST = 32_767  # bytes of a text in SPSS
CREATED, BEFORE = slice(92, 109), b"01 Jan 7000:00:00"  # of a .sav file: when it was made


def as_text(table: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """Return the table as a CSV file has it: TRUE and FALSE, which R takes for logical, dates as 2024-03-01."""
    found = {}
    for name, values in table.items():
        kind = columns[str(name)].type
        if kind == "yes or no":
            found[name] = values.map({True: "TRUE", False: "FALSE"}).astype("str")
        elif kind == "date":
            found[name] = values.dt.strftime("%Y-%m-%d")
        else:
            found[name] = values
    return pd.DataFrame(found, index=table.index)


def write_as_csv(table: pd.DataFrame, columns: Mapping[str, Column], path: Path, *, personal: bool = False) -> None:
    """Write a CSV table; of real people's tables, no cell can become a formula in a spreadsheet."""
    text = as_text(table, columns)
    write_csv(safe_cells(text) if personal else text, path)


def codes(column: Column) -> dict[int, str]:
    """Return a column's values in SPSS and what they mean; empty where they are their own meaning."""
    return NO_YES if column.type == "yes or no" else dict(enumerate(column.levels, start=1))


def write_sav(table: pd.DataFrame, columns: Mapping[str, Column], path: Path, title: str = "") -> None:
    """Write an SPSS file: numbers, coded categories with value labels, a label for every variable.

    The same table gives the same bytes: SPSS files say when they were made, and this one says 1970. SPSS cannot tell a
    missing text from an empty one.
    """
    import pyreadstat

    coded = pd.DataFrame({name: _coded(values, columns[str(name)]) for name, values in table.items()})
    of_kind = {name: columns[name].type for name in map(str, table.columns)}
    labels: dict[str, dict] = {name: codes(columns[name]) for name in of_kind if codes(columns[name])}
    with replacing(path) as temporary:
        pyreadstat.write_sav(
            coded,
            temporary,
            file_label=title[:60],
            column_labels={name: _label(columns[name]) for name in of_kind},
            variable_value_labels=labels,
            variable_measure={name: MEASURES.get(kind, "nominal") for name, kind in of_kind.items()},
            variable_format={name: FORMATS[kind] for name, kind in of_kind.items() if kind in FORMATS},
        )
        content = bytearray(temporary.read_bytes())
        content[CREATED] = BEFORE
        temporary.write_bytes(content)


def _coded(values: pd.Series, column: Column) -> pd.Series:
    if column.type == "text":
        return values.astype(object).where(values.notna(), "").str.slice(0, LONGEST)
    if column.type == "date":
        return values.dt.date.astype(object).where(values.notna(), None)
    if column.levels:
        values = values.map({text: code for code, text in codes(column).items()})
    return values.astype("Float64").to_numpy(dtype=float, na_value=float("nan"))


def _label(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def codebook_table(data: DataSet) -> pd.DataFrame:
    """Return one row per column: what it is called, means and may hold."""
    rows = [
        {
            "table": table,
            "column": name,
            "label": one.label,
            "type": one.type,
            "unit": one.unit or "",
            "low": one.range[0] if one.range else float("nan"),
            "high": one.range[1] if one.range else float("nan"),
            "levels": "; ".join(one.levels),
            "only_simulated": "TRUE" if one.truth else "FALSE",
        }
        for table, columns in data.columns.items()
        for name, one in columns.items()
    ]
    return pd.DataFrame(rows)


def write_tables(data: DataSet, folder: Path, form: str) -> list[Path]:
    """Write every table, and ``codebook.csv``, into a folder that exists; return the paths.

    Parameters
    ----------
    form
        csv, parquet or sav.
    """
    writers: dict[str, Callable[[str, Path], None]] = {
        "csv": lambda name, path: write_as_csv(data.tables[name], data.columns[name], path, personal=data.personal),
        "parquet": lambda name, path: write_parquet(data.tables[name], path),
        "sav": lambda name, path: write_sav(data.tables[name], data.columns[name], path, data.title),
    }
    paths = []
    for name in data.tables:
        paths.append(folder / f"{name}.{form}")
        writers[form](name, paths[-1])
    paths.append(folder / "codebook.csv")
    write_csv(safe_cells(codebook_table(data)), paths[-1])
    return paths

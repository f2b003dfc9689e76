"""A data set to be handed on: its tables, typed as the codebook says, and what each column means."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from iatrogenesis.core.files import read_parquet
from iatrogenesis.core.tables import DataError, refuse
from iatrogenesis.own_data.exchange.codebook import Codebook, Column, described
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.small_numbers import suppressed

KEYS = {
    "clients": ("client_id",),
    "sessions": ("client_id", "session"),
    "therapists": ("therapist_id",),
    "therapist_weeks": ("therapist_id", "week"),
    "counts": ("unit_id", "period"),
}
"""What no two rows of a table have in common."""
PEOPLE = ("n", "deteriorated")
BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


@dataclass(frozen=True)
class DataSet:
    """Tables and their columns.

    Attributes
    ----------
    name
        Letters, digits and underscores.
    tables
        By name; columns have the types of `typed`.
    columns
        What each column is, by table.
    personal
        Whether the rows are about real people.
    """

    name: str
    title: str
    description: str
    tables: Mapping[str, pd.DataFrame]
    columns: Mapping[str, Mapping[str, Column]]
    personal: bool

    def keys(self, table: str) -> tuple[str, ...]:
        """Columns that name a row of a table; none if rows share them, or one is missing somewhere."""
        key = [name for name in KEYS.get(table, ()) if name in self.tables[table]]
        own = self.tables[table][key]
        named = len(key) == len(KEYS.get(table, ())) and not own.isna().any(axis=None) and not own.duplicated().any()
        return tuple(key) if named else ()


def of_simulated(folder: Path, name: str, codebook: Codebook, title: str) -> DataSet:
    """Return the tables of one simulated scenario.

    Parameters
    ----------
    folder
        With ``clients.parquet`` and, where they were kept, the others.
    codebook
        Of simulated tables.

    Raises
    ------
    DataError
        If no table is there, or a column is not as the codebook says.
    """
    paths = {table: folder / f"{table}.parquet" for table in codebook}
    found = {table: read_parquet(path) for table, path in paths.items() if path.is_file()}
    if not found:
        raise DataError(f"{folder}: no simulated tables here (clients.parquet, ...). Run the study first.")
    text = "Simulated by the project Iatrogenesis: no row is about a real person."
    return _dataset(found, codebook, {}, name, title, text, personal=False)


def of_prepared(prepared: Prepared, codebook: Codebook, small_numbers: str = "none") -> DataSet:
    """Return a service's own prepared tables.

    Parameters
    ----------
    codebook
        Of own tables.
    small_numbers
        As in `Privacy` of the settings: with "nhs", small counts are missing and others rounded to 5.
    """
    about = prepared.about
    scores = {
        name: Column(label=one.name, type="number", unit="points", range=(one.minimum, one.maximum))
        for name, one in about.instruments.items()
    }
    text = "A service's own data, prepared for analysis by the project Iatrogenesis: rows are about real people."
    tables = dict(prepared.tables)
    if "counts" in tables and small_numbers != "none":
        found = suppressed(tables["counts"], PEOPLE, small_numbers, within=["period"])
        tables["counts"] = found.assign(**{name: pd.to_numeric(found[name], errors="coerce") for name in PEOPLE})
        text += " Numbers below 5, and what would tell them, are left out; others are rounded to 5."
    return _dataset(tables, codebook, scores, about.name, about.title, text, personal=True)


def _dataset(
    tables: Mapping[str, pd.DataFrame],
    codebook: Codebook,
    scores: Mapping[str, Column],
    name: str,
    title: str,
    description: str,
    *,
    personal: bool,
) -> DataSet:
    columns = {
        table: described(codebook[table], list(own.columns), scores, f"{name}, {table}")
        for table, own in tables.items()
    }
    columns = {table: _decided(own, tables[table]) for table, own in columns.items()}
    made = {table: typed(own, columns[table], f"{name}, {table}") for table, own in tables.items()}
    return DataSet(name, title, description, made, columns, personal)


def _decided(columns: Mapping[str, Column], table: pd.DataFrame) -> dict[str, Column]:
    """Columns of any type as what these data have."""

    def decided(name: str, column: Column) -> Column:
        if column.type != "any":
            return column
        values = table[name]
        boolean = pd.api.types.is_bool_dtype(values)
        kind = "yes or no" if boolean else "number" if pd.api.types.is_numeric_dtype(values) else "text"
        return column.model_copy(update={"type": kind})

    return {name: decided(name, column) for name, column in columns.items()}


def typed(table: pd.DataFrame, columns: Mapping[str, Column], source: str) -> pd.DataFrame:
    """Return the table with each column as the codebook says: str, Int64, float64, boolean or datetime64.

    Raises
    ------
    DataError
        If a value is not of its column's type, outside its range, or none of its levels.
    """
    return pd.DataFrame({name: _typed(table[name], column, source) for name, column in columns.items()})


def _typed(values: pd.Series, column: Column, source: str) -> pd.Series:
    words = f"{source}: column {values.name!r} must hold"
    if column.type in ("text", "category"):
        found = values.astype("str")
        if column.levels:
            refuse(found.notna() & ~found.isin(column.levels), values, f"{words} one of {', '.join(column.levels)}")
        return found
    if column.type == "date":
        found = pd.to_datetime(values, errors="coerce").dt.as_unit("us")
    elif column.type == "yes or no":
        found = values.astype("str").str.lower().map(BOOLEANS).astype("boolean")
    else:
        found = pd.to_numeric(values, errors="coerce").astype("Float64")
    refuse(found.isna() & values.notna(), values, f"{words} {column.type}s" if column.type != "yes or no" else words)
    if column.type == "whole number":
        refuse((found % 1 != 0).fillna(False), values, f"{words} whole numbers")
        found = found.astype("Int64")
    if column.range is not None:
        low, high = column.range
        refuse(((found < low) | (found > high)).fillna(False), values, f"{words} {low:g} to {high:g}")
    return found if column.type != "number" else found.astype("float64")

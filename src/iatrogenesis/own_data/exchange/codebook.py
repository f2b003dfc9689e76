"""The codebook: what each column of each table is, in one place for pages, labels and packages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import TypeAdapter, ValidationError, model_validator

from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError, read_yaml

OWN = "own_data"
Kind = Literal["text", "whole number", "number", "category", "yes or no", "date", "any"]


class Column(Strict):
    """One column.

    Attributes
    ----------
    type
        "any" where each service decides, number or text.
    truth
        Whether only a simulation knows it.
    """

    label: str
    type: Kind
    unit: str | None = None
    range: tuple[Finite, Finite] | None = None
    levels: tuple[str, ...] = ()
    truth: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.type == "category") != bool(self.levels):
            raise ValueError("categories, and nothing else, have levels")
        if self.range is not None and self.range[0] >= self.range[1]:
            raise ValueError("the range ends before it begins")
        return self


type Table = Mapping[str, Column]
type Codebook = Mapping[str, Table]

_TABLES = TypeAdapter(dict[str, dict[str, Column]])


def read_codebook(path: Path) -> tuple[Codebook, Codebook]:
    """Read the codebook: columns by table, of simulated tables and of a service's own prepared tables.

    Raises
    ------
    DataError
        If an entry lacks a label or a type, or has something unknown; it names file, table and column.
    """
    content = _read(path)
    own = content.pop(OWN, {})
    return _validated(content, path), _validated(own, path)


def read_between(path: Path) -> Codebook:
    """Read the codebook of tables between simulation and report: columns by path below the results.

    Raises
    ------
    DataError
        As `read_codebook`.
    """
    return _validated(_read(path), path)


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_yaml(path)
    except ConfigError as error:
        raise DataError(str(error)) from None


def _validated(content: Mapping[str, Any], path: Path) -> Codebook:
    try:
        return _TABLES.validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{path}: {place}: {first['msg']}. Correct this entry.") from None


def described(table: Table, names: list[str], instruments: Mapping[str, Column], source: str) -> dict[str, Column]:
    """Return what the columns of one table are, in their order.

    Parameters
    ----------
    table
        Columns by name; ``<instrument>`` and ``<name>`` in a name stand for any.
    names
        The columns that a table has.
    instruments
        Scores by the name their columns carry: label and range.
    source
        What errors call the table.

    Raises
    ------
    DataError
        If a column is not in the codebook.
    """
    return {name: _described(table, name, instruments, source) for name in names}


def _described(table: Table, name: str, instruments: Mapping[str, Column], source: str) -> Column:
    if name in table:
        return table[name]
    for pattern, column in table.items():
        if "<instrument>" in pattern and (name.removesuffix(pattern.removeprefix("<instrument>"))) in instruments:
            score = instruments[name.removesuffix(pattern.removeprefix("<instrument>"))]
            label = column.label.replace("<instrument>", score.label)
            return column.model_copy(update={"label": label, "range": score.range})
        if pattern.endswith("<name>") and name.startswith(prefix := pattern.removesuffix("<name>")):
            return column.model_copy(update={"label": column.label.replace("<name>", name.removeprefix(prefix))})
    raise DataError(f"{source}: column {name!r} is not in the codebook; add what it means, or leave it out.")

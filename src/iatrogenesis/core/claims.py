"""Claims of the report: what it says in numbers, and for each where the number stands and how far it may be off.

The file `config/claims.yaml`. Every number of the abstract is one; so are the headline numbers of the results.
`iatrogenesis.verification` gives each a verdict, and writes a script that works it out again.
"""

import re
from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, RootModel, field_validator, model_validator

from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.core.tables import DataError

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["simulated", "estimate", "decisions", "posterior"]
PLACE = re.compile(r"\{(?!routine_care\})")  # the only name that stands for another: the scenario of routine care


class Claim(Strict):
    """One number that the report claims.

    Attributes
    ----------
    sentence
        What is claimed, with its unit.
    number
        Its name in ``tables/numbers.json``. ``{routine_care}`` stands for the study's first scenario,
        here and in ``row``.
    table, row, column
        The cell it comes from: a table of the results, what its row has in some columns, and the column.
    times
        What the cell is multiplied by to give the number: 100 for per cent, -1 for what is averted.
    mcse
        The column of its Monte Carlo standard error (in units of the cell). Not a number: that would excuse anything.
    kind
        ``simulated``: the same on every machine. ``estimate``: from the same data sets everywhere, analysed without
        draws. ``decisions``: the share of the same data sets in which draws decide something. ``posterior``: from a
        sampler's draws, which differ between platforms.
    data_sets
        Of decisions: the column with the number of data sets.
    tolerance
        Relative difference that still counts as the same number: the last digits of logarithms.
    abstract
        Whether it stands in the abstract.
    """

    sentence: str = Field(min_length=20, max_length=115, pattern=r'^[^"\\\n]+$')
    number: str
    table: str = Field(pattern=r"^tables/[a-z_]+\.csv$")
    row: dict[str, str] = Field(min_length=1)
    column: str
    times: Finite = 1.0
    mcse: str | None = None
    kind: Kind
    data_sets: str | None = None
    tolerance: float = Field(default=1e-6, gt=0, le=1e-4)
    abstract: bool = False

    @field_validator("number", "row")
    @classmethod
    def _only_routine_care(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for text in [value] if isinstance(value, str) else value.values():
            if PLACE.search(text):
                raise ValueError(f"{text!r}: only {{routine_care}} may stand for a name")
        return value

    @model_validator(mode="after")
    def _has_its_error(self) -> Self:
        if self.kind != "simulated" and self.mcse is None:
            raise ValueError(f"mcse: a number of kind {self.kind!r} needs the column of its error")
        if (self.kind == "decisions") != (self.data_sets is not None):
            raise ValueError("data_sets: decisions, and they alone, need the column with the number of data sets")
        if not 1e-3 <= abs(self.times) <= 1e3:
            raise ValueError("times: must be between 0.001 and 1000, or -1000 and -0.001")
        return self

    def of(self, routine_care: str) -> "Claim":
        """The claim about a study whose scenario of routine care has this id."""
        named = {column: value.replace("{routine_care}", routine_care) for column, value in self.row.items()}
        return self.model_copy(update={"number": self.number.replace("{routine_care}", routine_care), "row": named})

    def found(self, table: "pd.DataFrame") -> tuple[float, float | None] | None:
        """The number and its Monte Carlo standard error, from its table; None if the study has no such row.

        Raises
        ------
        DataError
            If the table lacks a column, has several such rows, or a text in the place of a number.
        """
        cells = self._cells(table)
        if cells is None or isnan(cells[0]):
            return None
        error = cells[1] if self.mcse else None
        return self.times * cells[0], None if error is None else abs(self.times) * error

    def counted(self, table: "pd.DataFrame") -> float | None:
        """Of decisions, in how many data sets; None else. Raises as `found`."""
        cells = self._cells(table) if self.data_sets else None
        return cells[-1] if cells else None

    def _cells(self, table: "pd.DataFrame") -> list[float] | None:
        """The number, and from the same row its error and the number of data sets, as far as they are named."""
        columns = [self.column, *filter(None, (self.mcse, self.data_sets))]
        for column in (*self.row, *columns):
            if column not in table:
                raise DataError(
                    f"{self.table}: no column {column!r}, which config/claims.yaml names for {self.number!r}"
                )
        chosen = table
        for column, value in self.row.items():
            chosen = chosen[chosen[column].astype(str) == value]
        if len(chosen) > 1:
            raise DataError(f"{self.table}: {len(chosen)} rows with {self.row}; config/claims.yaml must name one")
        if chosen.empty:
            return None
        try:
            return [float(chosen[column].iloc[0]) for column in columns]
        except (TypeError, ValueError) as error:
            raise DataError(f"{self.table}: {self.row}: {error}; make it again") from None


class Claims(RootModel[dict[str, Claim]]):
    """All claims, by id; the file `config/claims.yaml`."""

    @field_validator("root")
    @classmethod
    def _ids(cls, claims: dict[str, Claim]) -> dict[str, Claim]:
        for name in claims:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"{name!r}: an id is made of small letters, digits and _, and begins with a letter")
        numbers = [claim.number for claim in claims.values()]
        if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
            raise ValueError(f"{twice[0]!r}: two claims are about the same number")
        return claims

    def of(self, routine_care: str) -> Mapping[str, Claim]:
        """The claims about a study whose scenario of routine care has this id, by their own id."""
        return {name: claim.of(routine_care) for name, claim in self.root.items()}

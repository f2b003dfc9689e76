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

Kind = Literal["simulated", "estimate", "posterior"]
PLACE = re.compile(r"\{(?!base\})")  # the only name that stands for another: the scenario of routine care


class Claim(Strict):
    """One number that the report claims.

    Attributes
    ----------
    sentence
        What is claimed, with its unit.
    number
        Its name in ``tables/numbers.json``. ``{base}`` stands for the study's first scenario, here and in ``row``.
    table, row, column
        The cell it comes from: a table of the results, what its row has in some columns, and the column.
    times
        What the cell is multiplied by to give the number: 100 for per cent, -1 for what is averted.
    mcse
        The column of its Monte Carlo standard error (in units of the cell), or that error itself.
    kind
        ``simulated``: the same on every machine. ``estimate``: from data sets that a method analysed. ``posterior``:
        from a sampler's draws, which differ between platforms.
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
    mcse: str | Finite | None = None
    kind: Kind
    tolerance: float = Field(default=1e-6, gt=0, lt=0.01)
    abstract: bool = False

    @field_validator("number", "row")
    @classmethod
    def _only_base(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for text in [value] if isinstance(value, str) else value.values():
            if PLACE.search(text):
                raise ValueError(f"{text!r}: only {{base}} may stand for a name")
        return value

    @model_validator(mode="after")
    def _has_its_error(self) -> Self:
        if self.kind != "simulated" and self.mcse is None:
            raise ValueError(f"mcse: a number of kind {self.kind!r} needs the column of its error, or the error itself")
        return self

    def of(self, base: str) -> "Claim":
        """The claim about a study whose scenario of routine care has this id."""
        named = {column: value.replace("{base}", base) for column, value in self.row.items()}
        return self.model_copy(update={"number": self.number.replace("{base}", base), "row": named})

    def found(self, table: "pd.DataFrame") -> tuple[float, float | None] | None:
        """The number and its Monte Carlo standard error, from its table; None if the study has no such row.

        Raises
        ------
        DataError
            If the table lacks a column, or has several such rows.
        """
        stated = self.mcse if isinstance(self.mcse, str) else None
        for column in (*self.row, self.column, *([stated] if stated else [])):
            if column not in table:
                raise DataError(
                    f"{self.table}: no column {column!r}, which config/claims.yaml names for {self.number!r}"
                )
        chosen = table
        for column, value in self.row.items():
            chosen = chosen[chosen[column].astype(str) == value]
        if len(chosen) > 1:
            raise DataError(f"{self.table}: {len(chosen)} rows with {self.row}; config/claims.yaml must name one")
        if chosen.empty or isnan(float(chosen[self.column].iloc[0])):
            return None
        error = float(chosen[stated].iloc[0]) if stated else self.mcse
        return self.times * float(chosen[self.column].iloc[0]), None if error is None else abs(self.times) * float(
            error
        )


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

    def of(self, base: str) -> Mapping[str, Claim]:
        """The claims about a study whose scenario of routine care has this id, by their own id."""
        return {name: claim.of(base) for name, claim in self.root.items()}

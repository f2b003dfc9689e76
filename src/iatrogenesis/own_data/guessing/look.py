"""What is seen of a column before it is guessed what it is."""

from dataclasses import dataclass

import pandas as pd

from iatrogenesis.own_data.converting.ages import to_ages
from iatrogenesis.own_data.converting.dates import to_dates
from iatrogenesis.own_data.converting.ids import to_ids
from iatrogenesis.own_data.converting.numbers import to_numbers, usual_mark
from iatrogenesis.own_data.converting.yes_no import to_yes_no
from iatrogenesis.own_data.guessing.words import tokens
from iatrogenesis.own_data.reading import Raw

MOST = 0.9  # of the values that are there


@dataclass(frozen=True)
class Look:
    """One column.

    Attributes
    ----------
    name, title
        As in the file; `title` is the longer name that SPSS and Stata keep.
    words
        Words of its name.
    rows, present, distinct
        How many rows, values that are there, different ones.
    numbers
        Its numbers, float64; empty where fewer than `MOST` of its values are numbers.
    dates, labelled
        Whether it holds dates; whether its values have labels.
    column
        Itself.
    """

    name: str
    title: str
    words: tuple[str, ...]
    rows: int
    present: int
    distinct: int
    numbers: pd.Series
    dates: bool
    labelled: bool
    column: pd.Series

    def whole(self) -> bool:
        """Whether all its numbers are whole ones, and there are some."""
        return len(self.numbers) > 0 and bool((self.numbers % 1 == 0).all())

    def within(self, low: float, high: float) -> float:
        """Which part of its values are numbers in a range."""
        return float(self.numbers.between(low, high).sum()) / self.present if self.present else 0.0

    def yes_no(self, field: str, labels: dict[object, str] | None = None) -> bool:
        """Whether it holds yes and no."""
        return self.present > 0 and self.distinct <= 4 and not to_yes_no(self.column, field, labels).failed.any()

    def ages(self) -> bool:
        """Whether it holds ages in years or in bands."""
        if len(self.numbers):
            return self.within(5, 110) >= MOST and not self.dates
        bands, _ = to_ages(self.column)
        return self.present > 0 and float(bands.values.notna().sum()) >= MOST * self.present


def looks(raw: Raw) -> list[Look]:
    """Return what is seen of each column of a file."""
    usual = usual_mark(raw.table)
    return [_look(raw, name, usual) for name in raw.table.columns]


def _look(raw: Raw, name: str, usual: str | None) -> Look:
    column = raw.table[name]
    present = int(column.notna().sum())
    numbers = to_numbers(column, usual=usual).values.dropna()
    if len(numbers) < MOST * present:
        numbers = numbers.iloc[:0]
    dated = False
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        dated = True
    elif isinstance(column.dtype, pd.StringDtype) and present and not len(numbers):
        dated = float(to_dates(column).values.notna().sum()) >= MOST * present
    title = raw.titles.get(name, "")
    return Look(
        name=name,
        title=title,
        words=tokens(name),
        rows=len(column),
        present=present,
        distinct=int(to_ids(column).values.nunique()),
        numbers=numbers,
        dates=dated,
        labelled=name in raw.labels,
        column=column,
    )

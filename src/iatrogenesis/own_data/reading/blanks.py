"""Texts that programs write where there is no value, and blanks around values."""

from dataclasses import dataclass

import pandas as pd

from iatrogenesis.own_data.reading.header import BLANK

WORDS = frozenset(
    {"NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "NaT", "#NULL!", "NULL", "null"}
    | {".", "-", "--", "#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NUM!"}
)
"""Of R, pandas, SQL, SPSS, SAS, Stata, and errors of spreadsheets; `none` is left alone: it may be a category."""


@dataclass(frozen=True)
class Cleaned:
    """A column of texts without outer blanks, missing where there was no value.

    Attributes
    ----------
    values
        Texts.
    words
        How often each of `WORDS` was taken as missing.
    stripped
        How many texts had outer blanks.
    """

    values: pd.Series
    words: dict[str, int]
    stripped: int


def cleaned(series: pd.Series) -> Cleaned:
    """Return a column of texts without outer blanks, and with what means missing as missing."""
    bare = series.str.strip(BLANK + "\r\n")
    changed = bare != series
    empty = bare == ""
    word = bare.isin(WORDS)
    words = {str(key): int(count) for key, count in bare[word].value_counts().items()}
    return Cleaned(bare.mask(word | empty), words, int((changed & ~empty & series.notna()).sum()))

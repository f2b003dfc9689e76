"""From cells as they stand in a file to numbers, dates, ids, yes or no, age bands, categories.

One file per kind. Each returns what could be converted, which cells could not, and what was decided on the way.
"""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Converted:
    """A converted column.

    Attributes
    ----------
    values
        Of the wanted type; missing where the cell was, or could not be converted.
    failed
        Boolean: cells that hold something that could not be converted.
    remarks
        Kind, number of cells, and a sentence on each decision.
    """

    values: pd.Series
    failed: pd.Series
    remarks: tuple[tuple[str, int, str], ...] = ()


def none_failed(column: pd.Series) -> pd.Series:
    """Return a mask that is false everywhere."""
    return pd.Series(False, index=column.index)

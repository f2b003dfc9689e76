"""Covariates of one's own: numbers where they are numbers, categories otherwise."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.own_data.converting import Converted, none_failed
from iatrogenesis.own_data.converting.ids import to_texts
from iatrogenesis.own_data.converting.numbers import to_numbers

MOST = 0.8
MANY = 10
"""A column is one of numbers if all its values are, or so large a part with more than so many different ones."""


def to_covariate(
    column: pd.Series, labels: Mapping[object, str] | None = None, decimal: str | None = None, usual: str | None = None
) -> Converted:
    """Convert a column to float64 or to texts.

    Parameters
    ----------
    column
        As in the file.
    labels
        Texts of coded values: taken where most values have one; labels of the ends of a scale alone are not.
    decimal, usual
        As for `to_numbers`.
    """
    if labels:
        texts = column.map({key: text.strip() for key, text in labels.items()})
        unlabelled = texts.isna() & column.notna()
        if column[~unlabelled].nunique() > column[unlabelled].nunique():
            plain = to_texts(column).values
            return Converted(texts.where(~unlabelled, plain).astype("str"), none_failed(column))
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return Converted(column.dt.strftime("%Y-%m-%d").astype("str"), none_failed(column))
    numbers = to_numbers(column, decimal, usual=usual)
    present = int(column.notna().sum())
    numeric = numbers.values.notna().sum()
    if not numbers.failed.any() or (numeric >= MOST * present and numbers.values.nunique() > MANY):
        return numbers
    return to_texts(column)

"""Means and ratios over independent services as rows: estimand, measure, value, Monte Carlo error, services."""

import numpy as np
from numpy.typing import ArrayLike

from iatrogenesis.core.montecarlo import ratio

Row = tuple[str, str, float, float, int]


def value_and_error(values: ArrayLike) -> tuple[float, float]:
    """Return the mean of one number per service and its standard error."""
    values = np.asarray(values, dtype=float)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def mean_row(estimand: str, measure: str, values: ArrayLike) -> Row:
    """Return the row of a mean of one number per service."""
    return (estimand, measure, *value_and_error(values), len(np.asarray(values)))


def ratio_row(estimand: str, measure: str, part: ArrayLike, whole: ArrayLike) -> Row:
    """Return the row of a ratio of two sums over services; missing where there is nothing to share."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    value, error = ratio(part, whole) if whole.sum() > 0 else (np.nan, np.nan)
    return (estimand, measure, value, error, len(whole))

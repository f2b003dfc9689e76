"""Missing values of case mix: filled in by what is known of the client, counted, and held beside complete cases.

Leaving out clients with a missing covariate would lose outcomes that are known, more of them at therapists who record
less, and change who is judged. An indicator of missingness would adjust for how a therapist records. So a number is
replaced by its expectation given the client's other numbers and categories, under a normal model of the columns (EM;
Little & Rubin 2019, section 11.2), a category by the most frequent one; neither the outcome nor the therapist is used,
which would bring the answer into the adjustment. It is not multiple imputation: intervals of coefficients are too
narrow, the more so the more is missing, and the most frequent category draws a level's coefficient towards 0. Above
`MOST_MISSING` a column is left out of the models instead. `sensitivity_missing` has complete cases and indicators
beside it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

MOST_MISSING = 0.3
STEPS = 30
RIDGE = 1e-6  # of a variance; keeps columns that repeat each other invertible


class Completed(NamedTuple):
    """The clients without gaps in some columns, and how many gaps there were, by column."""

    clients: pd.DataFrame
    missing: dict[str, int]


def completed(clients: pd.DataFrame, columns: Sequence[str]) -> Completed:
    """Fill in the missing values of some columns.

    Parameters
    ----------
    clients
        One row per client.
    columns
        Numbers, yes/no, or texts; each with a value that is not missing.
    """
    missing = {name: int(clients[name].isna().sum()) for name in columns}
    if not any(missing.values()):
        return Completed(clients, missing)
    texts = {name: _filled_category(clients[name]) for name in columns if not is_number(clients[name])}
    numbers = [name for name in columns if name not in texts]
    known = np.column_stack([_numbers(clients[name]) for name in numbers]) if numbers else np.zeros((len(clients), 0))
    found = expected(known, _dummies(texts, len(clients)))
    filled = {name: found[:, k] for k, name in enumerate(numbers) if missing[name]}
    return Completed(clients.assign(**texts, **filled), missing)


def with_indicators(clients: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the clients filled in, with a column per column that had gaps: whether it was missing; and their names."""
    found = completed(clients, columns)
    gaps = [name for name, number in found.missing.items() if number]
    marks = {f"x_missing_{name.removeprefix('x_')}": clients[name].isna().astype(float) for name in gaps}
    return found.clients.assign(**marks), tuple(marks)


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers or yes/no."""
    return bool(pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values))


def expected(values: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Return numbers with each gap (NaN) at its expectation given the rest of the row.

    Parameters
    ----------
    values
        Shape (n, k), each column with a number.
    given
        Columns without gaps, shape (n, m).
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    centre, scale = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    x = np.column_stack([np.where(gaps, 0.0, (values - centre) / scale), given - given.mean(axis=0)])
    unknown = np.column_stack([gaps, np.zeros(given.shape, dtype=bool)])
    patterns, rows = np.unique(unknown, axis=0, return_inverse=True)
    left = np.zeros((x.shape[1], x.shape[1]))
    for _ in range(STEPS):
        x, left = _step(x, left, patterns, rows.reshape(-1))
    found = np.clip(centre + scale * x[:, : values.shape[1]], np.nanmin(values, axis=0), np.nanmax(values, axis=0))
    return np.where(gaps, found, values)


def _step(x: np.ndarray, left: np.ndarray, patterns: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One step of EM: moments from the filled rows and the covariance that filling left open, then every gap anew."""
    mean, covariance = x.mean(axis=0), np.cov(x, rowvar=False, bias=True).reshape(left.shape) + left
    covariance = covariance + RIDGE * np.eye(len(covariance))
    new, left = x.copy(), np.zeros_like(left)
    for number, gap in enumerate(patterns):
        chosen = rows == number
        if gap.any():
            slopes = np.linalg.solve(covariance[np.ix_(~gap, ~gap)], covariance[np.ix_(~gap, gap)])
            new[np.ix_(chosen, gap)] = mean[gap] + (x[np.ix_(chosen, ~gap)] - mean[~gap]) @ slopes
            open_ = covariance[np.ix_(gap, gap)] - covariance[np.ix_(gap, ~gap)] @ slopes
            left[np.ix_(gap, gap)] += chosen.mean() * open_
    return new, left


def _numbers(values: pd.Series) -> np.ndarray:
    return values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _filled_category(values: pd.Series) -> pd.Series:
    return values.astype(object).fillna(values.mode().iloc[0])


def _dummies(texts: dict[str, pd.Series], rows: int) -> np.ndarray:
    if not texts:
        return np.zeros((rows, 0))
    return pd.get_dummies(pd.DataFrame(texts).astype(str), drop_first=True, dtype=float).to_numpy()

"""What the pictures of own data share: names of people are texts and never formulas, and few rows are readable."""

from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd

MOST_ROWS = 60  # more do not stand on one page with their names
AT_EACH_END = 15

plain_text = mpl.rc_context({"text.parse_math": False})
"""Decorator of a ``draw`` that prints ids: a dollar sign in one is a dollar sign."""


class Rows(NamedTuple):
    """Which rows of a sorted table are drawn, at which height, and how many lie in the gap between them."""

    chosen: pd.DataFrame
    at: np.ndarray
    left_out: int


def rows_shown(table: pd.DataFrame, by: str) -> Rows:
    """Sort a table and choose its rows: all, or of many those at either end.

    Returns
    -------
    Rows
        `at` counts from 0 at the lowest value; of the gap, two rows high, the middle is at ``AT_EACH_END + 0.5``.
    """
    table = table.sort_values(by, ignore_index=True, kind="stable")
    count = len(table)
    if count <= MOST_ROWS:
        return Rows(table, np.arange(count, dtype=float), 0)
    ends = np.r_[np.arange(AT_EACH_END), np.arange(count - AT_EACH_END, count)]
    at = np.arange(2 * AT_EACH_END, dtype=float)
    at[AT_EACH_END:] += 2
    return Rows(table.iloc[ends].reset_index(drop=True), at, count - 2 * AT_EACH_END)

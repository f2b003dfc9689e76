"""Small numbers as NHS England publishes them: below 5 left out, others rounded to 5, and none found by subtraction.

A single count that is left out could be worked out from a total, so that the smallest other count of its group is left
out as well. So could one of two parts of a whole: 19 deteriorated of 20 say that one did not. Rates of such counts go
with them, and other rates have two decimals, from which no exact count follows.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

LEAST = 5
HIDDEN = "*"
COUNTS = ("n", "clients", "courses", "finished", "deteriorated", "events", "observed", "improved", "missing")
"""Columns of numbers of people, if a table does not say which they are."""
OF_DETERIORATED = ("raw_rate", "raw_low", "raw_high", "ratio", "p_high", "p_low", "p_high_mid", "p_low_mid")
"""Columns of results that give the number of deteriorated away."""
RAW = {"sensitivity_definition": ("rate",)}
"""Tables in which a rate is raw though its name does not say so."""
NO_PEOPLE = ("funnel", "ceiling", "error_rates", "predictive", "diagnostics")
"""Tables in which columns of these names are sizes that were supposed, or statistics, and count nobody."""
FLOW = ("rows", "clients", "therapists")
"""Those of a flow, whose steps add up, see `iatrogenesis.own_data.flow`."""
WHOLES = {
    "deteriorated": ("n", "clients", "courses", "finished"),
    "events": ("n", "clients"),
    "observed": ("n", "clients"),
}
DECIMALS = 2


def suppressed(
    table: pd.DataFrame,
    columns: Sequence[str],
    rule: str,
    *,
    rates: Mapping[str, str] | None = None,
    within: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the table with counts below 5 as "*" and the others rounded to 5.

    Parameters
    ----------
    table
        Counts as numbers, missing where there are none.
    columns
        Columns of counts of people.
    rule
        "nhs", or "none", which changes nothing.
    rates
        Columns that follow from counts, each with the column of its count; missing where that one is left out.
    within
        Columns that make groups of rows whose counts add up to a known total; without them, all rows do.
    """
    if rule == "none" or table.empty:
        return table
    counts = {
        name: pd.to_numeric(table[name]).astype("Float64").to_numpy(dtype=float, na_value=np.nan) for name in columns
    }
    groups = (
        table.groupby(list(within), sort=False, dropna=False).ngroup().to_numpy() if within else np.zeros(len(table))
    )
    hidden = {name: values < LEAST for name, values in counts.items()}
    for name, whole in _parts(columns):
        rest = counts[whole] - counts[name]
        hidden[name] |= (rest > 0) & (rest < LEAST)
    for name, values in counts.items():
        hidden[name] |= _second(values, hidden[name], groups)
    for name, whole in _parts(columns):
        hidden[name] |= hidden[whole]
    shown = table.copy()
    for name, values in counts.items():
        shown[name] = _written(values, hidden[name])
    for rate, count in (rates or {}).items():
        numbers = pd.to_numeric(table[rate]).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        shown[rate] = np.where(hidden[count], np.nan, np.round(numbers, DECIMALS))
    return shown


def _parts(columns: Sequence[str]) -> list[tuple[str, str]]:
    return [(part, whole) for part, wholes in WHOLES.items() for whole in wholes if {part, whole} <= set(columns)]


def _second(values: np.ndarray, hidden: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Where a group has one hidden count alone: the smallest of its others."""
    second = np.zeros(len(values), dtype=bool)
    for group in np.unique(groups[hidden]):
        inside = groups == group
        others = np.flatnonzero(inside & ~hidden & np.isfinite(values))
        if np.sum(inside & hidden) == 1 and others.size:
            second[others[np.argmin(values[others])]] = True
    return second


def _written(values: np.ndarray, hidden: np.ndarray) -> list[object]:
    rounded = LEAST * np.floor(values / LEAST + 0.5)
    return [
        HIDDEN if left_out else (None if np.isnan(value) else int(value))
        for value, left_out in zip(rounded, hidden, strict=True)
    ]

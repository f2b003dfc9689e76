"""Small numbers as NHS England publishes them: below 5 left out, others rounded to 5, and none found by subtraction.

A single count that is left out could be worked out from a total, so that the smallest other count of its group is left
out as well. So could one of two parts of a whole: 19 deteriorated of 20 say that one did not. What follows from such
counts goes with them, in part or with other columns: a model's rate of a therapist, which grows with each course that
deteriorated; the rank; a flag, which few counts allow. Other rates have two decimals, from which no exact count
follows, and what follows from the number of clients alone has fewer.
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
RANKS = ("rank", "rank_low", "rank_high", "rank_low_simultaneous", "rank_high_simultaneous")
RATES = ("rate", "rate_low", "rate_high")
FOLLOW = {
    "therapists": {
        "deteriorated": (*RATES, *RANKS, "p_harmful", "beyond_exact"),
        "clients": ("expected", "reliability"),
    },
    "services": {"deteriorated": (*RATES, "exceeds", "tail", "unlike_others")},
    "cusum": {"events": ("max", "p_value", "p_bonferroni", "q_value", "alarm_number")},
    "periods": {"deteriorated": ("estimate", "low", "high")},
    "sensitivity_definition": {"deteriorated": ("rate",)},
}
"""By table and count: further columns that give it away."""
DIGITS = {"expected": 0, "reliability": 1, "ratio": 1}
"""Decimals of what follows from the number of clients alone, or with that; others have `DECIMALS`."""
FLAGS, FLAGGED = ("therapists", "flags"), ("therapist_id", "flagged")
"""The table whose left-out counts the other's flags would give away; and its columns."""
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
    counts = {name: _floats(table[name]) for name in columns}
    hidden = _left_out(table, counts, within)
    shown = table.copy()
    for name, values in counts.items():
        shown[name] = _written(values, hidden[name])
    for rate, count in (rates or {}).items():
        if pd.api.types.is_numeric_dtype(table[rate]) and table[rate].dtype != bool:
            shown[rate] = np.where(hidden[count], np.nan, np.round(_floats(table[rate]), DIGITS.get(rate, DECIMALS)))
        else:
            shown[rate] = table[rate].astype(object).mask(hidden[count], None)
    return shown


def followers(name: str, table: pd.DataFrame, people: Sequence[str]) -> dict[str, str]:
    """Return the columns of a table of results that follow from its counts of people, each with that count."""
    pairs = [(column, "deteriorated") for column in OF_DETERIORATED]
    pairs += [(column, count) for count, columns in FOLLOW.get(name, {}).items() for column in columns]
    return {column: count for column, count in pairs if column in table and count in people}


def without_flags_that_tell(tables: Mapping[str, pd.DataFrame], rule: str) -> dict[str, pd.DataFrame]:
    """Return the tables of an analysis with no flag of a therapist whose number of deteriorated is left out.

    Where four are expected, only none at all lies below the exact limit.
    """
    found = dict(tables)
    people, flags = (found.get(name) for name in FLAGS)
    if rule == "none" or people is None or flags is None:
        return found
    if not {*FLAGGED} <= set(flags) or not {"therapist_id", "deteriorated"} <= set(people):
        return found
    counts = [name for name in COUNTS if name in people]
    hidden = suppressed(people, counts, rule)["deteriorated"].eq(HIDDEN)
    tell = flags["therapist_id"].isin(people.loc[hidden, "therapist_id"])
    found[FLAGS[1]] = flags.assign(flagged=flags["flagged"].astype(object).mask(tell, HIDDEN))
    return found


def _floats(values: pd.Series) -> np.ndarray:
    return pd.to_numeric(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _left_out(table: pd.DataFrame, counts: Mapping[str, np.ndarray], within: Sequence[str]) -> dict[str, np.ndarray]:
    """Which cells of each column of counts are not shown, shape (rows,) each."""
    columns = list(counts)
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
    return hidden


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

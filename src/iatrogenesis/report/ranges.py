"""Ranges over plausible worlds: as numbers of the report, and as text."""

from collections.abc import Mapping
from math import floor, isfinite, log10

import pandas as pd

from iatrogenesis.evidence.ensemble import LEVELS
from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.rounding import rounded, with_error


def range_numbers(name: str, row: Mapping, source: str, unit: str) -> dict[str, Number]:
    """``<name>.median``, ``.low_50``, ``.low_90`` and so on, errors of the ends apart; the centre; and how many worlds.

    Parameters
    ----------
    row
        With the columns of `iatrogenesis.evidence.ranges.RANGE`.
    """
    found = {f"{name}.{level}": number(row[level], source, unit, mcse=row.get(f"{level}_mcse")) for level in LEVELS}
    found[f"{name}.centre"] = number(row["centre"], source, unit, mcse=row["centre_mcse"])
    found[f"{name}.members"] = number(int(row["members"]), source, "worlds")
    if pd.notna(row["mcse"]):
        found[f"{name}.mcse"] = number(row["mcse"], source, f"{unit}, of one world")
    return found


def by_width(value: float, low: float, high: float) -> str:
    """A number rounded by a quarter of the width of its range: to its first digit, or its second after a leading 1."""
    quarter = (high - low) / 4
    if not isfinite(quarter) or quarter <= 0:
        return rounded(float(value))
    digit = 10.0 ** floor(log10(quarter))
    return rounded(float(value), quarter if quarter < 2 * digit else 10 * digit)


HEADS = ["At the centre (MCSE)", "Median", "50 % range", "90 % range", "MCSE of its ends", "MCSE of one world"]


def cells(row: Mapping) -> list[str]:
    """What `HEADS` name: all rounded by the width of the 90 % range, errors to two digits."""
    wide = (row["low_90"], row["high_90"])
    return [
        with_error(row["centre"], row["centre_mcse"]),
        by_width(row["median"], *wide),
        " to ".join(by_width(row[end], *wide) for end in ("low_50", "high_50")),
        " to ".join(by_width(end, *wide) for end in wide),
        " and ".join(rounded(row[f"{end}_mcse"], row[f"{end}_mcse"]) for end in ("low_90", "high_90")),
        rounded(row["mcse"], row["mcse"]),
    ]


def with_range(value: float, low: float, high: float) -> str:
    """A median and a range in brackets; the number alone where all worlds have the same."""
    if low == high:
        return rounded(float(value))
    return f"{by_width(value, low, high)} ({by_width(low, low, high)} to {by_width(high, low, high)})"

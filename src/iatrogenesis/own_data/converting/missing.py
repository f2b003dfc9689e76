"""Codes for missing that the settings name, such as 99 or -9."""

from collections.abc import Sequence

import pandas as pd

from iatrogenesis.own_data.converting.dates import parsed_date
from iatrogenesis.own_data.converting.numbers import parsed


def without_codes(column: pd.Series, codes: Sequence[str]) -> tuple[pd.Series, int]:
    """Return the column with cells that are a code as missing, and how many there were.

    A code that is a number is found however it is written: ``99`` in ``99``, ``99.0`` and ``99,0``; a code that is a
    date also among dates.
    """
    if not codes:
        return column, 0
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        days = [day for code in codes if (day := parsed_date(code.strip(), day_first=True)) is not None]
        plain = column.dt.tz_localize(None).dt.normalize()
        hit = plain.isin(pd.Series(days, dtype="datetime64[us]").astype(plain.dtype))
        return column.mask(hit), int(hit.sum())
    wanted = {code.strip() for code in codes}
    numbers = {number for code in wanted if (number := parsed(code, ".")) is not None}
    if isinstance(column.dtype, pd.StringDtype):
        found = {text for text in column.dropna().unique() if text in wanted or parsed(text, ".") in numbers}
        hit = column.isin(found)
    elif pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        hit = column.isin(numbers).fillna(False).astype(bool)
    else:
        return column, 0
    return column.mask(hit), int(hit.sum())


def codes_among_ids(column: pd.Series, codes: Sequence[str]) -> list[str]:
    """Return the codes that mean missing among ids, too: those that do not look like one of them.

    Texts and negative numbers never do. A number does if the one before or after it is somebody's id: with therapists 1
    to 120, 99 is one of them; with therapists 1 to 12, it is not.
    """
    ids = {number for text in column.dropna().map(str).unique() if (number := parsed(text, ".")) is not None}
    return [code for code in codes if not (code.strip().isdecimal() and {int(code) - 1, int(code) + 1} & ids)]

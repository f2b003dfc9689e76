"""Dates: of the file's own type, as text in several orders, as a spreadsheet's day numbers."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import pandas as pd

from iatrogenesis.own_data.converting import Converted
from iatrogenesis.own_data.reading.said import many

TIME = r"(?:[T ,]+\d{1,2}:\d{2}.*)?"
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + TIME)
TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMERIC = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})" + TIME)
NAMED = re.compile(r"(\d{1,2})[-/. ]+([A-Za-zäöüéûÄ]{3,9})\.?[-/ ,]+(\d{4}|\d{2})" + TIME)
NAMED_FIRST = re.compile(r"([A-Za-zäöüéûÄ]{3,9})\.?[-/ ]+(\d{1,2}),?[-/ ]+(\d{4}|\d{2})" + TIME)
STARTS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {start: month for month, start in enumerate(STARTS, start=1)}
MONTHS |= {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}  # German
PIVOT = 69  # years of two digits from here on belong to the 20th century, as POSIX has it
SERIALS = (20_000, 65_000)  # days since 1899-12-30: 1954 to 2077
ZERO = datetime(1899, 12, 30)


def day_comes_first(columns: Iterable[pd.Series]) -> bool | None:
    """Return whether the day stands before the month in a file's dates; None where no date tells.

    Days above 12 tell; dates with points have the day first. Where some tell this and some that, the majority counts.
    """
    first = second = 0
    for column in columns:
        if isinstance(column.dtype, pd.StringDtype):
            for text, count in column.value_counts().items():
                if match := NUMERIC.fullmatch(str(text)):
                    first += int(count) * (int(match[1]) > 12 or match[2] == ".")
                    second += int(count) * (int(match[3]) > 12 and match[2] != ".")
    return None if first == second else first > second


def to_dates(column: pd.Series, day_first: bool | None = None) -> Converted:
    """Convert a column to dates (datetime64, at midnight, without a time zone).

    Parameters
    ----------
    column
        Texts, numbers (days since 1899-12-30, as spreadsheets count), or dates.
    day_first
        Of dates such as 03/04/2024; None where nothing tells: then the day is taken first, and a remark says so.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        zoned = getattr(column.dtype, "tz", None) is not None
        values = (column.dt.tz_localize(None) if zoned else column).dt.normalize()
        return Converted(values.astype("datetime64[us]"), pd.Series(False, column.index))
    if pd.api.types.is_bool_dtype(column.dtype):
        return Converted(pd.Series(pd.NaT, column.index, dtype="datetime64[us]"), column.notna())
    present = list(column.dropna().unique())
    if present and all(_serial(value) is not None for value in present):
        known = {value: _serial(value) for value in present}
        remark = (
            "day numbers",
            int(column.notna().sum()),
            "The dates are numbers of days, as spreadsheets count.",
        )
        return _of(column, known, (remark,))
    if not isinstance(column.dtype, pd.StringDtype):
        return _of(column, dict.fromkeys(present), ())
    order = True if day_first is None else day_first
    known = {text: parsed_date(text, order) for text in present}
    remarks = []
    if day_first is None and (unsure := [t for t, day in known.items() if day and _unsure(t)]):
        count = int(column.isin(unsure).sum())
        like = f"{many(count, 'date')} like {unsure[0]}"
        text = f"{like} can be read in two ways: the day is taken first. See data.day_first."
        remarks.append(("unsure dates", count, text))
    return _of(column, known, tuple(remarks))


def _of(column: pd.Series, known: dict, remarks: tuple[tuple[str, int, str], ...]) -> Converted:
    values = pd.Series(column.map(known, na_action="ignore").tolist(), index=column.index, dtype="datetime64[us]")
    return Converted(values, values.isna() & column.notna(), remarks)


def _serial(value: object) -> datetime | None:
    try:
        number = float(value)  # pyrefly: ignore[bad-argument-type]
    except ValueError:
        return None
    return ZERO + timedelta(days=int(number)) if SERIALS[0] <= number <= SERIALS[1] else None


def _unsure(text: str) -> bool:
    match = NUMERIC.fullmatch(text)
    return bool(match and match[2] != "." and int(match[1]) <= 12 and int(match[3]) <= 12 and match[1] != match[3])


def parsed_date(text: str, day_first: bool) -> datetime | None:
    """Return the day that a text names, or None."""
    year, month, day = 0, 0, 0
    if match := ISO.fullmatch(text) or TOGETHER.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := NUMERIC.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        day, month = (first, second) if (day_first or match[2] == ".") else (second, first)
        year = _full_year(match[4])
    elif match := NAMED.fullmatch(text):
        day, month, year = int(match[1]), MONTHS.get(match[2].casefold()[:3], 0), _full_year(match[3])
    elif match := NAMED_FIRST.fullmatch(text):
        day, month, year = int(match[2]), MONTHS.get(match[1].casefold()[:3], 0), _full_year(match[3])
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= PIVOT else 2000)

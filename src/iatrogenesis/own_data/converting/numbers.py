"""Numbers: decimal points and commas, thousands, numbers as text."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from iatrogenesis.own_data.converting import Converted
from iatrogenesis.own_data.reading.said import many

DECIMAL_COMMA = "decimal comma"
MARKS = {",": "commas", ".": "points"}
PLAIN = re.compile(r"[-+]?\d+")
EXPONENT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")
ONE_MARK = re.compile(r"[-+]?(\d*)([.,])(\d*)")
GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?:([.,])\d+)?")
LOOKED_AT = 5000  # rows of each column from which a file's decimal mark is told


def to_numbers(column: pd.Series, decimal: str | None = None, *, usual: str | None = None) -> Converted:
    """Convert a column to float64.

    A single comma or point is a decimal mark, unless exactly three digits follow: ``1,234`` is read as the rest of the
    column is written, else as the file is (`usual`), else with a decimal point.

    Parameters
    ----------
    column
        Texts, or a type of the file's own.
    decimal
        The only mark that is allowed, where the settings say so.
    usual
        The mark that the file's other columns have; None where it is not known.
    """
    if not isinstance(column.dtype, pd.StringDtype):
        if not pd.api.types.is_numeric_dtype(column.dtype):  # dates, durations
            return Converted(pd.Series(np.nan, column.index), column.notna())
        values = column.astype("Float64").astype("float64")
        failed = pd.Series(np.isinf(values.to_numpy()), column.index)
        return Converted(values.mask(failed), failed)
    texts = [text for text in column.dropna().unique() if text]
    marks = {text: sure_mark(text) for text in texts}
    here = set(marks.values()) - {None}
    mark: str = decimal or (str(here.pop()) if len(here) == 1 else usual or ".")
    known = {text: parsed(text, mark, only=decimal) for text in texts}
    values = column.map(known).astype("float64")
    return Converted(values, values.isna() & column.notna(), _remarks(column, marks, known, mark))


def _remarks(
    column: pd.Series, marks: dict[str, str | None], known: dict[str, float | None], mark: str
) -> tuple[tuple[str, int, str], ...]:
    def how_many(which: Callable[[str], bool]) -> int:
        return int(column.isin([text for text, number in known.items() if number is not None and which(text)]).sum())

    remarks = []
    if commas := how_many(lambda text: marks[text] == ","):
        remarks.append((DECIMAL_COMMA, commas, f"{many(commas, 'number', 'has', 'have')} a decimal comma."))
        if points := how_many(lambda text: marks[text] == "."):
            remarks.append(
                (
                    "two decimal marks",
                    points,
                    f"{many(points, 'other', 'has', 'have')} a decimal point: both were read.",
                )
            )
    if unsure := how_many(_unsure):
        text = next(text for text in known if _unsure(text))
        meaning = f"{known[text]:.10g}" if known[text] is not None else ""
        remarks.append(
            ("unsure mark", unsure, f"{many(unsure, 'number')} like {text} can be read in two ways: here {meaning}.")
        )
    return tuple(remarks)


def sure_mark(text: str) -> str | None:
    """Return the decimal mark that a text must have, or None where it has none or can be read in two ways."""
    if match := ONE_MARK.fullmatch(text):
        whole, mark, rest = match.groups()
        return None if _unsure(text) or not (whole or rest) else mark
    if (match := GROUPED.fullmatch(text)) and match[2] and match[2] != match[1]:
        return match[2]
    return None


def _unsure(text: str) -> bool:
    match = ONE_MARK.fullmatch(text)
    return bool(match and len(match[3]) == 3 and 1 <= len(match[1]) <= 3 and not match[1].startswith("0"))


def parsed(text: str, mark: str, only: str | None = None) -> float | None:
    """Return the number that a text is, or None.

    Parameters
    ----------
    text
        Without outer blanks.
    mark
        Decimal mark of texts that can be read in two ways.
    only
        The only decimal mark allowed.
    """
    text = text.replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")
    if PLAIN.fullmatch(text) or EXPONENT.fullmatch(text):
        return _finite(text)
    found = mark if _unsure(text) else sure_mark(text)
    if only and found not in (None, only):
        return None
    if match := ONE_MARK.fullmatch(text):
        if not (match[1] or match[3]):
            return None
        return _finite(text.replace(match[2], "." if match[2] == found else ""))
    if (match := GROUPED.fullmatch(text)) and match[1] != match[2]:
        return _finite(text.replace(match[1], "").replace(",", "."))
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if np.isfinite(number) else None


def usual_mark(table: pd.DataFrame) -> str | None:
    """Return the decimal mark that most numbers of a file's text columns surely have, None where there is none."""
    votes = {",": 0, ".": 0}
    for name in table.columns:
        if isinstance(table[name].dtype, pd.StringDtype):
            for text, count in table[name].head(LOOKED_AT).value_counts().items():
                if (mark := sure_mark(str(text))) is not None:
                    votes[mark] += int(count)
    return None if votes[","] == votes["."] else max(votes, key=lambda mark: votes[mark])


def to_whole_numbers(column: pd.Series, decimal: str | None = None) -> Converted:
    """Convert a column to Int64; numbers with a fraction could not be converted."""
    converted = to_numbers(column, decimal)
    broken = converted.values.notna() & (converted.values % 1 != 0)
    broken |= converted.values.abs() > 2**53
    whole = converted.values.mask(broken).astype("Int64")
    return Converted(whole, converted.failed | broken, converted.remarks)

"""What periods are called, and what the next one is called: years, financial years, quarters, months, or numbers."""

import re
from collections.abc import Sequence

from iatrogenesis.core.tables import DataError

MOST_BETWEEN = 40  # periods that may be filled in between the first and the last

_FORMS = (
    ("financial", re.compile(r"(\d{4})[-/](\d{2})"), 1),
    ("quarter", re.compile(r"(\d{4})[- ]?[qQ]([1-4])"), 4),
    ("month", re.compile(r"(\d{4})-(\d{2})"), 12),
    ("number", re.compile(r"(\d+)"), 1),
)


def in_order(labels: Sequence[str], horizon: int = 0) -> tuple[str, ...]:
    """Return all periods from the first to the last, those without data too, and the next ones.

    Parameters
    ----------
    labels
        As they stand in the data, in any order. "2017-18" is a financial year, "2017" a year, "2017 Q3" and "2017Q3"
        quarters, "2017-01" a month where not every label is a financial year. Of other labels the order of their
        letters is the order of time, none is missing, and the next is "<last> + 1".
    horizon
        How many periods after the last are named, too.

    Raises
    ------
    DataError
        If the labels lie so far apart that more than `MOST_BETWEEN` periods have no data.
    """
    found = sorted(set(labels))
    for form, pattern, _ in _FORMS:
        matches = [pattern.fullmatch(label.strip()) for label in found]
        numbers = [_number(form, match) for match in matches if match]
        if len(numbers) == len(found) and None not in numbers:
            known = dict(zip((n for n in numbers if n is not None), found, strict=True))
            first, last = min(known), max(known)
            if last - first + 1 > len(found) + MOST_BETWEEN:
                raise DataError(
                    f"Periods {known[first]!r} to {known[last]!r} leave too many without data; correct them."
                )
            return tuple(known.get(at) or _label(form, at, known[last]) for at in range(first, last + horizon + 1))
    return (*found, *(f"{found[-1]} + {ahead}" for ahead in range(1, horizon + 1)))


def _number(form: str, match: re.Match) -> int | None:
    """Number of the period in its own unit, None where the label is none of this form."""
    first = int(match[1])
    if form == "number":
        return first
    second = int(match[2])
    if form == "financial":
        return first if second == (first + 1) % 100 else None
    if form == "quarter":
        return 4 * first + second - 1
    return 12 * first + second - 1 if 1 <= second <= 12 else None


def _label(form: str, at: int, like: str) -> str:
    """Label of a period, written as another one is."""
    if form == "financial":
        return f"{at}{like.strip()[4]}{(at + 1) % 100:02d}"
    if form == "quarter":
        between = re.sub(r"\d", "", like.strip())
        return f"{at // 4}{between}{at % 4 + 1}"
    return f"{at // 12}-{at % 12 + 1:02d}" if form == "month" else str(at)

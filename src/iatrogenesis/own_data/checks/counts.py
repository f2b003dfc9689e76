"""Tables of counts: units, periods, courses and how many of them deteriorated."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.checks.finding import (
    USABLE,
    Check,
    Found,
    Subject,
    many,
    names,
    numeric,
    of_failures,
    unique,
)
from iatrogenesis.own_data.checks.text import suppressed_cells

NONE = "no table of counts"
INCOMPLETE = "a count is missing or suppressed"
IMPOSSIBLE = "a count is impossible"
ROUNDED = 5
MANY = 20
FEWEST_UNITS = 5
SMALLEST_SUM, BY_CHANCE = 3, 5
"""Rows of a period that can have a total among them; and its least size, in courses per row, that is no chance."""


def more_events(subject: Subject) -> Found | str | None:
    """Find more deteriorated than courses."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    n, events = numeric(counts["n"]), numeric(counts["deteriorated"])
    rows = counts.index[events > n]
    if not len(rows):
        return None
    return Found(
        "error",
        f"{many(len(rows), 'row')} with more deteriorated than finished courses. Check that columns.n and "
        "columns.events are not exchanged, and that the counts are no percentages.",
        "counts",
        ["n", "deteriorated"],
        unique(rows),
        [f"row {row}: {counts.loc[row, 'deteriorated']:g} of {counts.loc[row, 'n']:g}" for row in rows[:5]],
    )


def impossible(subject: Subject) -> Found | str | None:
    """Find counts that are negative or not whole."""
    if subject.mapped.counts is None:
        return NONE
    failed = pd.concat([subject.failed("counts", check, ["n", "deteriorated"]) for check in ("range", "whole")])
    if failed.empty:
        return None
    return Found(
        "error",
        f"{many(len(failed), 'count')} negative or not whole. Give numbers of courses, not rates or per cent.",
        "counts",
        list(dict.fromkeys(failed["column"])),
        unique(failed["row"]),
        of_failures(subject, failed),
    )


def suppressed(subject: Subject) -> Found | str | None:
    """Find suppressed or missing counts."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    rows = unique(counts.index[counts[["n", "deteriorated"]].isna().any(axis=1)])
    if not rows:
        return None
    stars = suppressed_cells(subject)
    severe = len(rows) > len(counts) / 2
    return Found(
        "error" if severe else "warning",
        f"{many(len(rows), 'row')} of {len(counts):,} with a suppressed or missing count"
        + (f" ({many(stars, 'cell')} '*')" if stars else "")
        + (
            ": more than half, so the others are no fair picture." if severe else ". Units with few events are lost so."
        ),
        "counts",
        ["n", "deteriorated"],
        rows,
        [f"row {row}" for row in rows[:5]],
        {INCOMPLETE: rows},
    )


def rounded(subject: Subject) -> Found | str | None:
    """Find counts that were rounded to 5."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    n = numeric(counts["n"])
    n = n[np.isfinite(n)]
    if len(n) < MANY or not np.all(n % ROUNDED == 0):
        return None
    return Found(
        "note",
        f"All numbers of courses are multiples of {ROUNDED}: they were rounded, as NHS England publishes them.",
        "counts",
        ["n"],
    )


def doubled(subject: Subject) -> Found | str | None:
    """Find a unit and period with two rows."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    key = [name for name in ("unit_id", "period") if name in counts.columns]
    again = counts[counts.duplicated(key, keep=False) & counts["unit_id"].notna()]
    if again.empty:
        return None
    where = names(subject, list(dict.fromkeys(again["unit_id"])), "unit") or [f"row {row}" for row in again.index[:5]]
    return Found(
        "error",
        f"{many(len(again), 'row')} share unit and period with another row. Keep one row each, or name the column of "
        "the period (columns.period).",
        "counts",
        key,
        unique(again.index),
        where,
    )


def without_unit(subject: Subject) -> Found | str | None:
    """Find counts of nobody."""
    if subject.mapped.counts is None:
        return NONE
    failed = subject.failed("counts", "missing", ["unit_id"])
    if failed.empty:
        return None
    rows = unique(failed["row"])
    return Found(
        "error" if len(rows) > USABLE * len(subject.mapped.counts) else "warning",
        f"{many(len(rows), 'row')} without a unit. Totals do not belong in the table.",
        "counts",
        ["unit_id"],
        rows,
        [f"row {row}" for row in rows[:5]],
        {"no unit": rows},
    )


def totals(subject: Subject) -> Found | str | None:
    """Find a row that is the sum of the others."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    groups = counts["period"] if "period" in counts.columns else pd.Series("all", index=counts.index)
    n = pd.Series(numeric(counts["n"]), index=counts.index)
    size = n.groupby(groups).transform("size")
    sums = (size >= SMALLEST_SUM) & (n > 0) & _rest(n, groups, size)
    if "deteriorated" in counts.columns:  # counts that are left out leave it open
        events = pd.Series(numeric(counts["deteriorated"]), index=counts.index)
        sums &= _rest(events, groups, size) | events.isna().groupby(groups).transform("any")
    if not sums.any():
        return None
    rows = unique(n.index[sums])
    periods = groups[sums].nunique(), groups[size >= SMALLEST_SUM].nunique()
    sure = 2 * periods[0] > periods[1] and bool((n[sums] > BY_CHANCE * size[sums]).any())
    advice = "Take it out." if sure else "If it is no chance, take it out."
    return Found(
        "error" if sure else "warning",
        f"{many(len(rows), 'row')} with about the sum of all other rows: a total among the units. {advice}",
        "counts",
        ["n"],
        rows,
        [f"row {row}" for row in rows[:5]],
    )


def _rest(values: pd.Series, groups: pd.Series, size: pd.Series) -> pd.Series:
    """Whether a number is the sum of the others of its group, as far as rounding of each lets it be told."""
    return (2 * values - values.groupby(groups).transform("sum")).abs() <= 2 * size


def few_units(subject: Subject) -> Found | str | None:
    """Find too few units."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    number = counts["unit_id"].nunique()
    if number >= FEWEST_UNITS:
        return None
    return Found(
        "error",
        f"{many(number, 'unit')}, but a model of how units differ needs at least {FEWEST_UNITS}. Add units.",
        "counts",
        ["unit_id"],
        examples=names(subject, sorted(counts["unit_id"].dropna().unique()), "unit"),
    )


def periods(subject: Subject) -> Found | str | None:
    """Find periods whose order in time cannot be known from their names."""
    for table in ("clients", "counts"):
        content = subject.table(table)
        if content is not None and "period" in content.columns:
            values = content["period"].dropna().astype(str)
            plain = values.str.strip()
            wrong = values[~plain.str.match(r"^(\d{4}|all$)") & (plain != "all")]
            if values.nunique() > 1 and len(wrong):
                return Found(
                    "warning",
                    f"{many(wrong.nunique(), 'period')} whose order in time does not follow from the name: the order "
                    "of the alphabet is taken. Begin each with the year, such as 2023-24 or 2024-Q1.",
                    table,
                    ["period"],
                    unique(wrong.index),
                    [f"row {row}" for row in wrong.index[:5]],
                )
            return None
    return "no periods"


def count_outcomes(subject: Subject) -> Found | str | None:
    """Find counts of which none or nearly all deteriorated."""
    counts = subject.mapped.counts
    if counts is None:
        return NONE
    n, events = numeric(counts["n"]), numeric(counts["deteriorated"])
    good = np.isfinite(n) & np.isfinite(events) & (events <= n) & (n >= 0) & (events >= 0)
    total, worse = n[good].sum(), events[good].sum()
    highest = subject.settings.outcome.highest_rate
    if total == 0:
        return Found("error", "No row has courses. Check columns.n.", "counts", ["n"])
    if worse in (0, total):
        which = "All" if worse else "None"
        return Found(
            "error",
            f"{which} of {total:,.0f} courses deteriorated, so there is nothing to explain. Check columns.events.",
            "counts",
            ["deteriorated"],
        )
    if worse / total > highest:
        return Found(
            "error",
            f"{worse:,.0f} of {total:,.0f} courses deteriorated ({100 * worse / total:.0f} %), above "
            f"{100 * highest:.0f} %. Perhaps those who did not are counted. If it is true, set outcome.highest_rate "
            "higher.",
            "counts",
            ["deteriorated"],
        )
    return None


CHECKS = (
    Check(
        "more deteriorated than courses",
        "Counts",
        "no unit has more deteriorated than finished courses",
        "Stops.",
        more_events,
    ),
    Check("counts impossible", "Counts", "counts are whole and not negative", "Stops.", impossible),
    Check(
        "counts suppressed or missing",
        "Counts",
        "every count is there",
        "Leaves these rows out; stops if they are more than half.",
        suppressed,
    ),
    Check(
        "counts rounded",
        "Counts",
        "counts are exact",
        "Goes on; rounding hardly matters unless counts are small.",
        rounded,
    ),
    Check("unit and period twice", "Counts", "each unit has one row per period", "Stops.", doubled),
    Check("counts without a unit", "Counts", "every row names its unit", "Leaves these rows out.", without_unit),
    Check("totals among units", "Counts", "no row is the sum of the others", "Stops, unless it may be chance.", totals),
    Check("too few units", "Counts", f"there are at least {FEWEST_UNITS} units", "Stops.", few_units),
    Check("counts of outcomes", "Counts", "some deteriorated, not too many", "Stops.", count_outcomes),
    Check(
        "order of periods",
        "Counts",
        "periods stand in order of time by their names",
        "Takes the order of the alphabet.",
        periods,
    ),
)

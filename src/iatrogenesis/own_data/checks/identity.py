"""Whose rows these are: ids that are missing, damaged, doubled or dangerous, and duplicate courses."""

import unicodedata
from collections.abc import Iterator, Mapping

import pandas as pd

from iatrogenesis.own_data.checks.finding import (
    USABLE,
    Check,
    Found,
    Subject,
    many,
    names,
    row_list,
    said,
    unique,
)

IDS = {"clients": ("client_id", "therapist_id", "service_id"), "counts": ("unit_id",)}
SHOWN = {"clients": ("therapist_id", "service_id", "period"), "counts": ("unit_id", "period")}
"""Ids that pages name; clients are never named."""
LONGEST_ID = 80
SESSION_ROWS = 3
"""With as many rows per client, and no ids of courses, the rows are sessions."""
NOBODY = ("unknown", "none", "n/a", "na", "null", "nan", "-", "?", "other", "unallocated", "not known", "tbc", "agency")
SPARSE, CODE_DIGITS = 3, 4
"""Ids are codes, and not counted up, if the highest is more than so many times their number, with so many digits."""
CODES = ("-1", "-9", "-99", "-999", "99", "999", "9999", "99999")
MISSING_REASON = {"client_id": "no client id", "therapist_id": "no therapist"}


def _each(subject: Subject, every: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, pd.Series]]:
    """Give table, column and texts of each column of ids that is there."""
    for name, columns in every.items():
        table = subject.table(name)
        for column in columns:
            if table is not None and column in table.columns:
                yield name, column, table[column].dropna().astype(str)


def missing_ids(subject: Subject) -> Found | str | None:
    """Find rows without client or therapist."""
    failed = subject.failed("clients", "missing")
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    if failed.empty:
        return None
    rows = unique(failed["row"])
    severe = len(rows) > USABLE * len(clients)
    advice = " That is too many to leave out: complete them, or take them out of the file." if severe else ""
    return Found(
        "error" if severe else "warning",
        f"{many(len(rows), 'row')} of {len(clients):,} without {' or '.join(_kinds(failed['column']))}.{advice}",
        columns=sorted(set(failed["column"])),
        rows=rows,
        examples=[f"row {row}" for row in rows[:5]],
        unusable={
            MISSING_REASON[column]: unique(failed.loc[failed["column"] == column, "row"])
            for column in ("client_id", "therapist_id")
        },
    )


def _kinds(columns: pd.Series) -> list[str]:
    return [word for column, word in (("client_id", "client"), ("therapist_id", "therapist")) if column in set(columns)]


def leading_zeros(subject: Subject) -> Found | str | None:
    """Find ids that look like whole numbers of unequal length, beside some that begin with a zero, or were numbers."""
    found = [one for where in _each(subject, IDS) if (one := _lost_zeros(subject, *where)) is not None]
    if not found:
        return None
    return Found(
        "warning" if any(one.severity == "warning" for one in found) else "note",
        " ".join(one.message for one in found),
        found[0].table,
        [column for one in found for column in one.columns],
        unique([row for one in found for row in one.rows]),
        [example for one in found for example in one.examples][:5],
    )


def _lost_zeros(subject: Subject, table: str, column: str, values: pd.Series) -> Found | None:
    kind = _kind(column)
    digits = values[values.str.fullmatch(r"\d+")]
    decimals = values[values.str.fullmatch(r"\d+\.0")]
    lengths = values.str.len()
    severity, twins = "warning", _twins(digits)
    if len(decimals):
        lost = decimals
        message = (
            f"{many(len(lost), 'id')} of {kind}s end in '.0': a program took them for numbers, so leading zeros may be "
            "lost. Export the column as text."
        )
    elif lengths.nunique() > 1 and len(digits) == len(values) and (severity := _padded_once(values)):
        lost = values[lengths < lengths.max()]
        message = (
            f"Ids of {kind}s are digits of unequal length, most of {lengths.max()}: {many(len(lost), 'row')} may "
            f"have lost leading zeros, so that one {kind} counts as two. Export the column as text, or check these."
        )
    elif twins:
        lost, message = digits[digits.isin([one for pair in twins for one in pair[1:]])], "Export the column as text."
    else:
        return None
    examples = [f"row {row}" for row in lost.index[:5]]
    if twins:
        severity = "warning"
        message = f"{many(len(twins), kind)} with and without leading zeros, each taken for two. {message}"
        if subject.shows_ids and column != "client_id":
            examples = [f"{kind} {' and '.join(said(one) for one in pair)}" for pair in twins] + examples
    return Found(severity, message, table, [column], unique(lost.index), examples)


def _twins(digits: pd.Series) -> list[list[str]]:
    """Return ids that are the same number, the longest first."""
    ids = pd.Series(digits.unique(), dtype=object)
    groups = ids.groupby(ids.str.lstrip("0"))
    return [sorted(same, key=len, reverse=True) for _, same in groups if len(same) > 1]


def _padded_once(values: pd.Series) -> str:
    """How surely ids of digits had leading zeros once: some still have them, or nearly all are of the same length.

    Numbers that were counted up from 1 have no gaps, and no such length.
    """
    ids = values.drop_duplicates()
    if (ids.str.startswith("0") & (ids.str.len() > 1)).any():
        return "warning"
    longest = ids.str.len().max()
    sparse = ids.astype(float).max() > SPARSE * len(ids)
    return "note" if longest >= CODE_DIGITS and (ids.str.len() == longest).mean() > 0.5 and sparse else ""


def _kind(column: str) -> str:
    return column.removesuffix("_id")


def alike_ids(subject: Subject) -> Found | str | None:
    """Find ids that differ only by blanks, capitals or invisible characters."""
    examples: list[str] = []
    rows: list[int] = []
    where: list[tuple[str, str]] = []
    number = 0
    for table, column, values in _each(subject, IDS):
        ids = pd.Series(values.unique(), dtype=object)
        bare = ids.map(_bare)
        doubled = bare.duplicated(keep=False)
        for _, same in ids[doubled].groupby(bare[doubled]):
            spellings = list(values[values.isin(same)].value_counts().index)  # the usual one first
            odd = unique(values[values.isin(spellings[1:])].index)
            number += len(spellings)
            rows += odd
            where.append((table, column))
            named = subject.shows_ids and column != "client_id"
            spelt = " and ".join(said(one) for one in spellings)
            examples.append(f"{_kind(column)} {spelt}" if named else f"{_kind(column)} in {row_list(odd)}")
    if not number:
        return None
    return Found(
        "error",
        f"{many(number, 'id')} differ only by blanks, capitals or invisible characters, so that one person or place "
        "counts as two. Correct them in the file, so that each has one spelling.",
        where[0][0],
        [column for _, column in dict.fromkeys(where)],
        unique(rows),
        examples[:5],
    )


def _bare(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text.casefold()
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in letters if unicodedata.category(one)[0] not in "ZC")


def dangerous_ids(subject: Subject) -> Found | str | None:
    """Find ids that pages and files cannot show safely."""
    if not subject.shows_ids:
        return "ids are replaced by codes"
    wrong = {(table, column): _unfit(values) for table, column, values in _each(subject, SHOWN)}
    wrong = {where: values for where, values in wrong.items() if len(values)}
    if not wrong:
        return None
    rows = unique([row for values in wrong.values() for row in values.index])
    return Found(
        "error",
        f"{many(len(rows), 'row')} with an id that holds line breaks, control characters or marks that turn the "
        f"direction of writing, or is longer than {LONGEST_ID} characters. Replace these ids in the file, or set "
        "privacy.anonymise: true.",
        next(iter(wrong))[0],
        [column for _, column in wrong],
        rows,
        [one for (_, column), values in wrong.items() for one in names(subject, values.unique(), _kind(column))][:5],
    )


def _unfit(values: pd.Series) -> pd.Series:
    return values[values.map(lambda one: len(one) > LONGEST_ID or not one.isprintable())]


def nobody(subject: Subject) -> Found | str | None:
    """Find therapist ids that stand for nobody."""
    clients = subject.mapped.clients
    if clients is None or "therapist_id" not in clients.columns:
        return "no therapists"
    values = clients["therapist_id"].dropna().astype(str)
    ids = set(values)
    alone = {code for code in CODES if not {str(int(code) - 1), str(int(code) + 1)} & ids}  # 99 after 98 is a number
    wrong = values[values.str.strip().str.casefold().isin(NOBODY) | values.isin(alone)]
    if wrong.empty:
        return None
    return Found(
        "warning",
        f"{many(len(wrong), 'row')} with a therapist id that seems to stand for nobody. If so, name it under "
        "data.missing, so that these rows are left out; otherwise they count as one therapist.",
        columns=["therapist_id"],
        rows=unique(wrong.index),
        examples=[f"row {row}" for row in wrong.index[:5]],
    )


CHECKS = (
    Check(
        "missing ids",
        "Identity",
        "every row names its client and its therapist",
        "Rows without either are left out.",
        missing_ids,
    ),
    Check(
        "lost leading zeros",
        "Identity",
        "ids were not turned into numbers on the way",
        "Takes the ids as they stand.",
        leading_zeros,
    ),
    Check("ids that differ by blanks or capitals", "Identity", "one person or place has one id", "Stops.", alike_ids),
    Check(
        "ids that cannot be shown",
        "Identity",
        "ids of therapists, services, units and periods are short and printable",
        "Stops.",
        dangerous_ids,
    ),
    Check(
        "therapists who are nobody",
        "Identity",
        "no therapist id is a code for unknown",
        "Takes such a code for a therapist.",
        nobody,
    ),
)

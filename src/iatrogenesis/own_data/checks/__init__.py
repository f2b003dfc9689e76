"""The checks of a service's data: a declared list, run as a whole, so that every fault is named at once.

What one column may hold (ranges, whole numbers, dates, ids that must be there) is a pandera schema, see `schema`.
Pandera and not pointblank or frictionless: validated lazily it returns each failing row of every column in one table,
with the row's number in the file, from a data frame that is in memory already and whatever file that came from; it
brings no second data frame library and no report of its own to be translated. What relates columns, rows or tables to
each other, and what concerns the outcome as a whole, no schema says: these checks are functions beside it.

A check gets a `Subject` and returns a `Found`, None where all is well, or a text where there is nothing to look at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.own_data.checks import (
    between,
    columns,
    counts,
    courses,
    dates,
    identity,
    linked,
    missing,
    outcome,
    reading,
    scores,
    sessions,
    text,
    therapists,
)
from iatrogenesis.own_data.checks.finding import SEVERITIES, Check, Found, Subject, printable, row_list
from iatrogenesis.own_data.checks.schema import failures
from iatrogenesis.own_data.mapped import Mapped
from iatrogenesis.own_data.outcome import instruments, judged
from iatrogenesis.own_data.prepared import KnownInstrument
from iatrogenesis.own_data.settings import OwnData

__all__ = ["CHECKS", "SEVERITIES", "Check", "Checked", "Found", "Subject", "run", "unread"]

FAMILIES = (
    columns, linked, reading, identity, courses, text, scores, dates, sessions, between, missing, outcome, therapists,
    counts,
)  # fmt: skip
CHECKS: tuple[Check, ...] = tuple(check for family in FAMILIES for check in family.CHECKS)
STOPS: Mapping[Check, str] = {
    columns.CHECKS[0]: "a compulsory column is not named, or there are no rows",
    linked.CHECKS[0]: "the files do not belong together",
}
"""Checks whose error stops all others, which would only name its consequences, and why those are not looked at."""
COLUMNS = (
    "check", "severity", "found", "rows", "columns", "examples", "file", "analysis", "looks_for", "family",
)  # fmt: skip
READING = Check(
    "files and columns", "Files", "files can be read, and the named columns are there, once", "Stops.", lambda _: None
)


@dataclass(frozen=True)
class Checked:
    """What all checks found.

    Attributes
    ----------
    table
        One row per check: check, severity, found (a sentence), rows (how many), columns, examples, file, analysis (what
        it does where the check fails), looks_for, family.
    excluded
        Rows that the analysis leaves out: columns row (in the file), reason, in the order in which they are counted; a
        row stands here once, with its first reason.
    fatal
        Messages of the errors.
    kept
        The rows left, in which values that cannot be are missing; None for counts, or where nothing could be judged.
        With `finished` and `deteriorated` where there is an outcome.
    known
        Instruments, with the rules of change by which `kept` was judged.
    sessions, counts
        The same of the other tables.
    """

    table: pd.DataFrame
    excluded: pd.DataFrame
    fatal: tuple[str, ...]
    kept: pd.DataFrame | None = None
    known: Mapping[str, KnownInstrument] | None = None
    sessions: pd.DataFrame | None = None
    counts: pd.DataFrame | None = None


def run(mapped: Mapped, settings: OwnData, catalogue: Instruments, *, today: date | None = None) -> Checked:
    """Run every check.

    Checks of the rows come first. Those of the outcome look at the rows that can be used.

    Parameters
    ----------
    mapped, settings
        The data with our names, and the settings.
    catalogue
        The instruments of `config/instruments.yaml`.
    today
        Dates after it lie in the future; by default the date of the machine.
    """
    today = today or date.today()
    clients = mapped.clients
    known = {} if clients is None else instruments(settings, clients, catalogue)
    tables = {"clients": clients, "sessions": mapped.sessions, "counts": mapped.counts}
    subject = Subject(mapped, settings, known, failures(tables, known, today), today=today)
    for check, rest in STOPS.items():
        gap = check.find(subject)
        if isinstance(gap, Found) and gap.severity == "error":
            return _stopped(subject, check, gap, rest)
    found = {check.name: check.find(subject) for check in CHECKS if not check.judged}
    excluded = _excluded(found.values())
    kept = None
    if clients is not None:
        kept = _blanked(clients.drop(index=excluded["row"]), _found(found.values(), "clients"))
        known = instruments(settings, kept, catalogue) if len(kept) else known
        if len(kept) and _has_outcome(kept, known):
            kept = judged(kept, known, settings)
            subject = replace(subject, judged=kept, known=known)
    found |= {check.name: check.find(subject) for check in CHECKS if check.judged}
    return Checked(
        table=pd.DataFrame([_row(check, found[check.name], subject) for check in CHECKS], columns=list(COLUMNS)),
        excluded=excluded,
        fatal=tuple(_fatal(found, subject)),
        kept=kept,
        known=known,
        sessions=_sessions(subject, _found(found.values(), "sessions")),
        counts=None if mapped.counts is None else mapped.counts.drop(index=excluded["row"]),
    )


def unread(message: str) -> Checked:
    """Return what there is to say where the files could not be read: that alone."""
    row = dict.fromkeys(COLUMNS, "") | {
        "check": READING.name, "severity": "error", "found": message, "rows": 0,
        "analysis": READING.then, "looks_for": READING.looks_for, "family": READING.family,
    }  # fmt: skip
    return Checked(pd.DataFrame([row]), _excluded(()), (message,))


def _stopped(subject: Subject, first: Check, gap: Found, rest: str) -> Checked:
    table = [_row(check, gap if check is first else rest, subject) for check in CHECKS]
    return Checked(pd.DataFrame(table, columns=list(COLUMNS)), _excluded(()), tuple(_fatal({first.name: gap}, subject)))


def _found(results: Iterable[Found | str | None], table: str) -> list[Found]:
    return [one for one in results if isinstance(one, Found) and one.blanked and one.table == table]


def _excluded(results: Iterable[Found | str | None]) -> pd.DataFrame:
    """Rows and reasons, each row once."""
    pairs = [
        (row, reason)
        for one in results
        if isinstance(one, Found)
        for reason, rows in one.unusable.items()
        for row in rows
    ]
    table = pd.DataFrame(pairs, columns=["row", "reason"]).astype({"row": "int64", "reason": "str"})
    return table.drop_duplicates("row", ignore_index=True)


def _blanked(table: pd.DataFrame, results: Iterable[Found]) -> pd.DataFrame:
    table = table.copy()
    for one in results:
        for column, rows in one.blanked.items():
            if column in table.columns:
                table.loc[table.index.isin(rows), column] = None
    return table


def _has_outcome(clients: pd.DataFrame, known: Mapping[str, KnownInstrument]) -> bool:
    pairs = any({f"{name}_first", f"{name}_last"} <= set(clients.columns) for name in known)
    return pairs or "deteriorated" in clients.columns


def _sessions(subject: Subject, results: Iterable[Found]) -> pd.DataFrame | None:
    """Sessions of known clients, each once, without scores that cannot be."""
    found, clients = subject.mapped.sessions, subject.mapped.clients
    if found is None or clients is None:
        return None
    key = [name for name in ("client_id", "course_id", "session") if name in found.columns]
    kept = found[found["client_id"].isin(clients["client_id"])]
    return _blanked(kept[~kept.duplicated(key)], results)


def _row(check: Check, found: Found | str | None, subject: Subject) -> dict[str, object]:
    row: dict[str, object] = {
        "check": check.name, "severity": "passed", "found": "", "rows": 0, "columns": "", "examples": "", "file": "",
        "analysis": check.then, "looks_for": check.looks_for, "family": check.family,
    }  # fmt: skip
    if isinstance(found, str):
        return row | {"severity": "not looked at", "found": found}
    if found is None:
        return row
    return row | {
        "severity": found.severity,
        "found": found.message,
        "rows": len(found.rows) or found.cells,
        "columns": ", ".join(_columns(found, subject)),
        "examples": "; ".join(_examples(found, subject)),
        "file": _file(found, subject),
    }


def _examples(found: Found, subject: Subject) -> list[str]:
    if subject.settings.privacy.anonymise:
        return [row_list(found.rows)] if len(found.rows) else []
    return list(found.examples)


def _columns(found: Found, subject: Subject) -> list[str]:
    return list(dict.fromkeys(printable(subject.label(found.table, name)) for name in found.columns))


def _file(found: Found, subject: Subject) -> str:
    """The file whose rows are counted, then others that the columns come from."""
    key = ("unit_id" if found.table == "counts" else "client_id") if len(found.rows) else ""
    files = [subject.mapped.where(found.table, name)[0] for name in (key, *found.columns) if name]
    return ", ".join(dict.fromkeys(name for name in files if name))


def _fatal(found: Mapping[str, Found | str | None], subject: Subject) -> Iterable[str]:
    for check in CHECKS:
        one = found.get(check.name)
        if isinstance(one, Found) and one.severity == "error":
            examples = _examples(one, subject)
            columns = (f"'{name}'" for name in _columns(one, subject))
            where = ", ".join(part for part in (_file(one, subject), *columns) if part)
            place, quoted = f" [{where}]" if where else "", f" ({'; '.join(examples)})" if examples else ""
            yield f"{check.name}{place}: {one.message}{quoted}"

"""Duplicate courses, clients with several, and how long they lasted."""

import pandas as pd

from iatrogenesis.own_data.checks.finding import USABLE, Check, Found, Subject, many, of_failures, row_list, unique
from iatrogenesis.own_data.checks.outcome import too_short

SESSION_ROWS = 3
"""With as many rows per client, and no course or date to tell them apart, the rows are sessions."""
REPEATED = "the same course again"
IMPOSSIBLE = "number of sessions impossible"


def repeated(subject: Subject) -> Found | str | None:
    """Find courses of one client that cannot be told apart."""
    clients = subject.mapped.clients
    if clients is None or "client_id" not in clients.columns:
        return "no table of clients"
    key = _course_key(clients)
    known = clients[clients["client_id"].notna()]
    twice = known[known.duplicated(key, keep=False)]
    if twice.empty:
        return None
    again = twice[twice.duplicated(keep="first")]
    differ = twice[~twice.duplicated(keep=False)]
    what = "client and course" if "course_id" in key else "client and dates" if len(key) > 1 else "client"
    if len(key) == 1 and len(differ):
        return None  # several courses without dates: judged by the check of clients with several courses
    if len(differ):
        return Found(
            "error",
            f"{many(len(differ), 'row')} share their {what} with another row but differ otherwise, so which one is "
            "right cannot be known. Keep one row per course, or name the column of the course's id.",
            columns=key,
            rows=unique(differ.index),
            examples=_together(differ, key),
        )
    return Found(
        "warning",
        f"{many(len(again), 'row')} repeat an earlier row with the same {what} and the same values; the first is kept.",
        columns=key,
        rows=unique(again.index),
        examples=_together(twice, key),
        unusable={REPEATED: unique(again.index)},
    )


def _course_key(clients: pd.DataFrame) -> list[str]:
    if "course_id" in clients.columns:
        return ["client_id", "course_id"]
    return ["client_id", *[name for name in ("started", "ended") if name in clients.columns]]


def _together(rows: pd.DataFrame, key: list[str]) -> list[str]:
    groups = rows.groupby(key, sort=False, dropna=False)
    return [f"{row_list(unique(group.index))} are one course" for _, group in list(groups)[:5]]


def several(subject: Subject) -> Found | str | None:
    """Find clients with several courses."""
    clients = subject.mapped.clients
    if clients is None or "client_id" not in clients.columns:
        return "no table of clients"
    distinct = clients[clients["client_id"].notna()].drop_duplicates()
    if not subject.has("clients", "course_id"):
        key = _course_key(clients)
        if len(key) > 1:
            distinct = distinct[~distinct.duplicated(key)]
    rows = distinct.groupby("client_id")["client_id"].transform("size")
    more = distinct[rows > 1]
    if more.empty:
        return None
    number = more["client_id"].nunique()
    examples = [f"one client in {row_list(unique(group.index))}" for _, group in list(more.groupby("client_id"))[:3]]
    if len(_course_key(clients)) == 1 and len(distinct) >= SESSION_ROWS * distinct["client_id"].nunique():
        return Found(
            "error",
            f"{len(distinct) / distinct['client_id'].nunique():.1f} rows per client, and no course or date tells them "
            "apart: these seem to be sessions. Name the file under data.sessions, with columns.scores.",
            columns=["client_id"],
            rows=unique(more.index),
            examples=examples,
        )
    return Found(
        "note",
        f"{many(number, 'client')} with several courses, {many(len(more), 'row')} in all.",
        columns=["client_id"],
        rows=unique(more.index),
        examples=examples,
    )


def impossible_lengths(subject: Subject) -> Found | str | None:
    """Find numbers of sessions that no course can have."""
    clients = subject.mapped.clients
    if clients is None or "n_sessions" not in clients.columns:
        return "no numbers of sessions"
    failed = pd.concat([subject.failed("clients", check, ["n_sessions"]) for check in ("range", "whole")])
    if failed.empty:
        return None
    rows = unique(failed["row"])
    severe = len(rows) > USABLE * len(clients)
    return Found(
        "error" if severe else "warning",
        f"{many(len(rows), 'course')} with a number of sessions that is negative, not whole, or beyond what a course "
        "can have. If it is a code for missing, name it under data.missing."
        + (" This concerns more than 10 % of the rows: too many to leave out." if severe else ""),
        columns=["n_sessions"],
        rows=rows,
        examples=of_failures(subject, failed),
        unusable={IMPOSSIBLE: rows},
    )


def short(subject: Subject) -> Found | str | None:
    """Find courses too short for a change to be judged."""
    clients = subject.mapped.clients
    if clients is None or "n_sessions" not in clients.columns:
        return "no numbers of sessions"
    least = subject.settings.outcome.finished_sessions
    rows = unique(clients.index[too_short(clients, least)])
    if not rows:
        return None
    severe = len(rows) > len(clients) / 2
    return Found(
        "warning" if severe else "note",
        f"{many(len(rows), 'course')} of {len(clients):,} with fewer than {least} sessions"
        + (": more than half. Check that n_sessions counts what was attended." if severe else "."),
        columns=["n_sessions"],
        rows=rows,
        examples=[row_list(rows)],
    )


CHECKS = (
    Check(
        "repeated courses",
        "Courses",
        "each course has one row",
        "Keeps the first of rows that are alike; stops where they differ.",
        repeated,
    ),
    Check(
        "clients with several courses",
        "Courses",
        "each client has one course",
        "Takes each course for itself, as if of different clients.",
        several,
    ),
    Check(
        "numbers of sessions",
        "Courses",
        "numbers of sessions are whole, and a course can have so many",
        "Leaves these rows out, and stops if they are more than 10 %.",
        impossible_lengths,
    ),
    Check(
        "short courses",
        "Courses",
        "courses are long enough for a change to be judged",
        "Counts these courses, but does not judge them.",
        short,
    ),
)

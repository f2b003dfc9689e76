"""The table of sessions: whose they are, how they are numbered, and whether they agree with the table of clients."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.checks.finding import Check, Found, Subject, many, numeric, of_failures, row_list, unique
from iatrogenesis.own_data.client_tables import COUNTED

NONE = "no table of sessions"


def strangers(subject: Subject) -> Found | str | None:
    """Find sessions of clients who are not in the table of clients."""
    sessions, clients = subject.mapped.sessions, subject.mapped.clients
    if sessions is None or clients is None:
        return NONE
    unknown = sessions[~sessions["client_id"].isin(clients["client_id"])]
    if unknown.empty:
        return None
    rows = unique(unknown.index)
    severe = len(rows) > len(sessions) / 2
    number = unknown["client_id"].nunique()
    return Found(
        "error" if severe else "warning",
        f"{many(len(rows), 'session')} of {many(number, 'client')} who are not in the table of clients."
        + (" More than half: check that both files write the ids alike." if severe else ""),
        "sessions",
        ["client_id"],
        rows,
        [f"row {row}" for row in rows[:5]],
    )


def without(subject: Subject) -> Found | str | None:
    """Find clients without a session in the table of sessions."""
    sessions, clients = subject.mapped.sessions, subject.mapped.clients
    if sessions is None or clients is None:
        return NONE
    alone = clients[clients["client_id"].notna() & ~clients["client_id"].isin(sessions["client_id"])]
    if alone.empty:
        return None
    rows = unique(alone.index)
    return Found(
        "warning",
        f"{many(len(rows), 'client')} of {len(clients):,} without a session in the table of sessions.",
        columns=["client_id"],
        rows=rows,
        examples=[row_list(rows)],
    )


def doubled(subject: Subject) -> Found | str | None:
    """Find two sessions of one client with the same number."""
    sessions = subject.mapped.sessions
    if sessions is None or "session" not in sessions.columns:
        return NONE
    known = sessions[sessions["client_id"].notna() & sessions["session"].notna()]
    key = [name for name in ("client_id", "course_id", "session") if name in known.columns]
    again = known[known.duplicated(key)]
    if again.empty:
        return None
    rows = unique(again.index)
    scores = [name for name in subject.settings.columns.scores if name in known.columns]
    several = known.groupby(key)[scores].nunique().max(axis=1) if scores else pd.Series(dtype=float)
    unlike = int((several > 1).sum())
    other = f" {many(unlike, 'number has', 'numbers have')} rows with unlike scores." if unlike else ""
    return Found(
        "warning",
        f"{many(len(rows), 'session')} with a number that the same client has already.{other} Keep one row per "
        "session.",
        "sessions",
        ["session"],
        rows,
        [f"row {row}, session {number:g}" for row, number in again["session"].head(5).items()],
    )


def order(subject: Subject) -> Found | str | None:
    """Find sessions whose order in time is not told, or is told in two ways."""
    sessions, remarks = subject.mapped.sessions, subject.mapped.remarks
    if sessions is None:
        return NONE
    if {"session", "date"} <= set(sessions.columns):
        return _against_dates(sessions)
    numbered = remarks[remarks["kind"] == "sessions numbered"]
    if numbered.empty or "date" in sessions.columns:
        return None
    return Found(
        "warning",
        "Nothing tells the order of sessions: their order in the file is taken for it, so first and last scores are "
        "right only if the file is in order of time. Name columns.session or columns.date.",
        "sessions",
        cells=len(sessions),
    )


def _against_dates(sessions: pd.DataFrame) -> Found | None:
    """Find clients with a later number at an earlier date."""
    key = [name for name in ("client_id", "course_id") if name in sessions.columns]
    known = sessions.assign(session=numeric(sessions["session"])).dropna(subset=["client_id", "session", "date"])
    ordered = known.sort_values([*key, "session"], kind="stable")
    back = ordered[ordered.groupby(key)["date"].diff() < pd.Timedelta(0)]
    if back.empty:
        return None
    clients = len(back[key].drop_duplicates())
    return Found(
        "warning",
        f"{many(clients, 'client')} of {len(known[key].drop_duplicates()):,} with a session that has a later number "
        "but an earlier date than the one before. Correct the numbers or the dates, or name only one of the two.",
        "sessions",
        ["session", "date"],
        unique(back.index),
        [f"row {row}, session {number:g}" for row, number in back["session"].head(5).items()],
    )


def gaps(subject: Subject) -> Found | str | None:
    """Find clients whose numbers of sessions leave one out."""
    sessions = subject.mapped.sessions
    if sessions is None or "session" not in sessions.columns:
        return NONE
    key = [name for name in ("client_id", "course_id") if name in sessions.columns]
    found = sessions.assign(session=numeric(sessions["session"]))
    of_client = found.groupby(key)["session"].agg(["nunique", "min", "max"])
    gappy = of_client[(of_client["max"] - of_client["min"] + 1 > of_client["nunique"]) | (of_client["min"] > 1)]
    if gappy.empty:
        return None
    wanted = found.groupby(key).head(1).set_index(key).index.isin(gappy.index)
    rows = unique(found.groupby(key).head(1).index[wanted])
    return Found(
        "note",
        f"{many(len(gappy), 'client')} of {len(of_client):,} with a gap in the numbers of sessions. Missed sessions "
        "are no fault; others are.",
        "sessions",
        ["session"],
        rows,
        [f"client whose first session is in row {row}" for row in rows[:3]],
    )


def disagreeing(subject: Subject) -> Found | str | None:
    """Find clients whose number of sessions is not that of their rows in the table of sessions."""
    sessions, clients = subject.mapped.sessions, subject.mapped.clients
    if sessions is None or clients is None or "n_sessions" not in clients.columns:
        return NONE
    origin = subject.mapped.origin
    if origin.get("n_sessions") in [origin.get(f"sessions.{name}") for name in (*COUNTED, "client_id")]:
        return "they were counted from the table of sessions"
    attended = sessions
    if "attended" in sessions.columns:
        attended = sessions[sessions["attended"].astype("boolean").fillna(True).to_numpy(dtype=bool)]
    key = [name for name in ("client_id", "course_id") if name in sessions.columns and name in clients.columns]
    once = clients[~clients.duplicated(key, keep=False) & clients["client_id"].notna()]
    counted = attended.groupby(key).size()
    listed = counted.reindex(pd.MultiIndex.from_frame(once[key]) if len(key) > 1 else pd.Index(once[key[0]]))
    said, seen = numeric(once["n_sessions"]), listed.to_numpy(dtype=float)
    wrong = np.isfinite(said) & np.isfinite(seen) & (said != seen)
    if not wrong.any():
        return None
    rows = once.index[wrong]
    return Found(
        "warning",
        f"{many(len(rows), 'client')} whose number of sessions is not that of their rows in the table of sessions. "
        "Check that both count the sessions attended.",
        columns=["n_sessions"],
        rows=unique(rows),
        examples=[
            f"row {row}: {a:g}, but {b:g} in the table of sessions"
            for row, a, b in zip(rows[:5], said[wrong][:5], seen[wrong][:5], strict=True)
        ],
    )


def scores(subject: Subject) -> Found | str | None:
    """Find scores of single sessions that the questionnaire cannot give."""
    if subject.mapped.sessions is None:
        return NONE
    failed = subject.failed("sessions", "range", list(subject.known))
    if failed.empty:
        return None
    return Found(
        "warning",
        f"{many(len(failed), 'score')} of single sessions outside the range of the questionnaire. Correct them, or "
        "name codes for missing under data.missing.",
        "sessions",
        list(dict.fromkeys(failed["column"])),
        unique(failed["row"]),
        of_failures(subject, failed),
        blanked={str(column): unique(group["row"]) for column, group in failed.groupby("column")},
    )


def several_therapists(subject: Subject) -> Found | str | None:
    """Find courses with more than one therapist."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    if "n_therapists" not in clients.columns:
        return "one therapist per course in the file"
    shared = clients.index[numeric(clients["n_therapists"]) > 1]
    if len(shared) == 0:
        return None
    rows = unique(shared)
    words = {
        "most_contacts": "the therapist with most sessions",
        "last": "the last therapist",
        "membership": "both, by their share of the sessions",
    }
    return Found(
        "note",
        f"{many(len(rows), 'course')} with several therapists. Each counts for "
        f"{words[subject.settings.analysis.attribution]} (analysis.attribution).",
        columns=["therapist_id"],
        rows=rows,
        examples=[row_list(rows)],
    )


CHECKS = (
    Check(
        "clients without sessions",
        "Sessions",
        "every client has sessions",
        "Uses what the table of clients says; where it has no number of sessions, they have none.",
        without,
    ),
    Check(
        "sessions of unknown clients",
        "Sessions",
        "every session belongs to a client of the table of clients",
        "Leaves these sessions out; stops if they are more than half.",
        strangers,
    ),
    Check(
        "order of sessions",
        "Sessions",
        "numbers and dates say alike in which order sessions were",
        "Goes by the dates where all sessions have one, else by the numbers, else by the file.",
        order,
    ),
    Check("sessions twice", "Sessions", "each client has each session once", "Keeps the first of them.", doubled),
    Check(
        "gaps between sessions",
        "Sessions",
        "sessions are numbered 1, 2, 3 without a gap",
        "Takes the order only.",
        gaps,
    ),
    Check(
        "numbers of sessions disagree",
        "Sessions",
        "clients have as many sessions as the table of sessions shows",
        "Uses the number in the table of clients.",
        disagreeing,
    ),
    Check(
        "scores of sessions outside the range",
        "Sessions",
        "every score is one that the questionnaire can give",
        "Takes these scores as missing.",
        scores,
    ),
    Check(
        "courses with several therapists",
        "Sessions",
        "each course has one therapist",
        "Counts the course as analysis.attribution says, and shows the other ways beside it.",
        several_therapists,
    ),
)

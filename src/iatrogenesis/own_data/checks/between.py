"""What two columns or files say of the same thing: therapists and scores twice, covariates that are therapists."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.checks.finding import Check, Found, Subject, many, numeric, unique
from iatrogenesis.own_data.from_sessions import in_order, key_of

SHARE = 0.5
"""A covariate with so many values per therapist, each of them of one therapist, is another id of therapists."""
LEAST_VALUES = 3


def files(subject: Subject) -> Found | str | None:
    """Find courses of which the tables of clients and of sessions tell different scores or therapists."""
    clients, sessions, data = subject.mapped.clients, subject.mapped.sessions, subject.settings.data
    if clients is None or sessions is None or data.clients is None:
        return "no two files"
    key = [name for name in key_of(sessions) if name in clients.columns]
    if key != key_of(sessions) or clients[key].duplicated().any():
        return "sessions cannot be given to courses"
    ordered = in_order(sessions[sessions[key].notna().all(axis=1)])
    index = pd.MultiIndex.from_frame(clients[key]) if len(key) > 1 else pd.Index(clients[key[0]])
    unlike = {
        name: clients.index[_differ(clients[name], told.reindex(index))]
        for name, told in _told(subject, ordered.groupby(key)).items()
    }
    unlike = {name: rows for name, rows in unlike.items() if len(rows)}
    if not unlike:
        return None
    shown = ", ".join(f"{subject.label('clients', name)} of {len(rows):,}" for name, rows in unlike.items())
    rows = unique([row for some in unlike.values() for row in some])
    return Found(
        "warning",
        f"The table of sessions says otherwise than the table of clients in {many(len(rows), 'course')}: {shown}. Take "
        "the columns that are wrong out of the settings, or correct the file.",
        columns=list(unlike),
        rows=rows,
        examples=[f"row {row}" for row in rows[:5]],
    )


def _told(subject: Subject, by_course) -> dict[str, pd.Series]:
    """By column of the table of clients what the sessions tell: first and last scores, and a therapist of theirs."""
    columns, found = subject.settings.columns, {}
    for name in columns.scores:
        if name in columns.first and subject.has("clients", f"{name}_first"):
            found[f"{name}_first"] = by_course[name].first()
        if name in columns.last and subject.has("clients", f"{name}_last"):
            found[f"{name}_last"] = by_course[name].last()
    if subject.has("sessions", "therapist_id") and subject.has("clients", "therapist_id"):
        one = by_course["therapist_id"].agg(["nunique", "first"])  # of several, attribution decides
        found["therapist_id"] = one["first"].where(one["nunique"] == 1)
    return found


def _differ(said: pd.Series, told: pd.Series) -> np.ndarray:
    other = told.set_axis(said.index)
    both = (said.notna() & other.notna()).to_numpy()
    if pd.api.types.is_numeric_dtype(said):
        return both & ~np.isclose(numeric(said), numeric(other), equal_nan=True)
    return both & (said.astype(str) != other.astype(str)).to_numpy()


def therapists(subject: Subject) -> Found | str | None:
    """Find covariates that are another name of the therapist."""
    clients = subject.mapped.clients
    if clients is None or "therapist_id" not in clients.columns:
        return "no therapists"
    number = clients["therapist_id"].nunique()
    for name in [name for name in clients.columns if str(name).startswith("x_")]:
        if pd.api.types.is_numeric_dtype(clients[name]):
            continue
        pairs = clients[["therapist_id", name]].dropna().drop_duplicates()
        values = len(pairs)
        if values < max(SHARE * number, LEAST_VALUES) or pairs.nunique().min() < values:
            continue
        return Found(
            "error",
            f"Each of {values} values of {subject.label('clients', name)} belongs to one therapist: a model with it "
            "would find no differences between therapists. Take it out of columns.covariates.",
            columns=[name],
        )
    return None


CHECKS = (
    Check(
        "two files disagree",
        "Sessions",
        "the tables of clients and of sessions tell the same scores and therapists",
        "Uses what the table of clients says.",
        files,
    ),
    Check("covariates that are therapists", "Columns", "no covariate is an id of therapists", "Stops.", therapists),
)

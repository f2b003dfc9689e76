"""Values that are missing, by column and by therapist."""

from collections.abc import Sequence

from iatrogenesis.own_data.checks.columns import covariates
from iatrogenesis.own_data.checks.finding import Check, Found, Subject, many, names, unique
from iatrogenesis.own_data.checks.outcome import outcome_columns, too_short

MUCH = 0.2
MOST = 0.5
FEW_CLIENTS = 5


def by_column(subject: Subject) -> Found | str | None:
    """Find columns that lack many values."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    columns = [
        *subject.score_columns(),
        *covariates(clients),
        *(name for name in clients.columns if str(name).endswith("_rating")),
        "n_sessions",
        "period",
        "ended",
        "completed",
        "deteriorated",
    ]
    columns = [name for name in dict.fromkeys(columns) if name in clients.columns]
    lacking = clients[columns].isna().sum()
    lacking = lacking[lacking > 0]
    if lacking.empty:
        return None
    shares = ", ".join(
        f"{_label(subject, name, columns)} {number:,} ({100 * number / len(clients):.0f} %)"
        for name, number in lacking.items()
    )
    much = (lacking > MUCH * len(clients)).any()
    return Found(
        "warning" if much else "note",
        f"Missing values of {many(len(clients), 'row')}: {shares}.",
        columns=list(lacking.index),
        rows=unique(clients.index[clients[list(lacking.index)].isna().any(axis=1)]),
    )


def _label(subject: Subject, column: str, others: Sequence[str]) -> str:
    """The column's name in the file, with ours where several of ours come from it, as scores of sessions do."""
    labels = [subject.label("clients", name) for name in others]
    label = subject.label("clients", column)
    return f"{label} ({column})" if labels.count(label) > 1 else label


def by_therapist(subject: Subject) -> Found | str | None:
    """Find therapists most of whose finished courses have no outcome."""
    judged = subject.judged
    if judged is None or "therapist_id" not in judged.columns:
        return "no courses to judge"
    finished = judged[~too_short(judged, subject.settings.outcome.finished_sessions)]
    missing = finished["deteriorated"].isna().groupby(finished["therapist_id"]).agg(["mean", "size"])
    worst = missing[(missing["mean"] > MOST) & (missing["size"] >= FEW_CLIENTS)]
    if worst.empty:
        return None
    return Found(
        "warning",
        f"{many(len(worst), 'therapist')} of {len(missing)} with no outcome for most of their finished courses: those "
        "that are known may be the good ones.",
        columns=["deteriorated"],
        rows=unique(finished.index[finished["therapist_id"].isin(worst.index) & finished["deteriorated"].isna()]),
        examples=names(subject, list(worst.index)),
    )


def outcomes(subject: Subject) -> Found | str | None:
    """Find finished courses without an outcome."""
    if subject.judged is None:
        return "no courses to judge"
    finished = subject.judged[~too_short(subject.judged, subject.settings.outcome.finished_sessions)]
    lacking = finished[finished["deteriorated"].isna()]
    if lacking.empty:
        return None
    much = len(lacking) > MUCH * len(finished)
    return Found(
        "warning" if much else "note",
        f"{many(len(lacking), 'finished course')} of {len(finished):,} without an outcome, because a first or last "
        "score (or the outcome itself) is missing." + (" Find out why before anything is concluded." if much else ""),
        columns=outcome_columns(subject),
        rows=unique(lacking.index),
        examples=[f"row {row}" for row in lacking.index[:5]],
    )


CHECKS = (
    Check(
        "missing values by column",
        "Missing values",
        "columns are complete",
        "Models with a column use the courses that have it; the report says how many that costs.",
        by_column,
    ),
    Check(
        "missing outcomes",
        "Missing values",
        "every finished course has its outcome",
        "Leaves them out, and shows what would follow if they fared worse than the others.",
        outcomes,
        True,
    ),
    Check(
        "missing outcomes by therapist",
        "Missing values",
        "no therapist lacks most outcomes",
        "Goes on, and shows what would follow if they fared worse than the others.",
        by_therapist,
        True,
    ),
)

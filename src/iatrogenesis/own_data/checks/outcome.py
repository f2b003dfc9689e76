"""Deterioration as it comes out: whether it can be judged, is believable, and runs the right way."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.checks.finding import Check, Found, Subject, many, numeric, unique
from iatrogenesis.own_data.outcome import GIVEN

LOWEST_RATE = 0.005
FEWEST_EVENTS = 10
NOTHING = "no courses to judge"
FEW = 20
"""With fewer courses the direction of an outcome is not judged."""


def outcomes(subject: Subject) -> tuple[np.ndarray, pd.Index]:
    """Return whether each judged course deteriorated, as bool, and its row."""
    if subject.judged is None:
        return np.zeros(0, dtype=bool), pd.Index([])
    known = subject.judged[subject.judged["finished"].astype(bool) & subject.judged["deteriorated"].notna()]
    return known["deteriorated"].to_numpy(dtype=bool), known.index


def from_scores(subject: Subject) -> pd.DataFrame | None:
    """Return the courses judged by their scores where the outcome is given as well; None where it is not both."""
    if subject.judged is None or GIVEN not in subject.judged.columns:
        return None
    both = subject.judged.assign(given=subject.judged[GIVEN].astype("boolean"))
    return both[both["deteriorated"].notna() & both["given"].notna()]


def too_short(clients: pd.DataFrame, least: int) -> np.ndarray:
    """Return which courses have fewer sessions than are needed to judge them, bool, shape (rows,)."""
    if "n_sessions" not in clients.columns:
        return np.zeros(len(clients), dtype=bool)
    sessions = numeric(clients["n_sessions"])
    return (sessions >= 0) & (sessions < least)


def exists(subject: Subject) -> Found | str | None:
    """Find data from which no outcome comes."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    pairs = any(subject.has("clients", f"{name}_first", f"{name}_last") for name in subject.known)
    if not pairs and "deteriorated" not in clients.columns:
        where = (
            "The referrals hold no first and last scores, and in data.nhs.scores no record has CodedAssToolType of "
            "PHQ-9 or GAD-7, a score and a date. Check that these are the right tables."
            if subject.settings.data.nhs
            else "Name columns.first and columns.last (scores by questionnaire), columns.scores of a file of sessions, "
            "or columns.deteriorated."
        )
        return Found("error", f"No outcome. {where}")
    if subject.judged is None:
        return Found("error", "No usable course is left: every row is left out for one of the reasons here.")
    if len(outcomes(subject)[0]):
        return None
    return Found(
        "error",
        f"None of {many(len(subject.judged), 'usable course')} can be judged: none has enough sessions and both scores "
        "(or its outcome). Check n_sessions and the columns of the outcome.",
    )


def alike(subject: Subject) -> Found | str | None:
    """Find outcomes that are all the same."""
    worse, rows = outcomes(subject)
    if not len(worse):
        return NOTHING
    if worse.all() or not worse.any():
        every = "all" if worse.all() else "none"
        return Found(
            "error",
            f"Of {many(len(worse), 'judged course')} {every} deteriorated, so there is nothing to explain. Check how "
            "the outcome is coded, and that first and last scores are different columns.",
            columns=outcome_columns(subject),
            rows=unique(rows) if worse.all() else (),
        )
    return None


def outcome_columns(subject: Subject) -> list[str]:
    """Return the columns that the outcome comes from."""
    return list(subject.score_columns()) or ["deteriorated"]


def too_high(subject: Subject) -> Found | str | None:
    """Find a rate of deterioration that no service has."""
    worse, rows = outcomes(subject)
    if not len(worse):
        return NOTHING
    if worse.all() or isinstance(turned_round(subject), Found):
        return None  # named by a check of its own
    highest = subject.settings.outcome.highest_rate
    if worse.mean() <= highest:
        return None
    return Found(
        "error",
        f"{many(int(worse.sum()), 'course')} of {len(worse):,} deteriorated ({100 * worse.mean():.0f} %), above "
        f"{100 * highest:.0f} %. Published rates lie between 3 and 10 %, so the outcome is probably reversed, or its "
        "codes mean something else. If it is true, set outcome.highest_rate higher.",
        columns=outcome_columns(subject),
        rows=unique(rows[worse]),
    )


def rare(subject: Subject) -> Found | str | None:
    """Find too few deteriorated courses to say much."""
    worse, _ = outcomes(subject)
    if not len(worse):
        return NOTHING
    number = int(worse.sum())
    if number == 0 or (number >= FEWEST_EVENTS and worse.mean() >= LOWEST_RATE):
        return None
    return Found(
        "warning",
        f"Only {many(number, 'course')} of {len(worse):,} deteriorated ({100 * worse.mean():.1f} %): the priors will "
        "decide what is said about therapists. Check the coding, or collect more years.",
        columns=outcome_columns(subject),
    )


def turned_round(subject: Subject) -> Found | str | None:
    """Find a given outcome that is the opposite of what the scores say."""
    both = from_scores(subject)
    if both is None:
        return "the outcome is not given beside scores"
    given, scores = both["given"].to_numpy(dtype=bool), both["deteriorated"].to_numpy(dtype=bool)
    if len(both) < FEW or np.mean(given == scores) >= 0.5:
        return None
    improved = both["improved"].to_numpy(dtype=bool) if "improved" in both else ~scores
    says = "improved" if np.mean(given == improved) > np.mean(given == ~scores) else "did not deteriorate"
    wrong = unique(both.index[given != scores])
    return Found(
        "error",
        f"The outcome contradicts the scores in {many(len(wrong), 'course')} of {len(both):,}: most that are marked as "
        f"deteriorated {says} by their scores. The outcome is reversed, or another column is meant. Turn it round, or "
        "leave columns.deteriorated out: it is then worked out from the scores.",
        columns=["deteriorated"],
        rows=wrong,
        examples=[f"row {row}" for row in wrong[:5]],
    )


def disagreeing(subject: Subject) -> Found | str | None:
    """Find courses whose given outcome is not what the scores say."""
    both = from_scores(subject)
    if both is None:
        return "the outcome is not given beside scores"
    given, scores = both["given"].to_numpy(dtype=bool), both["deteriorated"].to_numpy(dtype=bool)
    wrong = unique(both.index[given != scores])
    if not wrong or np.mean(given == scores) < 0.5:
        return None
    return Found(
        "warning",
        f"The outcome given and that by the scores differ in {many(len(wrong), 'course')} of {len(both):,}: "
        f"{int((given & ~scores).sum()):,} deteriorated only as given, {int((~given & scores).sum()):,} only by the "
        "scores. Check which instruments and which reliable change the column was made with.",
        columns=["deteriorated"],
        rows=wrong,
        examples=[f"row {row}" for row in wrong[:5]],
    )


def judged_without_sessions(subject: Subject) -> Found | str | None:
    """Find courses too short to be judged that have different first and last scores."""
    clients = subject.mapped.clients
    if clients is None or "n_sessions" not in clients.columns:
        return "no numbers of sessions"
    short = too_short(clients, subject.settings.outcome.finished_sessions)
    changed = np.zeros(len(clients), dtype=bool)
    for name in subject.known:
        if subject.has("clients", f"{name}_first", f"{name}_last"):
            first, last = numeric(clients[f"{name}_first"]), numeric(clients[f"{name}_last"])
            changed |= np.isfinite(first) & np.isfinite(last) & (first != last)
    rows = unique(clients.index[short & changed])
    if not rows:
        return None
    return Found(
        "warning",
        f"{many(len(rows), 'course')} with fewer than {subject.settings.outcome.finished_sessions} sessions, but with "
        "a last score that is not the first one. Check that n_sessions counts all sessions attended.",
        columns=["n_sessions"],
        rows=rows,
        examples=[f"row {row}" for row in rows[:5]],
    )


CHECKS = (
    Check("outcome can be judged", "Outcome", "there is an outcome, or scores to judge it by", "Stops.", exists, True),
    Check("outcomes all alike", "Outcome", "some courses deteriorated, and some did not", "Stops.", alike, True),
    Check(
        "rate too high to be true",
        "Outcome",
        "the rate of deterioration is at most outcome.highest_rate",
        "Stops.",
        too_high,
        True,
    ),
    Check(
        "few deteriorated",
        "Outcome",
        f"at least {FEWEST_EVENTS} courses, and {100 * LOWEST_RATE:g} %, deteriorated",
        "Goes on; says that the data hardly move the prior.",
        rare,
        True,
    ),
    Check("outcome reversed", "Outcome", "the outcome given agrees with the scores", "Stops.", turned_round, True),
    Check(
        "outcome against scores",
        "Outcome",
        "the outcome given is the one the scores give",
        "Uses the outcome by the scores.",
        disagreeing,
        True,
    ),
    Check(
        "change without sessions",
        "Outcome",
        "courses with a change have the sessions for it",
        "Does not judge these courses.",
        judged_without_sessions,
    ),
)

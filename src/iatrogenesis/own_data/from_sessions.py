"""One row per course from one row per session."""

from collections.abc import Sequence

import pandas as pd

from iatrogenesis.own_data.attribution import attributed

KEY = ("client_id", "course_id")


def in_order(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the sessions in order of time within each course, and of the file where nothing tells.

    Sorted by date where all have one, then by number; else by number, then date.
    """
    dated = "date" in sessions and sessions["date"].notna().all()
    order = ["date", "session"] if dated else ["session", "date"]
    known = [name for name in order if name in sessions]
    return sessions.sort_values([*key_of(sessions), *known], kind="stable", na_position="last")


def key_of(table: pd.DataFrame) -> list[str]:
    """Return the columns that tell courses apart."""
    return [name for name in KEY if name in table]


def numbered(sessions: pd.DataFrame) -> pd.Series:
    """Return the number of each session within its course, from 1, where the file gives none; Int64."""
    ordered = in_order(sessions)
    number = ordered.groupby(key_of(sessions), sort=False, dropna=False).cumcount() + 1
    return number.reindex(sessions.index).astype("Int64").mask(sessions["client_id"].isna())


def courses(sessions: pd.DataFrame, scores: Sequence[str], constant: Sequence[str], rule: str) -> pd.DataFrame:
    """Return one row per course, in order of the file.

    Parameters
    ----------
    sessions
        One row per session, canonical names. Rows without a client are in no course.
    scores
        Columns with scores.
    constant
        Columns of the client, repeated in each of the client's rows: the first that is not missing is taken.
    rule
        As for `attributed`.

    Returns
    -------
    pandas.DataFrame
        The key; `<score>_first` and, from a later row, `<score>_last`; `n_sessions` attended, `started`, `ended`;
        therapists as `attributed`, if sessions tell them; the constant columns. The index is the row of the course that
        stands first in the file.
    """
    key = key_of(sessions)
    known = sessions[sessions[key].notna().all(axis=1)]
    ordered = in_order(known)
    course = pd.Series(ordered.groupby(key, sort=False).ngroup(), index=ordered.index)
    result = (
        ordered.assign(course=course, row=ordered.index)
        .groupby("course")
        .agg({"row": "min"} | dict.fromkeys(key, "first"))
    )
    for score in scores:
        given = _once(ordered[ordered[score].notna()])
        by_course = given[score].groupby(course[given.index])
        result[f"{score}_first"] = by_course.first()
        result[f"{score}_last"] = by_course.last().mask(by_course.size() < 2)  # one score shows no change
    came = ordered["attended"].fillna(False).astype(bool) if "attended" in ordered else pd.Series(True, ordered.index)
    which = next((n for n in ("session", "date") if n in ordered and ordered[n].notna().all()), None)
    occasion = ordered[which] if which else pd.Series(ordered.index, ordered.index)
    held = occasion[came].groupby(course[came]).nunique()
    result["n_sessions"] = held.reindex(result.index, fill_value=0).astype("Int64")
    if "date" in ordered:
        dates = ordered.loc[came, "date"].groupby(course[came])
        result["started"], result["ended"] = dates.min(), dates.max()
    if "therapist_id" in ordered:
        contacts = came | ~course.isin(course[came])  # who never came has those who waited
        therapists = attributed(course[contacts], ordered.loc[contacts, "therapist_id"], rule)
        result = result.join(therapists)
        result["n_therapists"] = result["n_therapists"].fillna(0).astype("Int64")
    for name in constant:
        result[name] = ordered[name].groupby(course).first()
    return result.sort_values("row").set_index("row")


def _once(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the first of the rows that have one number within a course."""
    if "session" not in sessions:
        return sessions
    return sessions[~(sessions.duplicated([*key_of(sessions), "session"]) & sessions["session"].notna())]


def varying(sessions: pd.DataFrame, column: str) -> int:
    """Return in how many courses a column that should be constant is not."""
    return int((sessions.groupby(key_of(sessions))[column].nunique() > 1).sum())

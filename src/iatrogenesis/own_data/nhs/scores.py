"""IDS606 and IDS607: scores with their dates, first and last of a course, and those of each contact."""

from collections.abc import Sequence

import pandas as pd

from iatrogenesis.own_data.nhs.fields import (
    ACTIVITY_SCORE,
    REFERRAL_SCORE,
    checked,
    joined,
    keys,
    latest,
    only,
    unlinked,
)
from iatrogenesis.own_data.nhs.referrals import course_of
from iatrogenesis.own_data.reading import Raw
from iatrogenesis.own_data.settings import Files
from iatrogenesis.own_data.source import Source

TOOLS = {"720433000": "phq9", "445455005": "gad7"}
"""CodedAssToolType (SNOMED CT) of the instruments by which change is judged."""
INSTRUMENTS = tuple(TOOLS.values())
NEAR = pd.Timedelta(days=7)
"""A score belongs to the first contact that follows within so many days, and to the course until so long after it."""
COLUMNS = ("course_id", "instrument", "date", "score")


def scored(raw: Raw, files: Files, referrals: pd.DataFrame, activities: pd.DataFrame) -> tuple[pd.DataFrame, Source]:
    """Return the scores of one file, columns `COLUMNS`, and the file as a source.

    The file is IDS607 where it names activities, whose contact's date is the score's, and IDS606 otherwise.
    """
    source = Source(raw, files, "sessions")
    of_activity = source.has("CareActId")
    checked(source, ACTIVITY_SCORE if of_activity else REFERRAL_SCORE)
    tool = source.texts("instrument", "CodedAssToolType").map(TOOLS)
    wanted = only(source, tool.notna())
    if of_activity:
        table = keys(wanted, activity="CareActId")
    else:
        wanted.use_dates(["AssToolCompDate"])
        table = keys(wanted, request="ServiceRequestId", pathway="PathwayID")
        table["date"] = wanted.dates("date", "AssToolCompDate")
    table["score"] = wanted.numbers("score", "PersScore")
    table["instrument"] = tool[table.index]
    if of_activity:
        columns = ["activity", "provider", "course_id", "date"]
        table = joined(table, activities[[name for name in columns if name in activities]], "activity")
    else:
        table = course_of(table, referrals)
    alone = table["course_id"].isna()
    if of_activity:
        alone &= ~table["activity"].isin(activities["activity"])  # else the activity itself is what belongs to nothing
    what = ("scores", "activity of IDS202" if of_activity else "referral of IDS101", "courses")
    others = referrals["course_id"], table["course_id"]
    unlinked(wanted, what, "CareActId" if of_activity else "ServiceRequestId", table, alone, others)
    lost = int(table["course_id"].isna().sum())
    text = f"{len(tool) - len(table)} of {len(tool)} scores are of other questionnaires; {lost} belong to no course."
    wanted.remark("scores passed over", "score", "CodedAssToolType", len(tool) - len(table) + lost, text)
    return _once(table, wanted), wanted


def _once(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Scores of known course, date and value, one per day: of several the one handed in last."""
    known = table[table[["course_id", "date", "score"]].notna().all(axis=1)]
    found = latest(known, ["course_id", "instrument", "date"])
    unlike = known.groupby(["course_id", "instrument", "date"])["score"].nunique()
    if several := int((unlike > 1).sum()):
        text = f"Several different scores on the same day, {several} times: the last in the file was taken."
        source.remark("several scores a day", "score", "PersScore", several, text)
    return found[list(COLUMNS)]


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the scores of all files, one per course, instrument and day, in order of time; an earlier file counts."""
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).astype({"date": "datetime64[us]"})
    every = pd.concat(parts, ignore_index=True).drop_duplicates(list(COLUMNS[:3]), keep="first")
    return every.sort_values(["course_id", "instrument", "date"], kind="stable", ignore_index=True)


def first_and_last(scores: pd.DataFrame, courses: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return `<instrument>_first` and `_last`, one row per course, index as there.

    The earliest and the latest dated score between the referral and a week after the last attended contact. One score
    alone shows no change. Where there are not two, the referral's own FirstScore and LastScore are taken. An instrument
    without any score has no columns.

    Parameters
    ----------
    scores
        From `together`.
    courses
        One row per course: `course_id`, `ended`; perhaps `received`, and the referral's own scores.
    """
    limits = courses[["course_id", *(name for name in ("received", "ended") if name in courses)]]
    rows = scores.merge(limits.dropna(subset="course_id").drop_duplicates("course_id"), on="course_id")
    late = rows["date"] > rows["ended"] + NEAR
    early = rows["date"] < rows["received"] if "received" in rows else pd.Series(False, rows.index)
    if outside := int((late | early).sum()):
        text = f"{outside} scores lie before the referral, or more than a week after the last contact: passed over."
        source.remark("scores outside the course", "score", "", outside, text)
    rows = rows[~late & ~early]
    found = pd.DataFrame(index=courses.index)
    for instrument in INSTRUMENTS:
        of_course = rows[rows["instrument"] == instrument].groupby("course_id")["score"]
        first, last, number = of_course.first(), of_course.last(), of_course.size()
        dated = pd.DataFrame({"first": first, "last": last.where(number > 1)}).reindex(courses["course_id"].to_numpy())
        dated = dated.set_axis(courses.index).astype("float64")
        found = found.assign(**_with_referrals(dated, courses, instrument, source))
    return found


def _with_referrals(
    dated: pd.DataFrame, courses: pd.DataFrame, instrument: str, source: Source
) -> dict[str, pd.Series]:
    names = {place: f"{instrument}_{place}" for place in ("first", "last")}
    if not set(names.values()) <= set(courses):
        return {names[place]: dated[place] for place in names} if dated.notna().any(axis=None) else {}
    own = courses[list(names.values())].set_axis(list(names), axis=1)
    both = dated.notna().all(axis=1)
    instead = ~both & own.notna().all(axis=1)
    unlike = both & own.notna().all(axis=1) & (own != dated).any(axis=1)
    texts = {
        "scores of the referral": (instead, "courses have no two dated scores: the referral's own were taken."),
        "scores unlike the referral's": (unlike, "courses have other first or last scores than the referral says."),
    }
    for kind, (which, words) in texts.items():
        if which.any():
            source.remark(kind, names["first"], "", int(which.sum()), f"{instrument}: {which.sum()} {words}")
    return {names[place]: dated[place].where(~instead, own[place]).astype("float64") for place in names}


def of_contacts(scores: pd.DataFrame, contacts: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return one column per instrument: the score of each attended contact, index as there.

    A score counts for one contact, the first on its day or within a week after it; a contact has the nearest such one.
    """
    found = pd.DataFrame(index=contacts.index)
    known = contacts.loc[contacts["date"].notna(), ["course_id", "date"]].sort_values("date", kind="stable")
    known["contact"], known["contact_date"] = known.index, known["date"]
    for instrument in INSTRUMENTS:
        own = scores.loc[scores["instrument"] == instrument, ["course_id", "date", "score"]].sort_values("date")
        if own.empty:
            found[instrument] = pd.Series(float("nan"), contacts.index)
            continue
        first = known.drop_duplicates(["course_id", "date"])
        near = pd.merge_asof(own, first, on="date", by="course_id", direction="forward", tolerance=NEAR)
        near = near.dropna(subset="contact").drop_duplicates("contact", keep="last").set_index("contact")["score"]
        found[instrument] = near.reindex(contacts.index).astype("float64")
        without = int(found[instrument].isna().sum())
        text = (
            f"{instrument}: {without} of {len(contacts)} attended contacts have no score of the day or the week before."
        )
        source.remark("contacts without score", instrument, "", without, text)
    return found

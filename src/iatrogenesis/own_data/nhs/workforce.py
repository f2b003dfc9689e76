"""IDS902: was the therapist qualified, or in training, when the two first met?"""

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.nhs.contacts import therapist_ids
from iatrogenesis.own_data.nhs.fields import PROVIDER, keys
from iatrogenesis.own_data.source import Source

QUALIFIED, LEVEL = "therapist_qualified", "therapist_qualification"


def workforce(source: Source, therapists: pd.Series) -> pd.DataFrame:
    """Return one row per qualification: `therapist_id`, `level`, `awarded`, `planned`.

    Parameters
    ----------
    therapists
        Ids of the therapists who held contacts: provider and local id.

    Raises
    ------
    DataError
        If the contacts come from several providers and this table does not name them.
    """
    source.use_dates(["QualAwardedDate", "QualPlannedCompletionDate"])
    table = keys(source)
    table["local"] = source.ids("therapist_id", "CarePersLocalId")
    if "provider" not in table:
        providers = therapists.str.rsplit("-", n=1).str[0][therapists.str.contains("-", regex=False)].unique()
        by_local = _by_local(therapists, table["local"])
        if by_local is None:
            raise DataError(
                f"{source.raw.path}: IDS902 names no provider, but contacts are from {len(providers)} of them. Export "
                f"{' or '.join(PROVIDER)}, too."
            )
        table["therapist_id"] = by_local
    else:
        table["therapist_id"] = therapist_ids(table)
    table["level"] = source.texts(LEVEL, "QualAttainLevelIAPT")
    for name, field in (("awarded", "QualAwardedDate"), ("planned", "QualPlannedCompletionDate")):
        given = source.has(field)
        table[name] = source.dates(name, field) if given else pd.Series(pd.NaT, table.index, dtype="datetime64[us]")
    return table[["therapist_id", "level", "awarded", "planned"]].drop_duplicates()


def _by_local(therapists: pd.Series, local: pd.Series) -> pd.Series | None:
    """Ids of therapists by their local id, or None if providers share one."""
    known = pd.Series(therapists.dropna().unique(), dtype="str")
    ends = {one: [full for full in known if full == one or full.endswith(f"-{one}")] for one in local.dropna().unique()}
    if any(len(full) > 1 for full in ends.values()):
        return None
    return local.map({one: full[0] for one, full in ends.items() if full}).astype("str")


def qualified(qualifications: pd.DataFrame, meetings: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return whether each course's therapist was qualified at a date, and at which level; index as `meetings`.

    Qualified: a qualification was awarded by then. In training: none was, but one was awarded or planned later. Missing
    where the table says neither. The level is that of the latest qualification awarded by then, else of the one that
    comes next.

    Parameters
    ----------
    qualifications
        From `workforce`.
    meetings
        `therapist_id` and `date`, one row per course.
    """
    rows = meetings[["therapist_id", "date"]].assign(meeting=meetings.index).dropna(subset=["therapist_id", "date"])
    rows = rows.merge(qualifications, on="therapist_id")
    rows["done"] = rows["awarded"] <= rows["date"]
    rows["coming"] = ~rows["done"] & ((rows["awarded"] > rows["date"]) | (rows["planned"] > rows["date"]))
    rows = rows[rows["done"] | rows["coming"]].assign(when=lambda t: t["awarded"].fillna(t["planned"]))
    done = rows[rows["done"]].sort_values("awarded", kind="stable").drop_duplicates("meeting", keep="last")
    coming = rows[~rows["done"] & ~rows["meeting"].isin(done["meeting"])].sort_values("when", kind="stable")
    chosen = pd.concat([done, coming.drop_duplicates("meeting", keep="first")]).set_index("meeting")
    found = pd.DataFrame(index=meetings.index)
    found[QUALIFIED] = chosen["done"].reindex(meetings.index).astype("boolean")
    found[LEVEL] = chosen["level"].reindex(meetings.index).astype("str")
    training = int((found[QUALIFIED] == False).sum())  # noqa: E712 - pandas' boolean
    unknown = int((found[QUALIFIED].isna() & meetings["therapist_id"].notna()).sum())
    text = f"{training} courses had a therapist in training; of {unknown} it is not known."
    source.remark("therapists in training", QUALIFIED, "QualAwardedDate", training, text)
    return found

"""IDS201 and IDS202: which contacts a client attended, and with whom."""

import pandas as pd

from iatrogenesis.own_data.nhs.fields import PROVIDER, joined, keys, latest, unlinked
from iatrogenesis.own_data.nhs.referrals import course_of
from iatrogenesis.own_data.source import Source

ATTENDED = ("5", "6")
"""AttendOrDNACode: attended on time; late, but seen. NHS England's published SQL counts the same two."""
TREATMENT = ("2", "3", "5")
"""AppType: treatment; assessment and treatment; review and treatment."""
THERAPY = ("1", *TREATMENT)
"""Those and assessment: the published SQL counts no other contacts, such as those after the end of treatment."""


def contacts(source: Source, referrals: pd.DataFrame) -> pd.DataFrame:
    """Return one row per contact: ids, `course_id`, `date`, `attended` (bool), `treatment` (boolean).

    Contacts that were neither assessment nor treatment count as not attended.

    Rows in order of time within each course; the index is the row in the file.
    """
    source.use_dates(["CareContDate"])
    table = keys(source, contact="CareContactId", request="ServiceRequestId", pathway="PathwayID")
    table["date"] = source.dates("date", "CareContDate")
    table["time"] = source.texts("time", "CareContTime") if source.has("CareContTime") else ""
    code = _code(source.texts("attended", "AttendOrDNACode"))
    table["attended"] = code.isin(ATTENDED)
    if source.has("AppType"):
        kind = _code(source.texts("treatment", "AppType"))
        table["treatment"] = kind.isin(TREATMENT).astype("boolean").mask(kind.isna())
        table["other"] = table["attended"] & kind.notna() & ~kind.isin(THERAPY)
        table["attended"] &= ~table["other"]
    found = latest(table, ["contact", "provider"])
    _remark(source, table, found, code)
    found = course_of(found, referrals)
    alone = found["course_id"].isna()
    if lost := int(alone.sum()):
        text = f"{lost} contacts belong to no referral of IDS101: they are in no course."
        source.remark("contacts without referral", "course_id", "ServiceRequestId", lost, text)
    others = referrals["course_id"], found["course_id"]
    unlinked(source, ("contacts", "referral of IDS101", "courses"), "ServiceRequestId", found, alone, others)
    return found.sort_values(["course_id", "date", "time"], kind="stable", na_position="last")


def _code(values: pd.Series) -> pd.Series:
    """Codes without leading zeros: 05 and 5 are the same."""
    return values.str.strip().str.lstrip("0")


def _remark(source: Source, table: pd.DataFrame, found: pd.DataFrame, code: pd.Series) -> None:
    if again := len(table) - len(found):
        text = f"{again} rows are earlier submissions of the same contact: the latest was taken."
        source.remark("contacts submitted again", "date", "CareContactId", again, text)
    code = code[found.index]
    missed = int((code.notna() & ~code.isin(ATTENDED)).sum())
    text = f"{missed} of {len(found)} contacts were not attended (AttendOrDNACode not 5 or 6): they do not count."
    source.remark("contacts not attended", "attended", "AttendOrDNACode", missed, text)
    if other := int(found["other"].sum()) if "other" in found else 0:
        text = f"{other} attended contacts were neither assessment nor treatment (AppType): they do not count."
        source.remark("contacts of another kind", "attended", "AppType", other, text)
    if unknown := int(code.isna().sum()):
        text = f"{unknown} contacts do not say whether they were attended: they do not count."
        source.remark("attendance unknown", "attended", "AttendOrDNACode", unknown, text)


def activities(source: Source, contacts: pd.DataFrame) -> pd.DataFrame:
    """Return one row per activity: `activity`, `contact`, `therapist_id`, `minutes`, and its contact's other columns.

    The therapist's id is unique within a provider only, so that the provider stands before it. Activities of no contact
    have no `course_id`.
    """
    table = keys(source, activity="CareActId", contact="CareContactId")
    table["local"] = source.ids("therapist_id", "CarePersLocalId")
    minutes = source.has("ClinContactDurOfCareAct")
    table["minutes"] = source.numbers("minutes", "ClinContactDurOfCareAct") if minutes else 0.0
    table = latest(table, ["activity", "provider"])
    columns = ["contact", "provider", "course_id", "date", "time", "attended"]
    found = joined(table, contacts[[name for name in columns if name in contacts]], "contact")
    if lost := int(found["course_id"].isna().sum()):
        text = f"{lost} activities belong to no contact of a course."
        source.remark("activities without contact", "therapist_id", "CareContactId", lost, text)
    alone = found["attended"].isna()  # of a contact that is there it is known
    others = contacts["contact"], found["contact"][~alone]
    unlinked(source, ("activities", "contact of IDS201", "contacts"), "CareContactId", found, alone, others)
    if "provider" not in found or found["provider"].isna().all():
        text = f"No table names the provider ({' or '.join(PROVIDER)}): all therapists were taken for one provider's."
        source.remark("provider unknown", "therapist_id", "CarePersLocalId", len(found), text)
    return found.assign(therapist_id=therapist_ids(found))


def therapist_ids(table: pd.DataFrame) -> pd.Series:
    """Return provider and local id of the therapist, or the local id alone where the provider is not known."""
    if "provider" not in table:
        return table["local"]
    return (table["provider"] + "-" + table["local"]).where(table["provider"].notna(), table["local"])


def held(contacts: pd.DataFrame, activities: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return who held the attended contacts: one row per contact and therapist, in order of time.

    Columns `course_id`, `contact`, `therapist_id`, `date`. Of several therapists in one contact, who had most minutes
    stands last.
    """
    attended = contacts[contacts["attended"] & contacts["course_id"].notna()]
    rows = activities[activities["attended"].fillna(False).astype(bool) & activities["therapist_id"].notna()]
    by = ["course_id", "contact", "therapist_id"]
    rows = rows.groupby([*by, "date", "time"], sort=False, dropna=False)["minutes"].sum().reset_index()
    rows = rows.sort_values(["course_id", "date", "time", "contact", "minutes"], kind="stable", na_position="last")
    named = attended.merge(rows[["course_id", "contact"]].drop_duplicates(), on=["course_id", "contact"])
    if lost := len(attended) - len(named):
        text = (
            f"{lost} of {len(attended)} attended contacts name no therapist (CarePersLocalId): they count for nobody."
        )
        source.remark("contacts without therapist", "therapist_id", "CarePersLocalId", lost, text)
    together = rows.duplicated(["course_id", "contact"], keep=False)
    if several := int(rows.loc[together, ["course_id", "contact"]].drop_duplicates().shape[0]):
        text = f"{several} attended contacts were held by several therapists: each has it as a contact."
        source.remark("contacts with several therapists", "therapist_id", "CarePersLocalId", several, text)
    return rows

"""IDS101: one row per course, which is a pathway, or a referral where no pathway is given."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.own_data.nhs.fields import REFERRAL, either, joined, keys, latest
from iatrogenesis.own_data.source import Source

COMPLETED = {"46": True, "47": False, "48": False}
"""EndCode: mutually agreed completion; earlier than planned; earlier than the patient requested."""
DATES = {
    "received": "ReferralRequestReceivedDate",
    "started": "TherapySession_FirstDate",
    "ended": "TherapySession_LastDate",
}
SCORES = {
    "phq9_first": "PHQ9_FirstScore",
    "phq9_last": "PHQ9_LastScore",
    "gad7_first": "GAD_FirstScore",
    "gad7_last": "GAD_LastScore",
}
FLAGS = {"flag_completed": "CompletedTreatment_Flag", "flag_deteriorated": "ReliableDeterioration_Flag"}
AGE = "Age_ReferralRequest_ReceivedDate"
DECILE = "IndicesOfDeprivationDecile"  # of IDS001, where somebody has joined it; 1 is the most deprived
TENTHS = 11


def referrals(source: Source, covariates: Mapping[str, str]) -> pd.DataFrame:
    """Return every row of the table, with `course_id`.

    Parameters
    ----------
    covariates
        Further case mix: a short name and the field that holds it; fields that the table lacks are passed over.
    """
    source.use_dates([*DATES.values(), "ServDischDate"])
    table = keys(source, request="ServiceRequestId", pathway="PathwayID")
    table["client_id"] = source.ids("client_id", str(either(source, REFERRAL.needed[1])))
    if "pathway" not in table:
        table["pathway"] = pd.Series(pd.NA, table.index, dtype="str")
    more = {name: source.dates(name, field) for name, field in DATES.items() if source.has(field)}
    more |= {name: source.numbers(name, field) for name, field in SCORES.items() if source.has(field)}
    more |= {name: source.yes_no(name, field) for name, field in FLAGS.items() if source.has(field)}
    more |= {
        f"x_{name}": source.covariate(f"x_{name}", field) for name, field in covariates.items() if source.has(field)
    }
    if source.has("EndCode"):
        more["completed"] = source.texts("completed", "EndCode").map(COMPLETED).astype("boolean")
    if source.has("TreatmentCareContact_Count"):
        more["n_sessions"] = source.whole_numbers("n_sessions", "TreatmentCareContact_Count")
    if source.has("UsePathway_Flag"):
        more["use"] = source.yes_no("use", "UsePathway_Flag").fillna(False).astype(int)
    if source.has(AGE):
        more |= source.ages(AGE)
    if source.has(DECILE):
        more["deprivation"] = TENTHS - source.numbers("deprivation", DECILE)
        source.remark("turned round", "deprivation", DECILE, 0, "Decile 1 is the most deprived: here it is 10.")
    table = pd.concat([table, pd.DataFrame(more, index=table.index)], axis=1)
    return table.assign(course_id=_course_ids(table))


def _course_ids(table: pd.DataFrame) -> pd.Series:
    """The pathway, else the referral; with the provider before it where providers share the id of a referral."""
    request = table["request"]
    if "provider" in table:
        shared = table.groupby("request")["provider"].nunique()
        several = request.isin(shared.index[shared > 1])
        request = request.mask(several, table["provider"] + "-" + request)
    return table["pathway"].where(table["pathway"].notna(), request)


def courses(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Return one row per course: the one that UsePathway_Flag marks, else the latest; the index is its row in the file.

    Rows without any id are kept. `received` is the earliest of a course's rows.
    """
    found = latest(table, ["course_id"], ["use"])
    if again := len(table) - len(found):
        text = f"{again} rows are earlier submissions or further referrals of a course: one row per course was taken."
        source.remark("several rows of a course", "course_id", "", again, text)
    if "received" in found:
        received = table.groupby("course_id")["received"].min()
        found = found.assign(received=found["course_id"].map(received))
    return found


def course_of(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return rows that carry `request` (and perhaps `pathway`) with the `course_id` and provider of their referral."""
    own = rows.get("pathway", pd.Series(pd.NA, rows.index, dtype="str"))
    one = latest(table, ["request", "provider"], ["use"])[
        [name for name in ("request", "provider", "course_id") if name in table]
    ]
    found = joined(rows.drop(columns="course_id", errors="ignore"), one, "request")
    known = own.isin(table["pathway"].dropna())
    return found.assign(course_id=own.where(known, found["course_id"]))

"""Small tables made by hand: courses, contacts, therapists; one awkward thing each."""

import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from tests.own_data.nhs.rows import PHQ, activity, contact, one, plain, referral, said, score


@pytest.mark.parametrize(
    ("table", "field", "message"),
    [
        ("referrals", "ServiceRequestId", r"referrals\.csv: IDS101 Referral has no field ServiceRequestId"),
        ("referrals", "Person_ID", r"IDS101 Referral has no field Person_ID or LocalPatientId"),
        ("contacts", "CareContDate", r"contacts\.csv: IDS201 CareContact has no field CareContDate"),
        ("contacts", "AttendOrDNACode", r"IDS201 CareContact has no field AttendOrDNACode"),
        ("activities", "CarePersLocalId", r"activities\.csv: IDS202 CareActivity has no field CarePersLocalId"),
        ("activities", "CareContactId", r"IDS202 CareActivity has no field CareContactId"),
        ("by_referral", "AssToolCompDate", r"IDS606 CodedScoreAssessmentRefer has no field AssToolCompDate"),
        ("by_activity", "PersScore", r"IDS607 CodedScoreAssessmentAct has no field PersScore"),
        ("workforce", "QualAttainLevelIAPT", r"workforce\.csv: IDS902 CarePersQual has no field QualAttainLevelIAPT"),
    ],
)
def test_a_field_that_must_be_there_is_named(own, table, field, message):
    tables = plain(
        by_referral=[score("2024-01-01", 9)],
        by_activity=[{"CareActId": "A1", "CodedAssToolType": PHQ, "PersScore": 9}],
        workforce=[{"OrgIDProv": "RX1", "CarePersLocalId": "07", "QualAttainLevelIAPT": "05"}],
    )
    tables[table] = [{name: value for name, value in row.items() if name != field} for row in tables[table]]
    with pytest.raises(DataError, match=message) as error:
        own(**tables)
    assert "Export that field, too" in str(error.value) and "The fields are: " in str(error.value)


def test_ids_keep_their_zeros_and_their_provider(own):
    found = one(own(**plain()))
    assert found["therapist_id"] == "RX1-07" and found["service_id"] == "RX1" and found["course_id"] == "SR1"


def test_codes_of_attendance_are_read_with_and_without_zeros(own):
    contacts = [contact(n, f"2024-01-0{n}", code) for n, code in enumerate(["05", "6", "3", "7", "", "2"], start=1)]
    found = own(**plain(contacts=contacts))
    assert one(found)["n_sessions"] == 2 and found.sessions["date"].dt.day.tolist() == [1, 2]
    assert said(found, "contacts not attended").startswith("3 of 6 contacts were not attended")
    assert said(found, "attendance unknown").startswith("1 contacts do not say")


def test_two_providers_may_share_every_id(own):
    """Each table names the provider, so that nothing is mixed up."""
    there = plain(by_referral=[score("2024-01-01", 20), score("2024-01-15", 10)])
    both = {name: rows + [{**row, "OrgIDProv": "RX2"} for row in rows] for name, rows in there.items()}
    both["by_referral"][2]["PersScore"] = 5
    found = own(**both).clients.set_index("service_id")
    assert found["therapist_id"].to_dict() == {"RX1": "RX1-07", "RX2": "RX2-07"}
    assert found["course_id"].to_dict() == {"RX1": "RX1-SR1", "RX2": "RX2-SR1"}
    assert found["n_sessions"].tolist() == [3, 3] and found["phq9_first"].to_dict() == {"RX1": 20.0, "RX2": 5.0}


@pytest.mark.trial(kind="refused", what="NHS ids shared by two providers")
def test_shared_ids_without_provider_are_refused(own):
    there = plain()
    both = {name: rows + [{**row, "OrgIDProv": "RX2"} for row in rows] for name, rows in there.items()}
    both["contacts"] = [{k: v for k, v in row.items() if k != "OrgIDProv"} for row in there["contacts"]]
    with pytest.raises(DataError, match=r"providers share a ServiceRequestId \(row 3 of IDS101") as error:
        own(**both)
    assert "SR1" not in str(error.value)  # errors get into logs


def test_only_the_referrals_name_the_provider(own):
    there = plain()
    for name in ("contacts", "activities"):
        there[name] = [{k: v for k, v in row.items() if k != "OrgIDProv"} for row in there[name]]
    assert one(own(**there))["therapist_id"] == "RX1-07"


def test_no_table_names_the_provider(own):
    there = {name: [{k: v for k, v in r.items() if k != "OrgIDProv"} for r in rows] for name, rows in plain().items()}
    found = own(**there)
    assert one(found)["therapist_id"] == "07" and "No table names the provider" in said(found, "provider unknown")


def test_a_pathway_of_two_referrals_is_one_course(own):
    referrals = [referral("SR1", PathwayID="P"), referral("SR2", PathwayID="P")]
    contacts = [contact(1, "2024-01-01"), contact(2, "2024-01-08", request="SR2")]
    found = own(**plain(referrals=referrals, contacts=contacts))
    assert one(found)["n_sessions"] == 2 and one(found)["course_id"] == "P"
    assert found.clients.index.tolist() == [3] and "1 rows are earlier submissions" in said(
        found, "several rows of a course"
    )


def test_the_row_that_the_flag_marks_counts(own):
    referrals = [referral(UsePathway_Flag="True", EndCode="46"), referral(UsePathway_Flag="False", EndCode="48")]
    assert one(own(**plain(referrals=referrals)))["completed"]


@pytest.mark.parametrize(("code", "completed"), [("46", True), ("47", False), ("48", False), ("50", None), ("", None)])
def test_the_end_says_whether_it_was_planned(own, code, completed):
    found = one(
        own(
            **plain(
                referrals=[
                    referral(EndCode=code),
                ]
            )
        )
    )["completed"]
    assert found == completed if completed is not None else pd.isna(found)


def test_what_belongs_to_nothing_is_counted_and_kept_out(own):
    found = own(
        **plain(
            contacts=[contact(1, "2024-01-01"), contact(2, "2024-01-08", request="SR9")],
            activities=[activity(1, "07"), activity(2, "07"), activity(8, "07")],
            by_referral=[score("2024-01-01", 9), score("2024-01-01", 9, request="SR9")],
        )
    )
    assert one(found)["n_sessions"] == 1 and len(found.sessions) == 1
    assert said(found, "contacts without referral").startswith("1 contacts belong to no referral")
    assert said(found, "activities without contact").startswith("2 activities belong to no contact of a course")
    assert "1 belong to no course" in said(found, "scores passed over")


def test_contacts_without_a_date_are_named_by_row_and_come_last(own):
    found = own(**plain(contacts=[contact(1, "2024-01-02"), contact(2, "soon"), contact(3, "2024-01-01")]))
    (row,) = found.unconverted.to_dict("records")
    assert (row["table"], row["row"], row["column"], row["value"]) == ("sessions", 3, "CareContDate", "soon")
    assert found.sessions.index.tolist() == [4, 2, 3] and one(found)["n_sessions"] == 3


def test_referrals_without_any_id_are_kept(own):
    found = own(**plain(referrals=[referral(), referral("", ""), referral("", "")]))
    assert len(found.clients) == 3 and found.clients["client_id"].isna().sum() == 2


def test_contacts_without_therapist_count_as_sessions_but_for_nobody(own):
    found = own(**plain(activities=[activity(1, ""), activity(2, "08")]))
    assert one(found)["n_sessions"] == 3 and one(found)["therapist_id"] == "RX1-08"
    assert said(found, "contacts without therapist").startswith("2 of 3 attended contacts name no therapist")


def test_contacts_for_treatment_are_counted_where_all_say_what_they_were(own):
    kinds = ["01", "2", "03", "05", "06"]
    contacts = [contact(n, f"2024-01-0{n}", AppType=kind) for n, kind in enumerate(kinds, start=1)]
    found = own(**plain(contacts=contacts))
    assert one(found)[["n_treatment_contacts", "n_sessions"]].tolist() == [3, 4]
    assert said(found, "contacts of another kind").startswith(
        "1 attended contacts were neither assessment nor treatment"
    )
    contacts[1]["AppType"] = ""
    found = one(own(**plain(contacts=contacts)))
    assert pd.isna(found["n_treatment_contacts"]) and found["n_sessions"] == 4


def test_a_course_that_nobody_attended_is_kept(own):
    found = own(**plain(contacts=[contact(1, "2024-01-01", "3")]))
    assert "first_share" not in found.clients  # nobody's course is shared
    found = one(found)
    assert found["n_sessions"] == 0 and pd.isna(found["therapist_id"]) and pd.isna(found["started"])


def test_a_course_without_contacts_has_the_referrals_own_numbers(own):
    derived = {"TreatmentCareContact_Count": 6, "TherapySession_FirstDate": "2023-05-01", "PHQ9_FirstScore": 12}
    derived |= {"TherapySession_LastDate": "2023-07-01", "PHQ9_LastScore": 20}
    found = own(**plain(referrals=[referral(), referral("SR2", "N2", **derived)]))
    second = found.clients.iloc[1]
    assert (second["n_sessions"], second["phq9_first"], second["phq9_last"]) == (6, 12, 20)
    assert second["ended"] == pd.Timestamp("2023-07-01") and second["period"] == "2023"
    assert said(found, "courses without contacts").startswith("1 courses have no contact in IDS201")


def test_a_follow_up_changes_neither_end_nor_last_score_nor_last_therapist(own):
    there = plain(by_referral=[score("2024-01-01", 10), score("2024-01-15", 12), score("2024-06-01", 2)])
    there["contacts"] = [dict(row, AppType="02") for row in there["contacts"]] + [
        contact(4, "2024-06-01", AppType="06")
    ]
    there["activities"].append(activity(4, "99"))
    found = one(own(**there, attribution="last"))
    assert found["ended"] == pd.Timestamp("2024-01-15") and found["phq9_last"] == 12
    assert found["therapist_id"] == "RX1-07" and found["n_sessions"] == 3


def test_two_therapists_in_one_contact_both_have_it(own):
    together = [activity(1, "07"), activity(2, "07", minutes=1), activity(4, "08", contact=2), activity(3, "08")]
    found = own(**plain(activities=together), attribution="membership")
    assert one(found)["n_therapists"] == 2 and one(found)["first_share"] == pytest.approx(0.5)
    assert said(found, "contacts with several therapists").startswith("1 attended contacts")


def test_of_two_in_the_last_contact_the_one_with_more_minutes_is_last(own):
    acts = [activity(1, "07", ClinContactDurOfCareAct=60), activity(2, "08", contact=1, ClinContactDurOfCareAct=10)]
    found = own(**plain(contacts=[contact(1, "2024-01-01")], activities=acts), attribution="last")
    assert one(found)["therapist_id"] == "RX1-07"
    assert found.sessions["therapist_id"].tolist() == ["RX1-07"]


def test_of_equals_the_later_therapist_counts(own):
    contacts = [contact(n, f"2024-01-0{n}") for n in range(1, 5)]
    acts = [activity(1, "08"), activity(2, "07"), activity(3, "07"), activity(4, "08")]
    assert one(own(**plain(contacts=contacts, activities=acts)))["therapist_id"] == "RX1-08"


def test_order_is_that_of_date_and_time(own):
    contacts = [contact(1, "15/01/2024"), contact(2, "08/01/2024", CareContTime="14:00")]
    contacts.append(contact(3, "08/01/2024", CareContTime="09:30"))
    acts = [activity(1, "07"), activity(2, "08"), activity(3, "09")]
    found = own(**plain(contacts=contacts, activities=acts), attribution="last")
    assert found.sessions["therapist_id"].tolist() == ["RX1-09", "RX1-08", "RX1-07"]
    assert one(found)["therapist_id"] == "RX1-07"

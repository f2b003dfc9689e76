"""Small tables made by hand: scores, qualifications, age; one awkward thing each."""

import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from tests.own_data.nhs.rows import GAD, PHQ, contact, one, plain, referral, said, score


def test_scores_of_the_course_and_of_its_contacts(own):
    """The 3 days before count for the contact that follows, once; 30 days after the end is no score of the course."""
    scores = [score("2023-12-29", 10), score("2024-01-08", 12), score("2024-01-16", 15), score("2024-02-14", 25)]
    found = own(**plain(by_referral=scores))
    assert one(found)[["phq9_first", "phq9_last"]].tolist() == [10, 15]
    assert found.sessions["phq9"].fillna(-1).tolist() == [10, 12, -1]
    assert said(found, "scores outside the course").startswith("1 scores lie before the referral, or more than a week")


def test_of_several_scores_before_a_contact_the_nearest_counts(own):
    scores = [score("2024-01-01", 10), score("2024-01-04", 8), score("2024-01-07", 9)]
    assert own(**plain(by_referral=scores)).sessions["phq9"].fillna(-1).tolist() == [10, 9, -1]


def test_one_score_shows_no_change(own):
    found = one(own(**plain(by_referral=[score("2024-01-01", 10), score("2024-01-01", 14, GAD)])))
    assert found["phq9_first"] == 10 and pd.isna(found["phq9_last"]) and pd.isna(found["gad7_last"])


def test_the_referrals_own_scores_stand_in(own):
    """GAD-7 has two dated scores, unlike the referral's; PHQ-9 has one."""
    own_scores = dict(PHQ9_FirstScore=11, PHQ9_LastScore=18, GAD_FirstScore=3, GAD_LastScore=9)
    scores = [score("2024-01-01", 10), score("2024-01-01", 4, GAD), score("2024-01-15", 9, GAD)]
    found = own(**plain(referrals=[referral(**own_scores)], by_referral=scores))
    names = ["phq9_first", "phq9_last", "gad7_first", "gad7_last"]
    assert one(found)[names].tolist() == [11, 18, 4, 9]
    assert (
        said(found, "scores of the referral")
        == "phq9: 1 courses have no two dated scores: the referral's own were taken."
    )
    assert "gad7: 1 courses have other first or last scores" in said(found, "scores unlike the referral's")


def test_scores_by_activity_have_the_contacts_date(own):
    rows = [
        {"CareActId": f"A{n}", "CodedAssToolType": GAD, "PersScore": value} for n, value in ((3, 5), (1, 12), (2, 8))
    ]
    found = own(**plain(by_activity=rows))
    assert one(found)[["gad7_first", "gad7_last"]].tolist() == [12, 5]
    assert found.sessions["gad7"].tolist() == [12, 8, 5]


def test_the_same_score_in_both_tables_counts_once(own):
    both = plain(
        by_referral=[score("2024-01-01", 10)],
        by_activity=[{"CareActId": "A1", "CodedAssToolType": PHQ, "PersScore": 10}],
    )
    found = one(own(**both))
    assert found["phq9_first"] == 10 and pd.isna(found["phq9_last"])


def test_a_score_that_is_no_number_is_named_by_row(own):
    scores = [score("2024-01-01", 10), score("2024-01-01", "NA", "932621000000100"), score("2024-01-15", "high")]
    found = own(**plain(by_referral=scores))
    (row,) = found.unconverted.to_dict("records")
    assert (row["file"], row["row"], row["column"], row["value"]) == ("by_referral.csv", 4, "PersScore", "high")
    assert said(found, "scores passed over").startswith("1 of 3 scores are of other questionnaires")


def test_a_tool_written_as_a_number_is_known(own):
    rows = [score("2024-01-01", 10, 720433000.0), score("2024-01-15", 12, 720433000.0)]
    assert one(own(**plain(by_referral=rows)))["phq9_last"] == 12


def test_several_scores_on_one_day(own):
    scores = [score("2024-01-01", 10), score("2024-01-15", 12), score("2024-01-15", 17)]
    found = own(**plain(by_referral=scores))
    assert one(found)["phq9_last"] == 17 and "1 times" in said(found, "several scores a day")


def test_a_contact_handed_in_again_counts_once_as_the_latest_says(own):
    contacts = [contact(1, "2024-01-02", "5", Unique_MonthID=1487), contact(1, "2024-01-01", "3", Unique_MonthID=1486)]
    found = own(**plain(contacts=contacts))
    assert one(found)["n_sessions"] == 1 and found.sessions["date"].dt.day.tolist() == [2]
    assert said(found, "contacts submitted again").startswith("1 rows are earlier submissions")


@pytest.mark.parametrize(
    ("awarded", "planned", "qualified"),
    [
        ("2023-06-01", "", True),
        ("2024-01-01", "", True),
        ("2024-01-05", "", False),  # they had met before
        ("2024-06-01", "", False),
        ("", "2024-09-01", False),
        ("", "2023-09-01", None),
        ("", "", None),
    ],
)
def test_qualified_or_in_training_when_they_met(own, awarded, planned, qualified):
    row = {"CarePersLocalId": "07", "QualAttainLevelIAPT": "05"}
    row |= {"QualAwardedDate": awarded, "QualPlannedCompletionDate": planned}
    found = one(own(**plain(workforce=[row])))["therapist_qualified"]
    assert found == qualified if qualified is not None else pd.isna(found)


def test_the_level_is_that_of_the_time(own):
    rows = [
        {"OrgIDProv": "RX1", "CarePersLocalId": "07", "QualAttainLevelIAPT": level, "QualAwardedDate": date}
        for level, date in (("02", "2020-01-01"), ("05", "2023-01-01"), ("09", "2025-01-01"))
    ]
    found = one(own(**plain(workforce=rows)))
    assert found["therapist_qualification"] == "05" and found["therapist_qualified"]


@pytest.mark.trial(kind="refused", what="an NHS workforce without provider where two share an id")
def test_a_workforce_without_provider_is_refused_where_two_share_an_id(own):
    there = plain()
    both = {name: rows + [{**row, "OrgIDProv": "RX2"} for row in rows] for name, rows in there.items()}
    row = {"CarePersLocalId": "07", "QualAttainLevelIAPT": "05"}
    with pytest.raises(DataError, match="IDS902 names no provider, but contacts are from 2 of them"):
        own(**both, workforce=[row])


def test_age_and_deprivation_are_taken_where_the_referral_has_them(own):
    more = {"Age_ReferralRequest_ReceivedDate": 67, "IndicesOfDeprivationDecile": 1}
    found = one(own(**plain(referrals=[referral(**more)])))
    assert found["age_band"] == "65-74" and found["deprivation"] == 10


def test_a_patients_local_id_stands_in_for_the_person(own):
    row = {"OrgID_Provider": "RX1", "ServiceRequestId": "SR1", "LocalPatientId": "0042"}
    assert one(own(**plain(referrals=[row])))["client_id"] == "0042"


def test_a_score_before_the_referral_is_none_of_the_course(own):
    scores = [score("2023-06-01", 25), score("2024-01-01", 10), score("2024-01-15", 12)]
    referrals = [referral(ReferralRequestReceivedDate="2023-12-01")]
    assert one(own(**plain(referrals=referrals, by_referral=scores)))["phq9_first"] == 10

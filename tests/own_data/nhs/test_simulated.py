"""Simulated tables of the data set: what was simulated is found again, by loops that know nothing of the mapping."""

from collections import Counter

import pandas as pd
import pytest

from iatrogenesis.own_data.nhs import mapped
from iatrogenesis.own_data.nhs.agreement import agreement, disagreements, judged
from iatrogenesis.own_data.settings import Files
from tests.conftest import CONFIG


@pytest.fixture(scope="module")
def courses(data):
    """Attended contacts of each course, in order of time."""
    found = {}
    for row in data.truth.sort_values(["course_id", "date"]).to_dict("records"):
        found.setdefault(row["course_id"], []).append(row)
    return found


def by_course(table: pd.DataFrame) -> dict[str, dict]:
    return {row["course_id"]: row for row in table.to_dict("records")}


def ranked(rows: list[dict]) -> list[str]:
    """Therapists of a course: most contacts first, of equals the later one."""
    named = [row["therapist_id"] for row in rows if isinstance(row["therapist_id"], str)]
    number = Counter(named)
    return sorted(number, key=lambda one: (number[one], max(i for i, who in enumerate(named) if who == one)))[::-1]


def test_there_is_what_makes_it_hard(data, courses):
    several = [ranked(rows) for rows in courses.values()]
    assert sum(len(names) == 2 for names in several) > 30 and sum(len(names) > 2 for names in several) > 3
    assert sum(names[0] != names[-1] and len(names) == 2 for names in several) > 10
    ids = data.tables["activities"]["CarePersLocalId"].dropna()
    assert ids.nunique() < data.truth["therapist_id"].nunique()  # shared by providers
    referrals = data.tables["referrals"]
    assert referrals["ServiceRequestId"].nunique() < referrals["PathwayID"].nunique() < len(referrals)
    assert referrals["Person_ID"].nunique() < referrals["PathwayID"].nunique()
    assert data.truth["therapist_id"].isna().sum() > 5 and data.truth["phq9"].isna().sum() > 20


def test_every_course_has_its_person_sessions_and_dates(found, courses):
    mapped_courses = by_course(found.clients)
    assert set(mapped_courses) == set(courses)
    for course, rows in courses.items():
        one = mapped_courses[course]
        assert one["client_id"] == rows[0]["client_id"] and one["service_id"] == rows[0]["service_id"]
        assert one["n_sessions"] == len(rows)
        assert (one["started"], one["ended"]) == (rows[0]["date"], rows[-1]["date"])


def test_sessions_are_the_attended_contacts(found, courses):
    for course, part in found.sessions.groupby("course_id"):
        assert part["session"].tolist() == list(range(1, len(courses[course]) + 1))
        assert part["date"].tolist() == [row["date"] for row in courses[course]]
        given = [row["therapist_id"] for row in courses[course]]
        assert [a if isinstance(a, str) else None for a in part["therapist_id"]] == [
            b if isinstance(b, str) else None for b in given
        ]
    assert found.sessions["attended"].all()


@pytest.mark.parametrize("rule", ["most_contacts", "last", "membership"])
def test_the_therapist_is_who_the_rule_says(written, courses, rule):
    tables, folder = written
    for course, one in by_course(mapped(tables, folder, Files(nhs=tables), rule).clients).items():
        rows, order = courses[course], ranked(courses[course])
        named = [row["therapist_id"] for row in rows if isinstance(row["therapist_id"], str)]
        assert one["n_therapists"] == len(order)
        if not order:
            assert pd.isna(one["therapist_id"])
            continue
        assert one["most_therapist_id"] == order[0] and one["last_therapist_id"] == named[-1]
        if len(order) == 1:
            assert one["therapist_id"] == order[0] and pd.isna(one["first_therapist_id"])
            continue
        later = [who for who in named if who in order[:2]][-1]
        own = {"most_contacts": order[0], "last": named[-1], "membership": later}[rule]
        other = next(who for who in order if who != own)
        assert (one["therapist_id"], one["first_therapist_id"]) == (own, other)
        assert one["first_share"] == pytest.approx(named.count(other) / (named.count(other) + named.count(own)))


def test_first_and_last_scores_are_those_filled_in(found, courses):
    for course, one in by_course(found.clients).items():
        for name in ("phq9", "gad7"):
            given = [row[name] for row in courses[course] if pd.notna(row[name])]
            assert one[f"{name}_first"] == given[0] if given else pd.isna(one[f"{name}_first"])
            assert one[f"{name}_last"] == given[-1] if len(given) > 1 else pd.isna(one[f"{name}_last"])


def test_a_contact_has_the_score_of_its_day(found, data, courses):
    """Late questionnaires are no score of the day: they count a week later, if nothing nearer was filled in then."""
    sessions = found.sessions.set_index(["course_id", "session"])
    same, late = 0, 0
    for course, rows in courses.items():
        for number, row in enumerate(rows, start=1):
            score = sessions.loc[(course, number), "phq9"]
            if pd.notna(score) and score == row["phq9"]:
                same += 1
            elif pd.notna(row["phq9"]):
                late += 1
                assert row["service_id"] == "R00"  # only there questionnaires come late
    assert same > 0.85 * (same + late) and late > 10
    assert "attended contacts have no score of the day or the week before" in " ".join(found.notes)


def test_flags_agree_but_where_they_were_made_wrong(found, data, study):
    ours = judged(found.clients, study.instruments)
    unlike = disagreements(found.clients, ours)
    deteriorated = unlike[unlike["flag"] == "ReliableDeterioration_Flag"]
    courses = found.clients.loc[deteriorated["row"], "course_id"]
    judgeable = ours["deteriorated"].notna().to_numpy()
    wrong = {one for one in data.wrong_flags if one in set(found.clients.loc[judgeable, "course_id"])}
    assert set(courses) == wrong and len(wrong) >= 2
    table = agreement(found.clients, ours)
    assert table["courses"].sum() == 2 * len(found.clients)
    off = table[(table["flagged"] != table["ours"]) & (table["ours"] != "unknown")]
    assert off.groupby("flag")["courses"].sum().to_dict() == {"ReliableDeterioration_Flag": len(wrong)}
    (text,) = found.remarks.loc[found.remarks["field"] == "ReliableDeterioration_Flag", "text"]
    assert all(str(row) in text for row in deteriorated["row"])
    assert "client_id" not in unlike and "course_id" not in unlike


def test_whoever_was_in_training_when_they_met_is_said_to_be(found, data, courses):
    awarded = {
        f"{row['OrgID_Provider']}-{row['CarePersLocalId']}": pd.Timestamp(row["QualAwardedDate"])
        for row in data.tables["workforce"].to_dict("records")
    }
    seen = Counter()
    for course, one in by_course(found.clients).items():
        if isinstance(one["therapist_id"], str):
            met = next(row["date"] for row in courses[course] if row["therapist_id"] == one["therapist_id"])
            assert one["therapist_qualified"] == (awarded[one["therapist_id"]] <= met), course
            seen[bool(one["therapist_qualified"])] += 1
    assert min(seen.values()) > 20


def test_rows_are_those_of_the_files(found, data):
    referrals = data.tables["referrals"]
    for row, course in found.clients["course_id"].items():
        assert referrals["PathwayID"].iloc[row - 2] == course and referrals["UsePathway_Flag"].iloc[row - 2]
    contacts = data.tables["contacts"]
    rows = found.sessions.index.to_numpy() - 2
    assert contacts["AttendOrDNACode"].iloc[rows].isin(["5", "6"]).all()
    assert (contacts["PathwayID"].iloc[rows].to_numpy() == found.sessions["course_id"].to_numpy()).all()


def test_case_and_order_of_fields_do_not_matter(written, found, tmp_path):
    tables, folder = written
    for path in folder.glob("*.csv"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table = table[reversed(table.columns)].rename(columns=str.upper).assign(Nhs_Number="x")
        table.to_csv(tmp_path / path.name, index=False, sep=";")
    again = mapped(tables, tmp_path, Files(nhs=tables), "most_contacts")
    pd.testing.assert_frame_equal(again.clients, found.clients)
    pd.testing.assert_frame_equal(again.sessions, found.sessions)


def test_the_same_seed_gives_the_same_tables(data, study):
    from iatrogenesis.core.definitions import Judgement
    from iatrogenesis.own_data.nhs.simulated import nhs_data
    from iatrogenesis.world.cohort import Design
    from iatrogenesis.world.tidy import clients_table, sessions_table

    design = Design(therapists=10, services=2, clients_per_therapist=30)
    run = study.setup.run(study.catalogue["all_preventions"], design, record=True)
    clients = clients_table(run, study.instruments, Judgement(instruments=("phq9", "gad7")))
    again = nhs_data(clients, sessions_table(run), study.instruments, 11)
    for name, table in data.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_the_example_can_be_prepared(tmp_path, study):
    """From files to prepared tables; therapists are recoded wherever they stand."""
    from iatrogenesis.own_data.exchange.codebook import read_codebook
    from iatrogenesis.own_data.exchange.dataset import of_prepared
    from iatrogenesis.own_data.loading import load_settings
    from iatrogenesis.own_data.nhs import example
    from iatrogenesis.own_data.preparing import prepared

    example.main(str(tmp_path))
    settings = load_settings(tmp_path / "simulated_nhs.yaml")
    settings = settings.model_copy(update={"privacy": settings.privacy.model_copy(update={"anonymise": True})})
    found = prepared(settings, tmp_path, study.instruments).required()
    clients = found.tables["clients"]
    assert clients["therapist_id"].nunique() == 24 and clients["finished"].sum() > 1000
    assert found.about.two_therapists and found.about.judged_by == ("phq9", "gad7")
    assert {"deprivation", "age_band"} <= set(found.about.case_mix)
    texts = [table[name].dropna() for table in found.tables.values() for name in table if table[name].dtype == "str"]
    assert not any(text.str.contains(r"R0\d-|PW\d|SR\d").any() for text in texts)
    exported = of_prepared(found, read_codebook(CONFIG / "codebook.yaml")[1])
    assert list(exported.columns["clients"]) == list(clients.columns)

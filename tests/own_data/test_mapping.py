"""Columns get canonical names; no row is dropped, and every cell that could not be converted is kept by its row."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.mapping import mapped
from tests.own_data.catalogued import catalogue, mapped_from, settings

WIDE = {"client": "id", "therapist": "who", "first": {"phq9": "pre"}, "last": {"phq9": "post"}}
HAPPY = {"hap": {"name": "Happiness", "minimum": 0, "maximum": 10, "reliable_change": 2, "higher_is": "better"}}


def test_one_row_per_course(tmp_path):
    text = (
        "id;who;pre;post;Alter;Beginn;Ende;n;fertig;mood\n"
        "01 ;7.0;12,5;3;34;03/04/2024;13/05/2024;5;ja;8\n"
        "02;8.0;99;NA;18–25;04/04/2024;31/02/2024;6,5;perhaps;2\n"
    )
    columns = WIDE | {"age": "alter", "started": "Beginn", "ended": "Ende", "n_sessions": "n", "completed": "fertig"}
    columns["first"] = {"phq9": "pre", "hap": "mood"}
    found = mapped_from(
        tmp_path, {"a.csv": text}, data={"clients": "a.csv", "missing": ["99"]}, columns=columns, instruments=HAPPY
    )
    clients = found.clients
    assert clients["client_id"].tolist() == ["01", "02"] and clients["therapist_id"].tolist() == ["7", "8"]
    assert clients["phq9_first"].tolist()[0] == 12.5 and np.isnan(clients["phq9_first"].iloc[1])
    assert clients["age_band"].tolist() == ["26-64", "18-25"] and clients["age_years"].iloc[0] == 34
    assert clients["started"].dt.month.tolist() == [4, 4]  # 13/05 tells that the day comes first
    assert clients["period"].tolist()[0] == "2024"
    assert clients["hap_first"].tolist() == [2.0, 8.0] and found.reversed == {"hap": (0.0, 10.0)}
    assert found.as_written("hap_first", clients["hap_first"]).tolist() == [8.0, 2.0]
    assert found.where("clients", "age_band") == ("a.csv", "Alter")
    failed = found.unconverted.set_index("field")
    assert failed.loc["ended", ["row", "column", "value", "wanted"]].tolist() == [3, "Ende", "31/02/2024", "date"]
    assert failed.loc["n_sessions", "value"] == "6,5" and failed.loc["completed", "wanted"] == "yes or no"
    kinds = set(found.remarks["kind"])
    assert {"blanks around ids", "ids with .0", "code for missing", "word for missing", "turned round"} <= kinds
    assert len(found.notes) == len(found.remarks)


def test_a_code_for_missing_is_an_id_like_others(tmp_path):
    found = mapped_from(
        tmp_path,
        {"a.csv": "id,who,pre,post\n99,99,99,1\n98,100,3,4\n"},
        data={"clients": "a.csv", "missing": ["99"]},
        columns=WIDE,
    )
    assert found.clients["therapist_id"].tolist() == ["99", "100"] and found.clients["client_id"].iloc[0] == "99"
    assert np.isnan(found.clients["phq9_first"].iloc[0])


def test_codes_that_nobody_is_called_are_missing_ids(tmp_path):
    text = "id,who,pre,post,day\n1,unknown,3,4,01/01/1900\n2,-9,3,4,05/03/2024\n99,99,3,4,\n4,7,3,4,\n"
    own = {
        "data": {"clients": "a.csv", "missing": ["-9", "99", "unknown", "01/01/1900"]},
        "columns": WIDE | {"ended": "day"},
    }
    clients = mapped_from(tmp_path, {"a.csv": text}, **own).clients
    assert clients["therapist_id"].isna().tolist() == [True, True, True, False]
    assert clients["ended"].isna().tolist()[:2] == [True, False] and clients["client_id"].iloc[2] == "99"


def test_spss_scores_stay_numbers_and_categories_become_texts(tmp_path):
    table = pd.DataFrame(
        {"id": [1.0, 2.0], "who": [101.0, 102.0], "pre": [0.0, 9.0], "post": [27.0, 3.0], "sex": [1.0, 2.0]}
    )
    pyreadstat.write_sav(
        table,
        str(tmp_path / "a.sav"),
        variable_value_labels={"pre": {0: "not at all", 27: "worst"}, "sex": {1: "female", 2: "male"}},
    )
    own = settings(data={"clients": "a.sav"}, columns=WIDE | {"covariates": {"sex": "sex"}})
    clients = mapped(own, tmp_path, catalogue()).clients
    assert clients["therapist_id"].tolist() == ["101", "102"]
    assert clients["phq9_first"].tolist() == [0.0, 9.0] and clients["x_sex"].tolist() == ["female", "male"]


SESSIONS = (
    "c,t,day,came,p,sex\n"
    "1,A,2024-01-01,yes,20,f\n"
    "1,B,2024-01-15,yes,15,f\n"
    "1,A,2024-01-08,yes,,f\n"
    "2,B,2024-02-01,no,9,m\n"
    "2,B,2024-02-08,yes,5,m\n"
    "2,C,2024-02-15,yes,7,m\n"
    "3,C,2024-02-15,no,7,m\n"
)
LONG = {"client": "c", "therapist": "t", "date": "day", "attended": "came", "scores": {"phq9": "p"}}
LONG |= {"covariates": {"sex": "sex"}}


def test_one_row_per_session_becomes_courses(tmp_path):
    found = mapped_from(tmp_path, {"s.csv": SESSIONS}, data={"sessions": "s.csv"}, columns=LONG)
    clients = found.clients.set_index("client_id")
    assert clients["phq9_first"].tolist() == [20.0, 9.0, 7.0]
    assert clients["phq9_last"].tolist()[:2] == [15.0, 7.0] and np.isnan(clients["phq9_last"].iloc[2])  # one score
    assert clients["n_sessions"].tolist() == [3, 2, 0]
    assert clients["therapist_id"].tolist() == ["A", "C", "C"]  # of equals the later one
    assert clients["last_therapist_id"].tolist()[:2] == ["B", "C"]
    assert clients["first_therapist_id"].tolist()[:2] == ["B", "B"]  # the other one
    assert clients["first_share"].tolist()[:2] == pytest.approx([1 / 3, 1 / 2])
    assert clients["ended"].dt.day.tolist()[:2] == [15, 15] and clients["x_sex"].tolist() == ["f", "m", "m"]
    assert found.sessions["session"].tolist() == [1, 3, 2, 1, 2, 3, 1]
    assert found.where("clients", "phq9_last") == ("s.csv", "p")
    assert found.where("sessions", "phq9") == ("s.csv", "p")
    assert "several therapists" in set(found.remarks["kind"])


@pytest.mark.parametrize(("rule", "expected"), [("last", "B"), ("membership", "B"), ("most_contacts", "A")])
def test_attribution(tmp_path, rule, expected):
    own = {"data": {"sessions": "s.csv"}, "columns": LONG, "analysis": {"attribution": rule}}
    clients = mapped_from(tmp_path, {"s.csv": SESSIONS}, **own).clients
    assert clients["therapist_id"].iloc[0] == expected
    if rule == "membership":  # A had two of the three contacts
        assert clients["first_therapist_id"].iloc[0] == "A" and clients["first_share"].iloc[0] == pytest.approx(2 / 3)


def test_clients_beside_sessions(tmp_path):
    files = {"s.csv": "c,no,p\n1,0,20\n1,1,15\n2,0,5\n9,0,1\n", "c.csv": "c,t,age\n1,A,30\n2,B,75+\n3,B,40\n"}
    columns = {"client": "c", "therapist": "t", "session": "no", "scores": {"phq9": "p"}, "age": "age"}
    found = mapped_from(tmp_path, files, data={"sessions": "s.csv", "clients": "c.csv"}, columns=columns)
    assert found.clients["client_id"].tolist() == ["1", "2", "3"]  # 9 stays in the sessions, for the checks
    assert found.clients["phq9_last"].tolist()[0] == 15.0 and found.clients["n_sessions"].tolist() == [2, 1, 0]
    assert found.clients["age_band"].tolist() == ["26-64", "75-89", "26-64"]
    assert found.sessions["session"].tolist() == [1, 2, 1, 1]  # they began with 0
    assert len(found.sessions) == 4


def test_courses_are_told_apart(tmp_path):
    text = "c,k,t,no,p\n1,a,A,1,20\n1,a,A,2,10\n1,b,B,1,8\n1,b,B,2,9\n"
    columns = {"client": "c", "course": "k", "therapist": "t", "session": "no", "scores": {"phq9": "p"}}
    clients = mapped_from(tmp_path, {"s.csv": text}, data={"sessions": "s.csv"}, columns=columns).clients
    assert clients["course_id"].tolist() == ["a", "b"] and clients["phq9_first"].tolist() == [20.0, 8.0]
    assert clients["therapist_id"].tolist() == ["A", "B"]
    files = {"s.csv": text, "c.csv": "c,age\n1,30\n"}
    with pytest.raises(DataError, match=r"Give columns\.course in both"):
        mapped_from(tmp_path, files, data={"sessions": "s.csv", "clients": "c.csv"}, columns=columns | {"age": "age"})


def test_counts(tmp_path):
    text = 'unit,year,n,bad\nA,2020,"1,200",7\nB,2020,50,*\n'
    columns = {"unit": "unit", "period": "year", "n": "n", "events": "bad"}
    found = mapped_from(tmp_path, {"k.csv": text}, data={"counts": "k.csv"}, columns=columns)
    assert found.counts["n"].tolist() == [1200, 50] and found.counts["deteriorated"].isna().tolist() == [False, True]
    assert found.unconverted[["row", "value"]].values.tolist() == [[3, "*"]]
    assert found.clients is None and found.sessions is None
    del columns["period"]
    found = mapped_from(tmp_path, {"k.csv": text}, data={"counts": "k.csv"}, columns=columns)
    assert found.counts["period"].tolist() == ["all", "all"]


REFUSED = {
    "no such column": (WIDE | {"age": "alter"}, r"no column 'alter', which the settings name for columns.age"),
    "nearly right": (WIDE | {"therapist": "whoo"}, r"no column 'whoo'.*Did you mean 'who'\?"),
    "no therapist": ({"client": "id"}, "columns.therapist is not named"),
    "the same twice": ({"client": "id", "therapist": "id"}, "are both 'id'"),
    "unknown instrument": (
        WIDE | {"first": {"bdi": "pre"}},
        r"columns.first.bdi: no instrument .* below instruments.bdi",
    ),
    "of sessions": (WIDE | {"session": "pre"}, "columns.session: this is for sessions"),
    "of counts": (WIDE | {"events": "pre"}, "columns.events: this is for counts"),
}


@pytest.mark.trial(kind="refused", what="names of columns: {id}")
@pytest.mark.parametrize("case", REFUSED)
def test_names_that_cannot_be_used_are_refused(tmp_path, case):
    columns, message = REFUSED[case]
    with pytest.raises(DataError, match=message):
        mapped_from(tmp_path, {"a.csv": "id,who,pre,post\n1,A,3,4\n"}, data={"clients": "a.csv"}, columns=columns)


def test_a_table_of_one_column_asks_for_the_separator(tmp_path):
    with pytest.raises(DataError, match=r"only one column: set data\.separator"):
        mapped_from(tmp_path, {"a.csv": "id~who~pre~post\n1~A~3~4\n"}, data={"clients": "a.csv"}, columns=WIDE)


@pytest.mark.trial(kind="refused", what="columns named that the NHS data set has anyway")
def test_columns_that_the_nhs_data_set_knows_are_refused(tmp_path):
    tables = {"referrals": "r.csv", "contacts": "c.csv", "activities": "a.csv"}
    with pytest.raises(DataError, match=r"columns\.therapist: the columns of data\.nhs are those of the data set"):
        mapped_from(tmp_path, {}, data={"nhs": tables}, columns={"therapist": "x"})

"""Courses from sessions: what cannot be read, what stands there twice, and in which order it is taken."""

import numpy as np

from iatrogenesis.own_data import checks
from tests.own_data.catalogued import catalogue, mapped_from, settings

COLUMNS = {"client": "id", "therapist": "who", "session": "no", "scores": {"phq9": "phq"}}


def sessions(folder, text, **columns):
    own = {"data": {"sessions": "s.csv"}, "columns": COLUMNS | columns}
    found = mapped_from(folder, {"s.csv": text}, **own)
    table = checks.run(found, settings(**own), catalogue()).table.set_index("check")
    return found, table


def test_numbers_of_sessions_that_are_texts_are_named(tmp_path):
    _, table = sessions(tmp_path, "id,who,no,phq\n1,A,S1,12\n1,A,S2,7\n")
    assert table.loc["text among numbers", "severity"] == "error"
    assert "row 2, no: 'S1'" in table.loc["text among numbers", "examples"]


def test_the_first_row_of_a_session_is_the_one_that_counts(tmp_path):
    text = "id,who,no,phq\n1,A,1,12\n1,A,2,7\n1,A,2,25\n1,A,1,3\n2,A,1,9\n2,A,1,20\n"
    found, table = sessions(tmp_path, text)
    assert found.clients["phq9_first"].tolist() == [12, 9]
    assert found.clients["phq9_last"].tolist()[0] == 7 and np.isnan(found.clients["phq9_last"].iloc[1])
    assert found.clients["n_sessions"].tolist() == [2, 1]
    twice = table.loc["sessions twice"]
    assert twice["severity"] == "warning" and "3 numbers have rows with unlike scores" in twice["found"]
    assert table.loc["numbers of sessions disagree", "severity"] == "not looked at"


def test_a_row_without_a_score_does_not_hide_the_next(tmp_path):
    found, table = sessions(tmp_path, "id,who,no,phq\n1,A,1,12\n1,A,2,\n1,A,2,7\n")
    assert found.clients["phq9_last"].tolist() == [7]
    assert "unlike" not in table.loc["sessions twice", "found"]


def test_the_order_of_the_file_is_taken_only_with_a_warning(tmp_path):
    text = "id,who,day,phq\n1,A,2024-01-03,12\n1,A,2024-01-10,7\n"
    _, table = sessions(tmp_path, text, session=None)
    assert table.loc["order of sessions", "severity"] == "warning"
    assert "Name columns.session or columns.date" in table.loc["order of sessions", "found"]
    _, table = sessions(tmp_path, text, session=None, date="day")
    assert table.loc["order of sessions", "severity"] == "passed"

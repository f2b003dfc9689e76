"""What reading decided is said where it may be wrong: from files, as they come."""

import pytest

from tests.own_data.checks.clean import clean_clients
from tests.own_data.test_preparing import own, run, written


def _text(column, rows, value):
    def change(table):
        table[column] = table[column].astype(object)
        table.loc[rows, column] = value
        return table

    return change


FAULTS = [
    ("blanks around ids", "warning", "3 ids", _text("therapist_id", [2, 3, 4], " T00 ")),
    (
        "ids changed by a program",
        "warning",
        ".0",
        lambda t: t.assign(client_id=[f"{i}.0" for i in range(len(t))]),
    ),
    ("ids changed by a program", "error", "1.2E+05", _text("client_id", [2], "1.2E+05")),
    ("decimal marks", "warning", "decimal comma", _text("deprivation", [2, 3], "4,5")),
    (
        "dates in two ways",
        "warning",
        "day is taken first",
        lambda t: t.assign(started="03/04/2023", ended="05/06/2024"),
    ),
    ("words for missing", "note", "#NULL!", _text("deprivation", [2, 3], "#NULL!")),
    ("other age bands", "note", "30-39", _text("age_years", [2], "30-39")),
]
ALSO = {"missing values by column", "therapists who are nobody", "covariates of no use", "change without sessions"}


@pytest.mark.parametrize(
    ("check", "severity", "words", "change"), FAULTS, ids=[f"{one[0]}: {one[2]}" for one in FAULTS]
)
def test_what_reading_decided_is_named_alone(tmp_path, check, severity, words, change):
    found = run(written(tmp_path, change(clean_clients())))
    line = found.checks.set_index("check").loc[check]
    assert line["severity"] == severity
    assert words in line["found"]
    assert line["file"] == "clients.csv"
    quiet = found.checks["severity"].isin(["passed", "not looked at"])
    assert set(found.checks.loc[~quiet, "check"]) - ALSO == {check}


def test_blanks_make_no_further_therapist(tmp_path):
    found = run(written(tmp_path, _text("therapist_id", [2, 3, 4], "T00 ")(clean_clients())), own())
    assert found.required().tables["clients"]["therapist_id"].nunique() == 10


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_clean_data_are_clean_in_any_encoding(tmp_path, encoding):
    table = clean_clients().replace({"woman": "Frau Ä", "man": "Mann ß"})
    table.to_csv(tmp_path / "clients.csv", index=False, encoding=encoding)
    found = run(tmp_path)
    assert set(found.checks["severity"]) == {"passed", "not looked at"}
    assert found.fatal == ()

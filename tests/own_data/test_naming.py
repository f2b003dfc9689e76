"""Settings that ask for what the files or the catalogue cannot give are refused, with the way out."""

import pytest
from openpyxl import Workbook

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.mapping import mapped
from iatrogenesis.own_data.outcome import instruments
from tests.own_data.catalogued import catalogue, mapped_from, settings

OWN = {"name": "My PHQ", "minimum": 0, "maximum": 27, "reliable_change": 9}
COLUMNS = {"client": "id", "therapist": "who", "first": {"phq9": "a"}, "last": {"phq9": "b"}}
CLIENTS = "id,who,a,b\n1,A,12,4\n2,B,9,8\n"


@pytest.mark.trial(kind="refused", what="an own instrument under the name of a known one")
def test_an_instrument_of_the_catalogue_is_replaced_only_where_that_is_said(tmp_path):
    own = {"data": {"clients": "c.csv"}, "columns": COLUMNS}
    with pytest.raises(DataError, match=r"instruments\.phq9: PHQ-9 .* 0 to 27 and a reliable change of 6\. .*replaces"):
        mapped_from(tmp_path, {"c.csv": CLIENTS}, **own, instruments={"phq9": OWN})
    asked = settings(**own, instruments={"phq9": OWN | {"replaces": True}})
    known = instruments(asked, mapped(asked, tmp_path, catalogue()).clients, catalogue())
    assert known["phq9"].name == "My PHQ" and known["phq9"].reliable_change == 9


@pytest.mark.trial(kind="refused", what="multiple membership without sessions")
def test_membership_says_what_it_needs(tmp_path):
    shared = {"analysis": {"attribution": "membership"}}
    files = {"c.csv": CLIENTS, "s.csv": "id,n\n1,1\n1,2\n2,1\n", "t.csv": "id,n,who\n1,1,A\n1,2,B\n2,1,B\n"}
    with pytest.raises(DataError, match=r"attribution: membership .* data names no sessions.* Name data\.sessions"):
        mapped_from(tmp_path, files, data={"clients": "c.csv"}, columns=COLUMNS, **shared)
    by_session = COLUMNS | {"session": "n"}
    with pytest.raises(DataError, match=r"s\.csv has no column 'who'"):
        mapped_from(tmp_path, files, data={"clients": "c.csv", "sessions": "s.csv"}, columns=by_session, **shared)
    found = mapped_from(tmp_path, files, data={"clients": "c.csv", "sessions": "t.csv"}, columns=by_session, **shared)
    assert found.clients["first_share"].tolist()[0] == 0.5


@pytest.fixture
def book(tmp_path):
    """A workbook with courses on its second sheet, and sessions on its third."""
    made = Workbook()
    made.active.title = "Read me"
    courses, sessions = made.create_sheet("Courses"), made.create_sheet("Sessions")
    for row in (["id", "who"], ["1", "A"], ["2", "B"]):
        courses.append(row)
    for row in (["id", "n", "phq"], ["1", 1, 12], ["1", 2, 5], ["2", 1, 9]):
        sessions.append(row)
    made.save(tmp_path / "b.xlsx")
    columns = {"client": "id", "therapist": "who", "session": "n", "scores": {"phq9": "phq"}}

    def read(sheet):
        data = {"clients": "b.xlsx", "sessions": "b.xlsx", "sheet": sheet}
        return mapped(settings(data=data, columns=columns), tmp_path, catalogue())

    return read


def test_each_table_may_have_its_sheet(book):
    for sheet in ({"clients": "courses", "sessions": "Sessions"}, {"clients": 1, "sessions": 2}):
        found = book(sheet)
        assert found.clients["n_sessions"].tolist() == [2, 1] and found.clients["phq9_last"].tolist()[0] == 5


@pytest.mark.trial(kind="refused", what="a sheet that one of the files lacks")
def test_a_sheet_that_one_file_lacks_says_how_to_name_several(book):
    with pytest.raises(
        DataError, match=r"no sheet 'Kurse' .*'Courses', 'Sessions'\).*sheet: \{clients: \.\.\., sessions"
    ):
        book("Kurse")
    with pytest.raises(ValueError, match=r"sheet\.counts: data names no counts \(it names: clients, sessions\)"):
        book({"counts": "Courses"})
    with pytest.raises(ValueError, match=r"must be a sheet's name, its number from 0, or such a one for each table"):
        book([1, 2])

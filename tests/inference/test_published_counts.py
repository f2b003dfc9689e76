"""The published examples: the hospitals' table as printed, and a strict reader of NHS counts."""

import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.hospitals import hospital_outcomes, hospitals
from iatrogenesis.inference.data.nhs import read_service_years

HEADER = "org_code,reporting_period,referrals_received,finished_course_treatment,deterioration"
GOOD = [
    "A,2020-21,900,400,25",
    "B,2020-21,900,300,",
    "C,2020-21,500,150,10",
    "A,2021-22,900,405,20",
    "D,2021-22,,250,15",
]


def read(tmp_path, rows, header=HEADER):
    path = tmp_path / "counts.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_service_years(path)


def test_the_hospitals_are_the_published_ones():
    table = hospitals()
    assert table.shape == (12, 3)
    assert table["operations"].sum() == 2814
    assert table["deaths"].sum() == 208
    assert table.set_index("hospital").loc["H"].tolist() == [215, 31]
    data = hospital_outcomes()
    assert data.therapist_ids == tuple("ABCDEFGHIJKL")
    assert data.clients.tolist() == table["operations"].tolist()


def test_years_share_their_services(tmp_path):
    found = read(tmp_path, GOOD)
    assert list(found.years) == ["2020-21", "2021-22"]
    first, second = found.years.values()
    assert first.dataset == "nhs-2020-21"
    assert first.therapist_ids == second.therapist_ids == ("A", "D")
    assert first.clients.tolist() == [400, 0]
    assert second.events.tolist() == [20, 15]
    assert found.suppressed == {"2020-21": 1, "2021-22": 0}
    assert found.small == {"2020-21": 1, "2021-22": 0}


@pytest.mark.trial(kind="refused", what="published counts: {row}")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            "E,2020-21,1,two hundred,5",
            r"'finished_course_treatment', line 7, value 'two hundred' must be a whole number",
        ),
        ("E,2020-21,1,200,*", r"'deterioration', line 7, value '\*' must be a whole number, or empty"),
        ("E,2020-21,1,200,-5", r"'deterioration', line 7, value '-5' must be"),
        ("E,2020-21,1,200,2.5", r"'deterioration', line 7, value '2.5' must be"),
        ("E,2020-21,1,200,205", r"'deterioration', line 7, value '205' is more than 'finished_course_treatment'"),
        ("A,2020-21,1,300,5", r"'org_code', line 7, value 'A' has a second row in the same year"),
        (",2020-21,1,300,5", r"'org_code', line 7, value '' is empty"),
        ("E,,1,300,5", r"'reporting_period', line 7, value '' is empty"),
    ],
)
def test_a_faulty_row_is_refused_with_column_and_line(tmp_path, row, words):
    with pytest.raises(DataError, match=rf"counts\.csv: column {words}"):
        read(tmp_path, [*GOOD, row])


@pytest.mark.trial(kind="refused", what="published counts without a column, without rows")
def test_missing_columns_and_empty_tables_are_refused(tmp_path):
    with pytest.raises(DataError, match="column 'deterioration' is missing"):
        read(tmp_path, GOOD, HEADER.replace("deterioration", "worse"))
    with pytest.raises(DataError, match="no rows"):
        read(tmp_path, [])
    with pytest.raises(DataError, match="no service has 200 finished courses"):
        read(tmp_path, ["A,2020-21,1,100,5"])


def test_reading_does_not_depend_on_the_order_of_rows(tmp_path):
    one, other = read(tmp_path, GOOD), read(tmp_path, GOOD[::-1])
    for year, data in one.years.items():
        pd.testing.assert_series_equal(pd.Series(data.events), pd.Series(other.years[year].events))

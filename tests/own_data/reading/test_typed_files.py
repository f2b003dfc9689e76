"""Parquet, SPSS and Stata: the file's types, labels and missing values."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading import read
from iatrogenesis.own_data.settings import Files


def opened(path):
    return read(path, Files(clients=path))


def test_parquet_types(tmp_path):
    table = pd.DataFrame(
        {
            "who": pd.Categorical(["A", "B ", None]),
            "n": pd.array([1, None, 2**40], dtype="Int64"),
            "done": pd.array([True, None, False], dtype="boolean"),
            "grade": pd.Categorical([1, 2, 1]),
            "score": pd.Series([1.5, np.nan, 3], dtype="float32"),
            "fee": [Decimal("1.50"), None, Decimal("2")],
            "day": [date(2024, 1, 2), None, date(2024, 1, 4)],
        }
    )
    table.to_parquet(tmp_path / "a.parquet")
    raw = opened(tmp_path / "a.parquet")
    found = raw.table
    assert found["who"].tolist()[:2] == ["A", "B"] and raw.stripped == {"who": 1}
    assert found["n"].dtype == "Int64" and found["n"].iloc[2] == 2**40
    assert found["done"].dtype == "boolean" and found["grade"].tolist() == [1, 2, 1]
    assert found["fee"].tolist()[::2] == [1.5, 2.0]
    assert found["day"].dt.day.tolist()[::2] == [2, 4]
    assert list(found.index) == [2, 3, 4]


@pytest.mark.trial(kind="refused", what="a parquet file that is no table")
def test_parquet_that_cannot_be_a_table(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 nonsense")
    with pytest.raises(DataError, match="no parquet file"):
        opened(path)
    pd.DataFrame({"id": [1], "many": [[1, 2]]}).to_parquet(path)
    with pytest.raises(DataError, match="'many' holds lists"):
        opened(path)
    pd.DataFrame({"id": pd.Series(dtype="str")}).to_parquet(path)
    with pytest.raises(DataError, match="no rows"):
        opened(path)


def test_spss_labels_missing_values_and_dates(tmp_path):
    table = pd.DataFrame(
        {
            "id": [101.0, 102.0, 103.0, 104.0],
            "sex": [1.0, 2.0, 9.0, 1.0],
            "score": [0.0, 27.0, -9.0, -50.0],
            "day": [date(2024, 1, 2), date(2024, 1, 3), None, None],
            "a_long_name_of_more_than_eight_letters": ["x", "y ", "", "z"],
        }
    )
    pyreadstat.write_sav(
        table,
        str(tmp_path / "a.sav"),
        variable_value_labels={"sex": {1: "female", 2: "male", 9: "not said"}, "score": {0: "none", 27: "worst"}},
        missing_ranges={"score": [{"lo": -99, "hi": -1}], "sex": [9]},
        column_labels={"score": "PHQ-9 at the start"},
    )
    raw = opened(tmp_path / "a.sav")
    assert raw.table["score"].tolist()[:2] == [0.0, 27.0] and raw.table["score"].isna().sum() == 2  # numbers, no labels
    assert raw.table["sex"].isna().tolist() == [False, False, True, False]
    assert raw.labels["sex"][1.0] == "female" and raw.titles["score"] == "PHQ-9 at the start"
    assert raw.table["day"].dt.day.tolist()[:2] == [2, 3]
    assert raw.table["a_long_name_of_more_than_eight_letters"].tolist()[1] == "y"
    assert any("2 cells of column 'score' with a user-missing value (-99 to -1)" in note for note in raw.notes)


def test_stata_labels_and_extended_missing_values(tmp_path):
    table = pd.DataFrame({"id": [1, 2, 3], "score": [5, "a", "z"], "sex": [1, 2, 1]})
    pyreadstat.write_dta(
        table,
        str(tmp_path / "a.dta"),
        variable_value_labels={"sex": {1: "female", 2: "male"}},
        missing_user_values={"score": ["a", "z"]},
    )
    raw = opened(tmp_path / "a.dta")
    assert raw.table["score"].tolist()[0] == 5 and raw.table["score"].isna().sum() == 2
    assert pd.api.types.is_numeric_dtype(raw.table["score"])
    assert raw.labels["sex"] == {1: "female", 2: "male"}
    assert any("extended missing value (.a, .z)" in note for note in raw.notes)


@pytest.mark.parametrize("name", ["a.sav", "a.dta"])
def test_damaged_files_are_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(DataError, match=f"{name}: this file cannot be read"):
        opened(tmp_path / name)


@pytest.mark.trial(kind="refused", what="an SPSS file that announces half a billion rows, and has three")
def test_a_file_that_announces_more_than_it_holds_is_refused_before_room_is_made(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"id": [1, 2, 3], "score": [4, 5, 6]}), str(tmp_path / "a.sav"))
    content = bytearray((tmp_path / "a.sav").read_bytes())
    assert content[80:84] == (3).to_bytes(4, "little")
    content[80:84] = (2**29).to_bytes(4, "little")
    (tmp_path / "a.sav").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.sav: this file announces 536,870,912 rows"):
        opened(tmp_path / "a.sav")


def test_many_equal_rows_shortened_by_zlib_are_read(tmp_path):
    table = pd.DataFrame({name: np.ones(50_000) for name in "abcdefgh"})
    pyreadstat.write_sav(table, str(tmp_path / "a.zsav"), compress=True)
    assert (tmp_path / "a.zsav").stat().st_size < table.size
    assert opened(tmp_path / "a.zsav").table.shape == table.shape


@pytest.mark.trial(kind="refused", what="a parquet file with a column's name that is no text")
def test_a_name_that_is_no_text_is_refused(tmp_path):
    pd.DataFrame({"score": [1, 2]}).to_parquet(tmp_path / "a.parquet", compression=None)
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(content.replace(b"score", b"sc\xb3re"))
    with pytest.raises(DataError, match=r"a\.parquet: this is no parquet file"):
        opened(tmp_path / "a.parquet")


@pytest.mark.trial(kind="refused", what="{name} of more cells than any table has, shortened to few bytes")
@pytest.mark.parametrize("name", ["a.parquet", "a.sav", "a.zsav", "a.dta"])
def test_more_cells_than_any_table_has_are_refused_before_room_is_made(tmp_path, monkeypatch, name):
    made(tmp_path / name)
    monkeypatch.setattr("iatrogenesis.own_data.reading.size.MOST_CELLS", 1999)
    with pytest.raises(DataError, match="1,000 rows of 2 columns are more than 1,999 cells"):
        opened(tmp_path / name)


def made(path) -> None:
    table = pd.DataFrame({"id": np.arange(1000.0), "score": np.ones(1000)})
    if path.suffix == ".parquet":
        table.to_parquet(path)
    elif path.suffix == ".dta":
        pyreadstat.write_dta(table, str(path))
    else:
        pyreadstat.write_sav(table, str(path), compress=path.suffix == ".zsav")


@pytest.mark.trial(kind="refused", what="an SPSS file that does not say how many rows it has, and has too many")
def test_an_spss_file_that_does_not_say_how_many_rows_it_has_is_read_up_to_a_limit(tmp_path, monkeypatch):
    path = tmp_path / "a.zsav"
    made(path)
    content = bytearray(path.read_bytes())
    assert content[80:84] == (1000).to_bytes(4, "little")
    content[80:84] = (-1).to_bytes(4, "little", signed=True)
    path.write_bytes(content)
    assert len(opened(path).table) == 1000
    monkeypatch.setattr("iatrogenesis.own_data.reading.size.MOST_CELLS", 100)
    monkeypatch.setattr("iatrogenesis.own_data.reading.spss_stata.MOST_CELLS", 100)
    with pytest.raises(DataError, match="51 rows of 2 columns"):
        opened(path)

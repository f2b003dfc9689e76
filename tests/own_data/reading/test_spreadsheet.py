"""Spreadsheets: sheets, titles, dates, formulas, numbers that are shown with leading zeros."""

import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading import read
from iatrogenesis.own_data.settings import Files


def book(tmp_path, rows, title="Data", more=()):
    made = Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for other in more:
        made.create_sheet(other)
    path = tmp_path / "clients.xlsx"
    made.save(path)
    return made, path


def opened(path, **said):
    return read(path, Files(clients=path, **said))


def test_titles_sheets_dates_and_missing_cells(tmp_path):
    rows = [["Our service"], [], ["id", "date", "score", "done"], [1, datetime(2024, 3, 4), 7, True]]
    _, path = book(tmp_path, [*rows, [], [2, None, 8.5, None]], more=["Notes"])
    raw = opened(path)
    assert list(raw.table.index) == [4, 6]
    assert raw.table["date"].dt.strftime("%d.%m.%Y").tolist()[0] == "04.03.2024"
    assert raw.table["score"].tolist() == [7.0, 8.5] and raw.table["done"].dtype == "boolean"
    assert any("'Notes'" in note for note in raw.notes) and any("row 3" in note for note in raw.notes)


def test_numbers_shown_with_leading_zeros_keep_them(tmp_path):
    made, path = book(tmp_path, [["id", "t"], [1, "A"], [23, "B"]])
    for row in (2, 3):
        made.active.cell(row, 1).number_format = "00000"
    made.save(path)
    assert opened(path).table["id"].tolist() == ["00001", "00023"]


def test_mixed_cells_are_texts_as_a_person_types_them(tmp_path):
    _, path = book(tmp_path, [["id", "score"], [1, 12.0], [2, "ill"], [3, 3.5]])
    assert opened(path).table["score"].tolist() == ["12", "ill", "3.5"]


@pytest.mark.trial(kind="refused", what="a spreadsheet with formulas without values")
def test_formulas_without_values_are_refused_by_cell(tmp_path):
    _, path = book(tmp_path, [["id", "sum"], [1, "=1+2"], [2, 4]])
    with pytest.raises(DataError, match="1 formula has no value, such as B2"):
        opened(path)


def test_sheets_are_chosen_by_name_or_number(tmp_path):
    made, path = book(tmp_path, [["id", "t"], [1, "A"]], more=["Second"])
    made["Second"].append(["who", "t"])
    made["Second"].append([5, "B"])
    made.save(path)
    assert opened(path, sheet="second").table["who"].tolist() == [5]
    assert opened(path, sheet=1).table["who"].tolist() == [5]
    with pytest.raises(DataError, match=r"no sheet 'Third' \(the sheets are 'Data', 'Second'\)"):
        opened(path, sheet="Third")
    with pytest.raises(DataError, match=r"data\.sheet is 2, but there are 2 sheets"):
        opened(path, sheet=2)


def test_duplicate_names_and_damaged_files(tmp_path):
    _, path = book(tmp_path, [["id", "t", "id"], [1, "A", 2]])
    with pytest.raises(DataError, match="two columns are called 'id'"):
        opened(path)
    path.write_bytes(b"no spreadsheet at all")
    with pytest.raises(DataError, match="cannot be read"):
        opened(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(DataError, match="password"):
        opened(path)


@pytest.mark.trial(kind="refused", what="a spreadsheet whose first sheet is empty")
def test_an_empty_first_sheet_names_the_others(tmp_path):
    made, path = book(tmp_path, [], more=["Second"])
    made["Second"].append(["id"])
    made.save(path)
    with pytest.raises(
        DataError, match=r"the sheet is empty\. Sheet 'Data' was read; there are others: 'Data', 'Second'"
    ):
        opened(path)


@pytest.mark.trial(kind="refused", what="an empty sheet")
def test_an_empty_sheet_is_refused(tmp_path):
    _, path = book(tmp_path, [])
    with pytest.raises(DataError, match="nothing in it"):
        opened(path)


def rewritten(path, cells: bytes, repeated: bytes = b"", times: int = 0) -> None:
    """Put rows below the header into a sheet's XML, without any program for spreadsheets."""
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    sheet = parts.pop("xl/worksheets/sheet1.xml")
    before, after = sheet.split(b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
        with made.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(before + cells)
            for _ in range(times):
                part.write(repeated)
            part.write(b"</sheetData>" + after)


ENDLESS = {
    "row 99,999,999,999 filled": (b'<row r="99999999999"><c><v>1</v></c></row>', "more than 1,048,576 rows"),
    "column ZZZ filled": (b'<row r="3"><c r="ZZZ3"><v>1</v></c></row>', "16,384 columns"),
    "a column beyond all": (b'<row r="3"><c r="ZZZZ3"><v>1</v></c></row>', "cannot be read"),
    "an entity in itself": (b"<row><c><v>&a;</v></c></row>", "cannot be read"),
}


@pytest.mark.trial(kind="refused", what="a spreadsheet of few bytes, with {id}")
@pytest.mark.parametrize(("cells", "said"), ENDLESS.values(), ids=ENDLESS)
def test_few_bytes_do_not_become_an_endless_sheet(tmp_path, cells, said):
    _, path = book(tmp_path, [["id", "t"], [1, "A"]])
    rewritten(path, cells)
    with pytest.raises(DataError, match=said):
        opened(path)


def test_a_cell_far_off_is_a_record_and_not_a_million_wide_ones(tmp_path):
    _, path = book(tmp_path, [["id", "t"], [1, "A"]])
    rewritten(path, b'<row r="9999"><c r="A9999"><v>2</v></c><c r="XFD9999"><v>1</v></c></row>')
    found = opened(path).table
    assert found.index.tolist() == [2, 9999] and found.iloc[1].tolist()[0] == 2


@pytest.mark.trial(kind="refused", what="a spreadsheet of more cells than any table has")
def test_more_cells_than_any_table_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("iatrogenesis.own_data.reading.size.MOST_CELLS", 5)
    _, path = book(tmp_path, [["id", "t"], [1, "A"], [2, "B"]])
    with pytest.raises(DataError, match="3 rows of 2 columns are more than 5 cells"):
        opened(path)


@pytest.mark.trial(kind="refused", what="a zip bomb called .xlsx")
def test_what_unpacks_to_hundreds_of_times_its_size_is_refused_unread(tmp_path):
    _, path = book(tmp_path, [["id", "t"], [1, "A"]])
    rewritten(path, b"<row>", b"<c/>" * 2**18, times=20)
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match="unpacks to more than 100 times its size"):
        opened(path)

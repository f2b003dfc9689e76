"""Text files come with any separator, encoding and line end; broken ones are refused by row and column."""

import csv

import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.reading import read
from iatrogenesis.own_data.settings import Files


def opened(tmp_path, content, name="clients.csv", **said):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, Files(clients=path, **said))


def cells(raw):
    return raw.table.astype("object").where(raw.table.notna(), None).values.tolist()


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_every_usual_separator_is_found(tmp_path, separator):
    lines = [separator.join(record) for record in (["id", "who"], ["001", "A"], ["002", "B"])]
    raw = opened(tmp_path, "\n".join(lines))
    assert cells(raw) == [["001", "A"], ["002", "B"]]
    assert list(raw.table.index) == [2, 3]


def test_decimal_commas_do_not_separate(tmp_path):
    raw = opened(tmp_path, "first;last\n12,5;1,5\n13,5;2,5\n14,0;3,5\n")
    assert list(raw.table.columns) == ["first", "last"]
    assert cells(raw)[0] == ["12,5", "1,5"]


def test_semicolons_in_notes_do_not_separate(tmp_path):
    raw = opened(tmp_path, "id,note\n1,late; rang\n2,late; ill\n3,none; fine\n")
    assert list(raw.table.columns) == ["id", "note"]
    assert cells(raw)[2] == ["3", "none; fine"]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("utf-16", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
        ("mac_roman", b""),
        ("utf-16-le", b"\xff\xfe"),
    ],
)
def test_encodings_are_told(tmp_path, encoding, mark):
    text = "id;Therapeut;Ort\n1;Müller;Köln\n2;Weiß;Düsseldorf\n"
    raw = opened(tmp_path, mark + text.encode(encoding))
    assert cells(raw) == [["1", "Müller", "Köln"], ["2", "Weiß", "Düsseldorf"]]
    assert raw.table.columns[0] == "id"  # without a byte-order mark before it


def test_a_single_pound_sign_is_windows(tmp_path):
    assert cells(opened(tmp_path, "id,fee\n1,£20\n".encode("cp1252"))) == [["1", "£20"]]


@pytest.mark.trial(kind="refused", what="a text file in another encoding than stated")
def test_an_encoding_that_does_not_fit_names_the_line(tmp_path):
    with pytest.raises(DataError, match=r"line 2 cannot be read as utf-8 \(byte 0xfc\)"):
        opened(tmp_path, "id;t\n1;Müller\n".encode("cp1252"), encoding="utf-8")


@pytest.mark.trial(kind="refused", what="an encoding that is not there")
def test_an_unknown_encoding_is_refused(tmp_path):
    with pytest.raises(DataError, match="'utf-9' is not known"):
        opened(tmp_path, "id;t\n1;A\n", encoding="utf-9")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(tmp_path, end):
    assert cells(opened(tmp_path, end.join(["id,t", "1,A", "2,B", ""]))) == [["1", "A"], ["2", "B"]]


def test_quoted_fields_hold_line_ends_and_separators(tmp_path):
    raw = opened(tmp_path, 'id,note,t\n1,"came late,\nleft early",A\n2,"said ""no""",B\n')
    assert cells(raw) == [["1", "came late,\nleft early", "A"], ["2", 'said "no"', "B"]]
    assert list(raw.table.index) == [2, 3]  # records, as a spreadsheet shows them


def test_blanks_around_names_and_values_are_removed_and_counted(tmp_path):
    raw = opened(tmp_path, " id , t \n101 ,A\n 102,B\u00a0\n")
    assert list(raw.table.columns) == ["id", "t"]
    assert cells(raw) == [["101", "A"], ["102", "B"]]
    assert raw.stripped == {"id": 2, "t": 1}


def test_words_for_missing_are_counted(tmp_path):
    raw = opened(tmp_path, "id,a\n1,#NULL!\n2,NA\n3,NA\n4,\n5,none\n")
    assert raw.table["a"].isna().tolist() == [True, True, True, True, False]
    assert raw.blanks == {"a": {"NA": 2, "#NULL!": 1}}


def test_titles_above_the_header_are_passed_over_and_rows_keep_their_number(tmp_path):
    raw = opened(tmp_path, "Export of 3 May\n\nid;age;t\n1;30;A\n\n2;40;B\n")
    assert list(raw.table.columns) == ["id", "age", "t"]
    assert list(raw.table.index) == [4, 6]
    assert any("row 3" in note for note in raw.notes) and any("1 blank row" in note for note in raw.notes)


def test_the_line_that_excel_puts_first_names_the_separator(tmp_path):
    raw = opened(tmp_path, "sep=;\nid;t\n1;A,B\n")
    assert cells(raw) == [["1", "A,B"]]
    assert list(raw.table.index) == [3]


def test_row_names_of_r_are_a_column(tmp_path):
    raw = opened(tmp_path, '"id","t"\n"1","a","A"\n"2","b","B"\n')
    assert cells(raw) == [["1", "a", "A"], ["2", "b", "B"]]


def test_separators_at_the_end_of_each_line_are_no_column(tmp_path):
    assert list(opened(tmp_path, "id;t;\n1;A;\n2;B;\n").table.columns) == ["id", "t"]
    assert cells(opened(tmp_path, "id;t\n1;A;\n2;B;\n")) == [["1", "A"], ["2", "B"]]


def test_short_rows_are_said(tmp_path):
    raw = opened(tmp_path, "id,t,a\n1,A,3\n2,B\n")
    assert cells(raw)[1] == ["2", "B", None]
    assert any("1 row has fewer fields" in note and "row 3" in note for note in raw.notes)


BROKEN = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n \n", "the file is empty"),
    "header only": (b"id,t\n", "names in row 1, but no records below"),
    "duplicate names": (b"id,age,id \n1,2,3\n", r"two columns are called 'id', the 1st \(A\) and the 3rd \(C\)"),
    "no header": (b"1,2,3\n2,3,4\n", "row 1 should hold the names"),
    "too many fields": (b"id,t\n1,A\n2,B,C\n", "row 3 has 3 fields, but the header has 2"),
    "open quote": (b'id,t\n1,"A\n2,B\n', "row 2 begins a quoted field"),
    "zero byte": (b"id,t\n1,A\n2,\x00\n", "line 3 has a zero byte"),
    "spreadsheet": (b"PK\x03\x04nonsense", "end its name with .xlsx"),
    "a huge field": (b'id,t\n1,"' + b"x" * 10_000_001 + b'"\n', r"row 2 cannot be read \(field larger"),
    "web page": (b"<!DOCTYPE html><p>Log in</p>", "a web page"),
}


@pytest.mark.trial(kind="refused", what="a text file: {id}")
@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused_with_the_way_out(tmp_path, case):
    content, message = BROKEN[case]
    with pytest.raises(DataError, match=message) as error:
        opened(tmp_path, content)
    assert "clients.csv" in str(error.value)


def test_missing_files_and_unknown_kinds(tmp_path):
    (tmp_path / "cleints.csv").write_text("id\n1\n")
    with pytest.raises(DataError, match=r"no such file.*Did you mean cleints.csv\?"):
        read(tmp_path / "clients.csv", Files(clients=tmp_path))
    with pytest.raises(DataError, match="a folder"):
        read(tmp_path, Files(clients=tmp_path))
    with pytest.raises(DataError, match=r"'.xls' cannot be read; save it as .xlsx"):
        opened(tmp_path, b"x", name="old.xls")


def test_what_is_no_text_says_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(1, 256)) * 20)
    with pytest.raises(DataError, match="Is it a text file"):
        read(path, Files(clients=path))
    path.write_bytes(bytes(range(3)) * 100)
    with pytest.raises(DataError, match="zero byte: not a text file"):
        read(path, Files(clients=path))
    path.write_text("id,who\n1,A\n")
    with pytest.raises(DataError, match=r"this is not utf-16, as data\.encoding says"):
        read(path, Files(clients=path, encoding="utf-16"))


def test_two_encodings_in_one_file(tmp_path):
    rows = [f"{i},Muñoz" for i in range(1, 7)]
    content = "\n".join(["id,who", *rows[:3]]).encode() + b"\n" + "\n".join(rows[3:]).encode("cp1252")
    with pytest.raises(DataError, match="line 2 is UTF-8, but line 5 is not: two encodings"):
        opened(tmp_path, content)
    assert len(opened(tmp_path, content, encoding="cp1252").table) == 6


def test_the_limit_of_fields_is_that_of_reading_alone(tmp_path):
    before = csv.field_size_limit(123_456)
    try:
        opened(tmp_path, b"id,t\n1,A\n")
        assert csv.field_size_limit() == 123_456
        with pytest.raises(DataError, match="field larger"):
            opened(tmp_path, b'id,t\n1,"' + b"x" * 10_000_001 + b'"\n')
        assert csv.field_size_limit() == 123_456
    finally:
        csv.field_size_limit(before)

"""Files are written whole or not at all, and a broken one is named."""

from unittest.mock import Mock

import pandas as pd
import pyarrow.parquet as pq
import pytest

from iatrogenesis.core.files import (
    read_benchmark,
    read_csv,
    read_json,
    read_parquet,
    read_text,
    replacing,
    write_csv,
    write_json,
    write_parquet,
    write_rows,
)
from iatrogenesis.core.logs import logged
from iatrogenesis.core.tables import DamagedFile, DataError, made_as_a_whole


@pytest.mark.trial(kind="fault", what="an error in the middle of writing a file")
def test_a_failing_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old\n")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("disk full")
    assert path.read_text() == "old\n" and list(tmp_path.iterdir()) == [path]


def test_round_trips(tmp_path):
    table = pd.DataFrame({"model": ["null", "casemix"], "x": [0.1, None], "b": pd.array([True, None], dtype="boolean")})
    write_parquet(table, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(read_parquet(tmp_path / "t.parquet"), table)
    write_csv(table[["model", "x"]], tmp_path / "t.csv")
    # A word that means missing elsewhere must come back as a word.
    pd.testing.assert_frame_equal(read_csv(tmp_path / "t.csv"), table[["model", "x"]], check_dtype=False)


def test_the_same_table_gives_the_same_bytes(tmp_path):
    table = pd.DataFrame({"x": [0.1, 0.2], "name": ["a", "b"]})
    for name in ("a", "b"):
        write_parquet(table, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.trial(kind="refused", what="a number for JSON that is not finite")
def test_json_refuses_what_is_not_a_number(tmp_path):
    with pytest.raises(ValueError, match="Out of range float"):
        write_json({"x": float("nan")}, tmp_path / "n.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.trial(kind="altered", what="a parquet file that reads {content}")
@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing", b"\x00\x01"])
def test_a_damaged_parquet_is_named(tmp_path, content):
    path = tmp_path / "clients.parquet"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"clients\.parquet: cannot be read .* Delete the file and make it again"):
        read_parquet(path)


@pytest.mark.trial(kind="altered", what="a table that is missing or empty")
def test_a_missing_or_empty_csv_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv: no such file"):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DataError, match=r"empty\.csv: cannot be read"):
        read_csv(tmp_path / "empty.csv")


DAMAGED = {
    "a parquet file of which half is left": (read_parquet, lambda content: content[: len(content) // 2]),
    "a table that is not text": (read_csv, lambda _: b"\xff\xfe\x00 garbage"),
    "an empty table": (read_csv, lambda _: b""),
    "a table with a line too long": (read_csv, lambda _: b"a,b\n1,2\n1,2,3\n"),
    "an empty benchmark": (read_benchmark, lambda _: b""),
    "a benchmark without a job": (read_benchmark, lambda _: b"s\th:m:s\n"),
    "numbers of which half are left": (read_json, lambda _: b'{"x": '),
    "an empty page": (read_text, lambda _: b""),
    "a page that is not text": (read_text, lambda _: b"\xff\xfe\x00"),
}


@pytest.mark.trial(kind="altered", what="{id}")
@pytest.mark.parametrize(("reader", "damage"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_result_is_known_as_such(tmp_path, reader, damage):
    path = tmp_path / "result"
    write_parquet(pd.DataFrame({"x": range(100)}), path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DamagedFile, match=r"result: cannot be read .* Delete the file and make it again") as refused:
        reader(path)
    assert refused.value.damaged == path


def test_a_file_that_only_could_not_be_read_now_is_not_damaged(tmp_path):
    for error in (MemoryError(), OSError(5, "Input/output error")):
        with pytest.raises(DataError, match="cannot be read") as refused, pytest.MonkeyPatch.context() as patch:
            patch.setattr(pd, "read_parquet", Mock(side_effect=error))
            read_parquet(tmp_path / "result")
        assert not isinstance(refused.value, DamagedFile)


def test_what_is_made_as_a_whole_is_made_again_as_a_whole(tmp_path):
    (tmp_path / "part").write_bytes(b"")
    with pytest.raises(DamagedFile) as refused, made_as_a_whole(tmp_path):
        read_text(tmp_path / "part")
    assert refused.value.damaged == tmp_path


def test_a_log_keeps_what_was_said_and_why_it_failed(tmp_path, capsys):
    with pytest.raises(RuntimeError), logged(tmp_path / "job.log"):
        print("working")
        raise RuntimeError("no more")
    text = (tmp_path / "job.log").read_text()
    assert "working" in text and "RuntimeError: no more" in text
    assert "working" in capsys.readouterr().out


def test_rows_and_columns_are_written_as_data_frames_are(tmp_path):
    rows = [
        {"name": 'a, "b"', "value": 1 / 3, "count": 7},
        {"name": "null", "value": float("nan"), "count": 12345678901},
    ]
    table = pd.DataFrame(rows)
    write_rows(rows, tmp_path / "rows.csv")
    write_csv(table, tmp_path / "table.csv")
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "table.csv").read_bytes()
    columns = {name: table[name].to_numpy(str if name == "name" else None) for name in table}
    write_parquet(columns, tmp_path / "columns.parquet")
    write_parquet(table, tmp_path / "table.parquet")
    one, other = (
        pq.read_table(tmp_path / f"{name}.parquet").replace_schema_metadata() for name in ("columns", "table")
    )
    assert one.schema == other.schema and one.equals(other)

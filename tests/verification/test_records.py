"""A job leaves a record of what it read and wrote, and only if it ended well."""

import hashlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from iatrogenesis.verification.again import again
from iatrogenesis.verification.records import FOLDER, hash_of, read_records, recorded
from tests.verification.jobs import Named


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def job(tmp_path, monkeypatch) -> SimpleNamespace:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "script.py"), raising=False)
    for path, text in {
        "script.py": "script", "src/a.py": "a", "config/x.csv": "x", "results/t/tables/in.csv": "in"
    }.items():  # fmt: skip
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    Path("results/t/logs/some").mkdir(parents=True)
    return SimpleNamespace(
        rule="some",
        log=["results/t/logs/some/1.log"],
        input=Named(table="results/t/tables/in.csv", given=["config/x.csv"], code=["src/a.py"]),
        output=Named(table="results/t/tables/out.csv", folder="results/t/several"),
        params={"seed": 1},
    )


def write(job) -> None:
    with recorded(job):
        Path(job.output[0]).write_text("out")
        Path(job.output[1]).mkdir(exist_ok=True)
        Path(job.output[1], "1.csv").write_text("1")
        Path(job.output[1], ".snakemake_timestamp").write_text("no result")
        Path("results/t/tables/in.csv").write_text("altered while it ran")


def test_a_record_tells_what_was_read_first_and_written_last(job):
    write(job)
    (record,) = read_records(Path("results/t"))
    assert record.rule == "some"
    assert record.code == {"src/a.py": sha("a"), "script.py": sha("script")}
    assert record.given == {"config/x.csv": sha("x")}
    assert record.read == {"tables/in.csv": sha("in")}
    assert record.written == {"tables/out.csv": sha("out"), "several/1.csv": sha("1")}
    assert record.folders == ["several"]
    assert (Path("results/t") / FOLDER / "some" / "1.json").is_file()


def test_of_a_folder_that_a_rule_writes_the_folder_is_made_again(job):
    """Snakemake knows no rule for a file in it."""
    write(job)
    Path("results/t/several/1.csv").write_text("2")
    found = set(again(Path("results/t")))
    assert "results/t/several" in found and "results/t/several/1.csv" not in found


def test_parameters_change_the_hash_and_nothing_else_does(job):
    write(job)
    (first,) = read_records(Path("results/t"))
    write(job)
    (again,) = read_records(Path("results/t"))
    job.params = {"seed": 2}
    write(job)
    (other,) = read_records(Path("results/t"))
    assert first.params == again.params != other.params


def test_a_job_that_fails_leaves_none_not_even_the_last_one(job):
    write(job)
    with pytest.raises(ZeroDivisionError), recorded(job):
        raise ZeroDivisionError
    assert read_records(Path("results/t")) == []
    assert "ZeroDivisionError" in Path(job.log[0]).read_text()


def test_the_hash_of_several_is_that_of_their_lines_in_order():
    assert hash_of({"b": "2", "a": "1"}) == sha("1  a\n2  b\n")


def test_records_are_the_same_bytes_for_the_same_job(job):
    write(job)
    path = Path("results/t/records/some/1.json")
    first = path.read_bytes()
    Path("results/t/tables/in.csv").write_text("in")
    write(job)
    assert path.read_bytes() == first


def test_a_damaged_record_tells_nothing(job):
    write(job)
    path = Path("results/t/records/some/1.json")
    path.write_text(path.read_text()[:40])
    assert read_records(Path("results/t")) == []
    path.write_text('{"rule": "some", "of": "another version"}')
    assert read_records(Path("results/t")) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"rule": "x", "params": "", "written": ["a"]}',
        '{"rule": "x", "params": "", "written": {"a": 1}}',
        '{"rule": "", "params": ""}',
        '{"rule": "x", "params": "", "folders": "several"}',
        '{"rule": "x", "params": "", "read": {"\\udcff": ""}}',
        '{"rule": "x", "params": "", "given": null}',
        "[1]",
        "[" * 100_000,
    ],
)
def test_a_record_of_other_types_tells_nothing(job, text):
    write(job)
    Path("results/t/records/some/1.json").write_text(text)
    assert read_records(Path("results/t")) == []
    assert again(Path("results/t")) == {}


def test_a_folder_or_a_link_in_a_records_place_tells_nothing(job):
    write(job)
    path = Path("results/t/records/some/1.json")
    path.rename("elsewhere.json")
    path.mkdir()
    assert read_records(Path("results/t")) == []
    path.rmdir()
    path.symlink_to(Path("elsewhere.json").resolve())
    assert read_records(Path("results/t")) == []

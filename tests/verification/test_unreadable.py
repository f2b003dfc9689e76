"""Lists, tables and references that cannot be read end in one line each."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from iatrogenesis.verification.__main__ import main
from iatrogenesis.verification.again import again
from iatrogenesis.verification.again import main as main_again
from iatrogenesis.verification.verdicts import NOT
from tests.verification import jobs
from tests.verification.jobs import finished  # noqa: F401  a fixture
from tests.verification.test_verify import REFERENCE, accepted, found, study, verdicts  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("accepted")


def main_of(monkeypatch, capsys) -> tuple[int, str]:
    monkeypatch.setattr("iatrogenesis.verification.__main__.find_study", lambda chosen, folder: study())
    code = main("t")
    return code, capsys.readouterr().err


def rerun(**otherwise) -> None:
    jobs.run(**otherwise)
    jobs.manifest()


NET = "scenario,measure,value,mcse\nroutine_care,net,{},0.5\n"
BROKEN = {
    "binary sums": lambda: Path(jobs.at("SHA256SUMS")).write_bytes(b"\xff\xfe  \x00"),
    "a list for numbers": lambda: rerun(numbers="[]"),
    "numbers of numbers": lambda: rerun(numbers='{"routine_care.net": 1}'),
    "deep numbers": lambda: rerun(numbers="[" * 100_000),
    "a column less": lambda: (REFERENCE / "claims.csv").write_text("claim,value\nnet,1\n"),
    "a text": lambda: replace(REFERENCE / "claims.csv", "13.25", "many"),
    "not a number": lambda: replace(REFERENCE / "claims.csv", "13.25", "NaN"),
    "infinity": lambda: replace(REFERENCE / "claims.csv", "13.25", "inf"),
    "a claim twice": lambda: replace(REFERENCE / "claims.csv", "sd,", "net,"),
    "hashes without names": lambda: (REFERENCE / "hashes.csv").write_text("kind,hash,inputs\na,b,c\n"),
    "a text in a table": lambda: rerun(
        compare=NET.format("many"), numbers='{"routine_care.net": {"value": 1}, "b": {"value": 1}}'
    ),
}


def replace(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in BROKEN.items()])
@pytest.mark.trial(kind="refused", what="lists, numbers and references that cannot be read, by make verify")
def test_what_cannot_be_read_is_said_in_one_line(monkeypatch, capsys, change):
    change()
    code, said = main_of(monkeypatch, capsys)
    assert code == 2 and len(said.splitlines()) == 1, said


@pytest.mark.trial(kind="refused", what="a link in the place of a study's results, by make verify")
def test_results_that_lie_elsewhere_are_not_verified(monkeypatch, capsys):
    jobs.RESULTS.rename("elsewhere")
    jobs.RESULTS.symlink_to(Path("elsewhere").resolve(), target_is_directory=True)
    code, said = main_of(monkeypatch, capsys)
    assert code == 1 and "results/t: this is a link to" in said and len(said.splitlines()) == 1


def test_a_text_for_a_number_is_not_reproduced():
    rerun(
        numbers='{"routine_care.net": {"value": "13.25"}, "routine_care.intercept_only.therapist_sd": {"value": null}}'
    )
    assert verdicts(found())["net"] == verdicts(found())["sd"] == NOT


@pytest.mark.trial(kind="refused", what="a record that names {id}")
@pytest.mark.parametrize("path", ["a" * 5000, "a\0b", "/proc/self/mem"], ids=["a long path", "a NUL", "no plain file"])
def test_a_record_may_name_any_path(monkeypatch, capsys, path):
    place = jobs.RESULTS / "records" / "compare.json"
    record = json.loads(place.read_text())
    written = record["written"] | {path: ""}
    place.write_text(json.dumps(record | {"given": {path: ""}, "code": {path: ""}, "written": written}))
    assert main_of(monkeypatch, capsys) == (1, "")
    said = Path(jobs.at("verification.csv")).read_text()
    assert "has changed since" in said and "\0" not in said
    assert {jobs.SCENARIOS, str(jobs.RESULTS / path)} & again(jobs.RESULTS).keys()


@pytest.mark.trial(kind="refused", what="a record that names a terminal's commands and a spreadsheet's formula")
def test_what_a_record_names_is_shown_and_does_nothing(monkeypatch, capsys):
    place = jobs.RESULTS / "records" / "compare.json"
    record = json.loads(place.read_text())
    place.write_text(json.dumps(record | {"given": {"=1+1\x1b[2J": ""}, "rule": "\x1b[2J"}))
    monkeypatch.setattr("iatrogenesis.verification.__main__.find_study", lambda chosen, folder: study())
    assert main("t") == 1
    main_again(str(jobs.RESULTS))
    printed = capsys.readouterr()
    table = pd.read_csv(jobs.at("verification.csv"), keep_default_na=False)
    texts = [printed.out, printed.err, Path(jobs.at("verification.html")).read_text(), *table["reason"]]
    assert [text for text in texts if "\x1b" in text or text.startswith("=")] == []
    assert "./=1+1\\x1b[2J has changed since" in table["reason"].tolist()


@pytest.mark.trial(kind="altered", what="a file added whose name is not UTF-8")
def test_any_name_of_a_file_can_be_shown(monkeypatch, capsys):
    for name in (b"a\xff.csv", b"b\nc.csv"):
        Path(os.fsdecode(os.fsencode(jobs.RESULTS / "tables") + b"/" + name)).write_text("1")
    code, said = main_of(monkeypatch, capsys)
    assert (code, said) == (1, "")
    assert "a\\udcff.csv" in Path(jobs.at("verification.csv")).read_text()
    Path(jobs.at("verification.csv")).unlink()
    jobs.manifest()

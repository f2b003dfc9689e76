"""The page of trials: it lists those that there are, and says what became of each."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iatrogenesis.study.reliability_page import KINDS, name_of, page, text
from tests.conftest import ROOT
from tests.trials import COLLECTED

ROW = re.compile(r"^\| (?P<what>.*) \| (?:survived|refused|found|\*\*failed\*\*|not tried: .*) \| `(?P<test>.*)` \|$")


@pytest.fixture
def trials(request, tmp_path) -> list[dict]:
    """All trials of the project: of this run, if it collected all tests, and otherwise collected for it."""
    if (ROOT / "tests") in {Path(request.config.invocation_params.dir, arg).resolve() for arg in request.config.args}:
        return request.config.stash[COLLECTED]
    file = tmp_path / "trials.json"
    marked = [str(path) for path in sorted(ROOT.glob("tests/**/test_*.py")) if "trial(" in path.read_text("utf-8")]
    command = [sys.executable, "-m", "pytest", "-m", "trial", "--collect-only", "-q", "-n", "0", "--trials", str(file)]
    subprocess.run([*command, *marked], cwd=ROOT, capture_output=True, timeout=300, check=True)
    return json.loads(file.read_text(encoding="utf-8"))["trials"]


def listed(page: str) -> list[tuple[str, str, str]]:
    """Kind, words and test of each line of a page."""
    found, kind = [], ""
    for line in page.splitlines():
        kind = next((name for name, (heading, *_) in KINDS.items() if line == f"## {heading}"), kind)
        if row := ROW.match(line):
            found.append((kind, row["what"], row["test"]))
    return sorted(found)


def test_the_committed_page_lists_the_trials_that_there_are(trials):
    there_are = sorted({(trial["kind"], text(trial["what"]), name_of(trial)) for trial in trials})
    on_page = listed((ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))
    assert on_page == there_are, "run `make reliability`"
    assert {kind for kind, *_ in on_page} == set(KINDS)


RECORD = {
    "made": {"date": "2026-11-27", "system": "Linux x86_64", "python": "3.13.1"},
    "trials": [
        {"test": "tests/a.py::test_k[x|y]", "kind": "fault", "what": "kill | *now*\n<b>", "outcome": "passed"},
        {"test": "tests/a.py::test_d[1]", "kind": "altered", "what": "edits", "outcome": "passed"},
        {"test": "tests/a.py::test_d[2]", "kind": "altered", "what": "edits", "outcome": "failed"},
        {"test": "tests/a.py::test_d[3]", "kind": "altered", "what": "edits", "outcome": "skipped", "reason": "x"},
        {"test": "tests/a.py::test_f", "kind": "fault", "what": "disk", "outcome": "skipped", "reason": "needs root"},
        {"test": "tests/b.py::test_l", "kind": "altered", "what": "a digit", "outcome": "failed"},
    ],
}


def test_each_trial_has_its_outcome_and_each_kind_its_counts():
    written = page(RECORD, "abc")
    assert "Tried on 2026-11-27 on Linux x86_64 with Python 3.13.1, at commit abc." in written
    assert r"| kill \| \*now\* \<b\> | survived | `a.py::test_k` |" in written
    assert "| disk | not tried: needs root | `a.py::test_f` |" in written
    assert "| edits | **failed** | `a.py::test_d` |" in written
    assert "| a digit | **failed** | `b.py::test_l` |" in written
    assert (
        "| faults tried | 2 | 1 | 0 | 1 |\n| inputs tried | 0 | 0 | 0 | 0 |\n| alterations tried | 2 | 0 | 2 | 0 |"
        in written
    )
    assert len(listed(written)) == 4


def test_trials_that_were_only_collected_make_no_page():
    record = RECORD | {"trials": [RECORD["trials"][0] | {"outcome": "not run"}]}
    with pytest.raises(ValueError, match=r"test_k.*were not run"):
        page(record, "abc")

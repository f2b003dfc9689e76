"""Trials: each is found with its words, wherever it ran, and what became of it is written."""

import json
import shutil
import subprocess
import sys
import types

import pytest

from tests.conftest import ROOT
from tests.trials import trial_of

TESTS = """
import pytest

@pytest.mark.trial(kind="fault", what="a kill")
def test_survived(): pass

@pytest.mark.trial(kind="refused", what="setting {x}, {id}")
@pytest.mark.parametrize("x", [("a", 0), pytest.param("c", marks=pytest.mark.trial(kind="altered", what="one byte"))])
def test_refused(x): assert x == "c"

@pytest.mark.trial(kind="fault", what="a full disk")
def test_skipped(): pytest.skip("mount needs root")

@pytest.mark.slow
@pytest.mark.trial(kind="fault", what="a slow one")
def test_slow(): pass

@pytest.fixture
def broken(): raise OSError("no such folder")

@pytest.mark.trial(kind="fault", what="a broken fixture")
def test_broken(broken): pass

def test_other(): pass
"""


@pytest.fixture
def run(tmp_path):
    """Runs tests of a project that has the plugin, and gives what was written."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "trials.py", tmp_path / "tests" / "trials.py")
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "conftest.py").write_text('pytest_plugins = ["tests.trials"]\n', encoding="utf-8")

    def go(tests, *options):
        (tmp_path / "tests" / "test_some.py").write_text(tests, encoding="utf-8")
        file = tmp_path / "trials.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-m",
            "trial",
            "--trials",
            str(file),
            "-p",
            "no:cacheprovider",
            *options,
        ]
        subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=100, check=False)
        return json.loads(file.read_text(encoding="utf-8"))["trials"]

    return go


@pytest.mark.slow
def test_outcomes_of_workers_are_written(run):
    trials = run(TESTS, "-n", "2", "-m", "trial and not slow")
    assert [(t["kind"], t["what"], t["outcome"], t.get("reason")) for t in trials] == [
        ("fault", "a broken fixture", "failed", None),
        ("altered", "one byte", "passed", None),
        ("refused", "setting a.0, x0", "failed", None),
        ("fault", "a full disk", "skipped", "mount needs root"),
        ("fault", "a slow one", "skipped", "left out of this run"),
        ("fault", "a kill", "passed", None),
    ]


def test_without_workers_it_is_the_same(run):
    trials = run(TESTS, "-n", "0", "-m", "trial and slow")
    assert {t["what"]: t["outcome"] for t in trials} == {
        "a slow one": "passed",
        **dict.fromkeys(("a kill", "a full disk", "a broken fixture", "setting a.0, x0", "one byte"), "skipped"),
    }


def test_they_can_be_listed_without_running(run):
    trials = run(TESTS, "--collect-only", "-n", "0")
    assert {trial["outcome"] for trial in trials} == {"not run"}
    assert len(trials) == 6


@pytest.mark.parametrize(
    "marker",
    [
        pytest.mark.trial(kind="other", what="x"),
        pytest.mark.trial(kind="fault"),
        pytest.mark.trial(kind="fault", what="{id}"),
        pytest.mark.trial("fault", "x"),
    ],
    ids=["kind", "no words", "no parameters", "by place"],
)
def test_a_marker_that_says_too_little_is_refused(marker):
    item = types.SimpleNamespace(nodeid="test_a", get_closest_marker=lambda name: marker.mark)
    with pytest.raises(pytest.UsageError, match="test_a"):
        trial_of(item)

"""`make drift` runs with the lock that lies there, in a copy, and touches neither .venv nor results."""

import os
import shutil
import subprocess

import pytest

from tests.conftest import ROOT

# Notes where it is called and what the lock there says; fails as the comparison would.
PYTHON = """#!/bin/sh
echo "$*" >>"$LOG"
cat "$4/small/lock" >>"$LOG"
exit "$CODE"
"""
MAKEFILE = """report:
	mkdir -p results/$(STUDY) && cp requirements.lock results/$(STUDY)/lock
	echo "made with $(CORES) cores and $(MAKELEVEL)" >>"$(LOG)"
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "my project"
    (folder / "workflow" / "bootstrap").mkdir(parents=True)
    shutil.copy(ROOT / "workflow" / "bootstrap" / "drift", folder / "workflow" / "bootstrap" / "drift")
    for name, text in (
        ("Makefile", MAKEFILE),
        ("requirements.lock", "numpy==1 \\\nscipy==5 \\\n"),
        ("pyproject.toml", ""),
    ):
        (folder / name).write_text(text)
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    (folder / "requirements.lock").write_text("numpy==2 \\\nscipy==5 \\\n")
    return folder


@pytest.mark.parametrize("code", [0, 1])
def test_the_new_lock_runs_in_a_copy_which_is_gone_afterwards(project, tmp_path, code):
    log, scratch = tmp_path / "log", tmp_path / "scratch"
    scratch.mkdir()
    known = os.environ | {"LOG": str(log), "CODE": str(code), "TMPDIR": str(scratch)}
    command = ["sh", str(project / "workflow" / "bootstrap" / "drift"), "small", "3"]
    found = subprocess.run(command, env=known, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == code, found.stderr
    assert "numpy 1" in found.stdout and "numpy 2" in found.stdout and "scipy" not in found.stdout
    made, called, *lock = log.read_text().splitlines()
    assert made.startswith("made with 3 cores")
    assert called.startswith("-m iatrogenesis.verification.drift small ") and called.endswith("/results drift.csv")
    assert lock == ["numpy==2 \\", "scipy==5 \\"]
    assert list(scratch.iterdir()) == [] and not (project / "results").exists()

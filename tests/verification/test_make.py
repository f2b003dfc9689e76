"""``make report`` runs nothing if it cannot be said what was altered."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def made(folder: Path, again: str) -> subprocess.CompletedProcess:
    """Of a project whose Python does only this, and whose Snakemake says what it is told."""
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, does in {"python": again, "snakemake": 'echo "Snakemake $*"'}.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / ".venv" / ".installed").touch()
    command = ["make", "-o", ".venv/.installed", "report", "STUDY=tiny"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_was_altered_is_told_to_snakemake(tmp_path):
    found = made(tmp_path, "echo \"--forcerun 'a b' c\"")
    assert found.returncode == 0, found.stderr
    assert "Snakemake --forcerun a b c --config study=tiny" in found.stdout


def test_it_is_said_how_snakemake_is_asked_what_it_can_make(tmp_path):
    found = made(tmp_path, 'echo "$*"')
    assert f"verification.again results/tiny {tmp_path} .venv/bin/snakemake --config study=tiny" in found.stdout


@pytest.mark.trial(kind="refused", what="make report where it cannot be said what was altered")
def test_nothing_is_run_if_it_cannot_be_said(tmp_path):
    found = made(tmp_path, "echo --forcerun a; exit 1")
    assert found.returncode == 2 and "Snakemake" not in found.stdout
    assert "What was altered in results/tiny cannot be said" in found.stderr


def test_a_files_name_is_no_command_of_make(tmp_path):
    found = made(tmp_path, "echo \"--forcerun '\\$(shell touch evil)'\"")
    assert found.returncode == 0 and not (tmp_path / "evil").exists()
    assert "$(shell touch evil)" in found.stdout

"""`make` works in another folder where this one may not be written to."""

import os
import shutil
import subprocess

import pytest

from tests.conftest import ROOT


def said(*arguments: str) -> str:
    """What `make` would do, if all were installed."""
    if shutil.which("make") is None:
        pytest.skip("no make")
    command = ["make", "--dry-run", "--assume-old=.venv/.installed", *arguments]
    # `make test ARGS=...` hands ARGS on to each `make` below it.
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKEOVERRIDES", "ARGS")}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=alone).stdout


@pytest.mark.parametrize("target", ["report", "study", "explorer"])
def test_results_go_into_another_folder_and_are_named_there(target, tmp_path):
    elsewhere = f"{tmp_path}/für später"
    text = said(target, "STUDY=tiny", f"DIRECTORY={elsewhere}")
    assert f'--directory "{elsewhere}"' in text
    assert f"{elsewhere}/results/tiny/" in text


def test_results_stay_here_unless_told():
    text = said("report", "STUDY=tiny")
    assert "--directory" not in text and "Open results/tiny/report.html" in text

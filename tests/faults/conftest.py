"""A small workflow, in a folder whose name has a space and a letter that is not English."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT

HERE = Path(__file__).parent
SMALL = ("--config", f"root={ROOT}", "--workflow-profile", str(ROOT / "workflow" / "profiles" / "default"))

collect_ignore = ["small", "stall"]  # parts of what the tests run


@pytest.fixture
def small(tmp_path) -> Path:
    """A project of two rules."""
    folder = tmp_path / "a folder of Jürgen's"
    shutil.copytree(HERE / "small", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A small disk of its own."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can make a small disk, and only on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"this machine lets nobody make a small disk: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def bound() -> tuple[str, ...]:
    """A command before another, by which permissions count for root too."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("permissions say nothing to root, and there is no setpriv")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")

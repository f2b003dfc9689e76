"""A copy of the project in which the workflow can run without touching anybody's results."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "config", "notebooks", "scripts", "src", "workflow", "environment.yml", "pyproject.toml")

collect_ignore = ["additions"]  # parts of a copy of the project, with tests that run there

Run = Callable[..., subprocess.CompletedProcess]


def copy_project(folder: Path) -> Path:
    """Copy what the workflow needs."""
    folder.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy2(source, folder / part)
    return folder


def snakemake(project: Path, *arguments: str, timeout: int = 3600) -> subprocess.CompletedProcess:
    """Run Snakemake in a project as `make` does; the limit is for what hangs, not for busy machines."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTENSOR_FLAGS": "numba__fastmath=False"}
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """One copy, in a folder with a space in its name, because users have those."""
    return copy_project(tmp_path_factory.mktemp("a folder") / "iatrogenesis")

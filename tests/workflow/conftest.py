"""A copy of the project in which the workflow can run without touching anybody's results."""

import contextlib
import io
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "CITATION.cff",
    "Snakefile",
    "config",
    "examples",
    "notebooks",
    "profiles",
    "scripts",
    "src",
    "workflow",
    "environment.yml",
    "pyproject.toml",
)

FULL = Path("results", "reference", "full")  # which reports of other studies show

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
    if (ROOT / FULL).is_dir():
        shutil.copytree(ROOT / FULL, folder / FULL)
    return folder


def made(project: Path) -> list[str]:
    """What runs have left in a copy's results: all but the references that it was given."""
    return sorted(path.name for path in (project / "results").glob("*") if path.name != "reference")


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


# It has imported Snakemake and the library; what it forks plans in 3 core seconds, where a new Python takes 7.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [__name__, "snakemake.cli", "iatrogenesis.study.study", "iatrogenesis.report.figure_words"]
)


def plan(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Snakemake's command line in a project whose library is this one; for what starts no job."""
    # Not multiprocessing's Pool: it ends its processes by a signal, which Snakemake catches.
    with ProcessPoolExecutor(1, SERVER) as pool:
        return pool.submit(_plan, project, arguments).result()


def _plan(project: Path, arguments: tuple[str, ...]) -> subprocess.CompletedProcess:
    from snakemake.cli import main

    os.chdir(project)
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(io.StringIO()) as complained:
        try:
            main(list(arguments))
        except SystemExit as end:
            code = end.code
    return subprocess.CompletedProcess(arguments, code or 0, said.getvalue(), complained.getvalue())


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """One copy, in a folder with a space in its name, because users have those."""
    return copy_project(tmp_path_factory.mktemp("a folder") / "iatrogenesis")

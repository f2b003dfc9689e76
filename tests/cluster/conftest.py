"""A Slurm cluster on this machine, and copies of the project that run on it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster.slurm import Slurm, cluster, missing
from tests.workflow.conftest import copy_project

# Two jobs at a time, looked at often; no accounts and no accounting database.
OPTIONS = ["--profile", "workflow/profiles/slurm", "--config", "study=tiny", "--jobs", "2", "--latency-wait", "10"]
OPTIONS += ["--resources", "at_once=1", "--slurm-no-account", "--slurm-status-command", "squeue"]
OPTIONS += ["--slurm-init-seconds-before-status-checks", "3", "--seconds-between-status-checks", "3"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """For `make cluster-test`; the continuous integration runs a part."""
    parser.addoption("--whole-study", action="store_true", help="the whole tiny study on the cluster, report and all")


@pytest.fixture(scope="session")
def slurm(tmp_path_factory) -> Iterator[Slurm]:
    """The cluster."""
    if reason := missing():
        pytest.skip(reason)
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster") as found:
        yield found


class Run:
    """Snakemake on a login node, which is this machine: it submits, waits, and says how it went."""

    def __init__(self, project: Path, slurm: Slurm, *targets: str) -> None:
        self._said = project / "snakemake.out"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTENSOR_FLAGS": "numba__fastmath=False"}
        with self._said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *OPTIONS, "--", *targets],
                cwd=project,
                env=environment | slurm.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                # What is started in the background ignores Ctrl-C, and its children do.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    @property
    def said(self) -> str:
        """What Snakemake printed."""
        return self._said.read_text(errors="replace")

    def until(self, what: str, holds: Callable[[], bool], seconds: float = 600) -> None:
        """Wait until something holds while Snakemake runs."""
        end = time.monotonic() + seconds
        while not holds():
            assert self.process.poll() is None, f"ended before {what}: {self.said[-3000:]}"
            assert time.monotonic() < end, f"{what}: not after {seconds:.0f} s: {self.said[-3000:]}"
            time.sleep(0.3)

    def ended(self, seconds: float = 3600) -> int:
        """Wait until Snakemake ends; its exit code."""
        return self.process.wait(seconds)

    def cancel(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """A copy to plan in."""
    return copy_project(tmp_path_factory.mktemp("cluster") / "project")


@pytest.fixture
def fresh(tmp_path) -> Path:
    """A copy of its own, to run in."""
    return copy_project(tmp_path / "project")


@pytest.fixture
def start(slurm, fresh) -> Iterator[Callable[..., Run]]:
    """Start Snakemake in the copy; whatever still runs is ended with the test."""
    started: list[Run] = []

    def begin(*targets: str) -> Run:
        started.append(Run(fresh, slurm, *targets))
        return started[-1]

    yield begin
    for run in started:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()

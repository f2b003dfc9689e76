"""Run the rules for own data: Snakemake in a process of its own, in the folder of the results."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from iatrogenesis.core.resources import rules_of_own_data

# An interrupted run is repaired by running again; the folder's lock is our own, which no killed run leaves behind.
OPTIONS = ("--nolock", "--rerun-incomplete", "--scheduler", "greedy", "--profile", "none")
OPTIONS += ("--workflow-profile", "none")
# Parallelism is over jobs; threads inside BLAS would compete with it and change the order of sums.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LOG = "logs/snakemake.log"
GRACE = 10
"""Seconds in which Snakemake ends after Ctrl-C, if it was told of it."""
BY_SIGNAL = 128
TRACEBACK = "Traceback (most recent call last)"
NAME = re.compile(r"^(?:iatrogenesis[\w.]*|snakemake[\w.]*): ")
"""Of an error that is written for people; what others raise keeps its name."""


def require_snakemake() -> None:
    """Say what to install where the workflow cannot run.

    Raises
    ------
    click.ClickException
        If Snakemake is not there.
    """
    if importlib.util.find_spec("snakemake") is None:
        raise click.ClickException("snakemake is not installed: pip install 'iatrogenesis[workflow]'")


def run(settings: Path, folder: Path, cores: int, lock: int, more: Sequence[str] = ()) -> None:
    """Run all rules that are not up to date.

    Parameters
    ----------
    settings
        The settings file.
    folder
        ``results/<name>``, which is there.
    lock
        The open lock file, so that the folder stays locked as long as Snakemake runs.
    more
        Further arguments to Snakemake; with them, what it says is shown.

    Raises
    ------
    click.ClickException
        If a job failed, with what went wrong.
    click.exceptions.Exit
        If it was stopped, by Ctrl-C for one.
    """
    started = time.time()
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(rules_of_own_data()), *OPTIONS]
    command += ["--directory", str(folder), "--cores", str(cores)]
    # As a list: Snakemake takes quotes away and reads the rest as YAML, where a path may mean something else.
    command += ["--config", f"settings={json.dumps([str(settings.resolve())], ensure_ascii=False)}"]
    (folder / LOG).parent.mkdir(exist_ok=True)
    with (folder / LOG).open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603
            command + (list(more) or ["--quiet", "host", "progress", "reason", "rules"]),
            env=_environment(),
            pass_fds=(lock,),
            stderr=None if more else log,
        )
        with _noticed_signals(process) as signals:
            failed = _waited(process, signals)
    if failed and signals:
        raise stopped(signals[0])
    if failed:
        raise click.ClickException(f"The analysis was not finished.\n{_what_failed(folder, started)}")


def _environment() -> dict[str, str]:
    """What the jobs see: no modules of another Python, one thread each, sums in the same order everywhere."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    flags = [flag for flag in (os.environ.get("PYTENSOR_FLAGS"), "numba__fastmath=False") if flag]
    return environment | dict.fromkeys(THREADS, "1") | {"PYTENSOR_FLAGS": ",".join(flags), "PYTHONUNBUFFERED": "1"}


def stopped(number: int) -> click.exceptions.Exit:
    """Say that nothing is lost; give the exit by which shells know that a signal ended a program: 130 for Ctrl-C."""
    click.echo("Stopped. The same command goes on where it stopped.", err=True)
    return click.exceptions.Exit(BY_SIGNAL + number)


@contextmanager
def _noticed_signals(process: subprocess.Popen) -> Generator[list[int]]:
    """Note what tells this process to end, and tell Snakemake and through it its jobs.

    A terminal tells both by itself of Ctrl-C; Snakemake is told of it only where it does not end, see `_waited`.
    """
    signals: list[int] = []

    def note(number: int, _frame: object) -> None:
        signals.append(number)
        if number == signal.SIGTERM:
            process.terminate()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _waited(process: subprocess.Popen, signals: Sequence[int]) -> int:
    """Return how Snakemake ended."""
    patience = GRACE
    while True:
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            patience -= bool(signals)
            if patience == 0:  # it was not told: without, it would finish the jobs that run
                process.send_signal(signal.SIGINT)


def _what_failed(folder: Path, since: float) -> str:
    """The errors of the jobs that failed, by their logs, without tracebacks; or else what Snakemake says."""
    logs = [path for path in sorted((folder / "logs").glob("*.log")) if path.stat().st_mtime >= since]
    said = {path: _error(path.read_text(encoding="utf-8", errors="replace")) for path in logs}
    snakemake = said.pop(folder / LOG, "").partition("\n")[0]
    failed = [f"{path}:\n  {text}" for path, text in said.items() if text]
    return "\n".join(failed) or f"{folder / LOG}:\n  {snakemake or 'see there'}"


def _error(log: str) -> str:
    """What follows the last traceback of a log, without the name of the error; nothing without one."""
    _, mark, rest = log.rpartition(TRACEBACK)
    lines = rest.splitlines()[1:] if mark else []
    start = next((number for number, line in enumerate(lines) if line and not line.startswith(" ")), len(lines))
    return NAME.sub("", "\n".join(lines[start:]))

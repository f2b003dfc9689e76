"""One run at a time in a folder of results, and nothing left there of one that was killed.

A run holds a lock of the operating system, which lets go of it when the process ends, however it ends: none is left
behind that a person would have to remove. Each job holds another one, so that a run waits for jobs of the one before.
"""

import errno
import fcntl
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from iatrogenesis.core.orphans import ended_with_the_run
from iatrogenesis.core.storage import ROOM, WriteError, explaining, full

RUN = Path("logs", ".running")
JOBS = Path("logs", ".jobs")
TOKEN = "IATROGENESIS_RUN"  # noqa: S105  the variable that tells a job which run it belongs to
PATIENCE = 60.0
"""Seconds that jobs of a killed run are given to end; they notice within one, and finish what no signal interrupts."""
LEFT_OVER = re.compile(r"\..+\.\d+\.tmp")
UNLOCKABLE = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


class RunError(RuntimeError):
    """A run cannot start or go on here; the message says why, and what to do."""


def hold(folder: Path, patience: float = PATIENCE) -> int:
    """Keep other runs out of a folder of results until this process ends, and clear what a killed one left there.

    Parameters
    ----------
    folder
        ``results/<name>``; made if it is not there.
    patience
        Seconds to wait for jobs of a run that was killed.

    Returns
    -------
    int
        The open lock file. The folder is held until the last process that has it open closes it or ends.

    Raises
    ------
    RunError
        If another run is going on there, or jobs of one that was killed do not end.
    WriteError
        If the folder may not be written to, or the disk is full.
    """
    run = _opened(folder / RUN)
    lockable = _locked(run, fcntl.LOCK_EX)
    if lockable is False:
        said = _record(folder)
        os.close(run)
        raise RunError(_refusal(folder, said))
    try:
        if said := full(folder, ROOM):
            raise WriteError(said)
        if lockable:
            _wait_for_jobs(folder, patience)
            clear(folder)
        else:
            print(f"Warning: files in {folder} cannot be locked: nothing keeps a second run out. Start one at a time.")
        token = json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": _now()})
        with explaining(folder / RUN):
            os.ftruncate(run, 0)
            os.pwrite(run, token.encode(), 0)
    except (OSError, RunError):
        os.close(run)
        raise
    os.environ[TOKEN] = token
    return run


def clear(folder: Path) -> list[Path]:
    """Delete and name files that a killed job left half-written; only for whoever holds the folder."""
    found = [path for path in sorted(folder.rglob(".*.tmp")) if LEFT_OVER.fullmatch(path.name)]
    for path in found:
        path.unlink(missing_ok=True)
    if found:
        print(f"Deleted {len(found)} half-written files that a killed run had left, such as {found[0]}", flush=True)
    return found


@contextmanager
def part_of_a_run(log: Path) -> Generator[None]:
    """Let the next run wait for this job, and end it with the run that began it.

    Parameters
    ----------
    log
        The job's log file; where no run holds the folder that it is in, nothing happens.

    Raises
    ------
    RunError
        If the run that began the job has ended and another has taken its place.
    """
    logs = _logs_of(log)
    if logs is None:
        yield
        return
    jobs = _opened(logs / JOBS.name)  # for reading too, or a network's file system would not lock it
    with os.fdopen(jobs, "rb"), ended_with_the_run():
        _locked(jobs, fcntl.LOCK_SH)
        mine = os.environ.get(TOKEN)
        if mine is not None and mine != (logs / RUN.name).read_text(encoding="utf-8"):
            raise RunError(f"{log}: the run that began this job has ended, and another has begun: nothing is written.")
        yield


def discard(error: Exception, log: Path) -> None:
    """Delete the damaged result that an error is about, so that the next run makes it again, and say so in the error.

    Parameters
    ----------
    error
        What a job raised; nothing happens unless it names a ``damaged`` file or folder among the results.
    log
        The job's log file: results lie beside its folder of logs. What lies elsewhere no run would make again.
    """
    damaged, logs = getattr(error, "damaged", None), _logs_of(log)
    if damaged is None or logs is None or not damaged.resolve().is_relative_to(logs.parent.resolve()):
        return
    if damaged.is_dir():
        shutil.rmtree(damaged)
    else:
        damaged.unlink(missing_ok=True)
    error.add_note(f"{damaged} has been deleted: give the same command again, which makes it anew.")


def _logs_of(log: Path) -> Path | None:
    return next((folder for folder in log.absolute().parents if (folder / RUN.name).is_file()), None)


def _opened(path: Path) -> int:
    with explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _locked(file: int, how: int) -> bool | None:
    """Whether a lock was to be had; None where the file system has none."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in UNLOCKABLE:
            return None
        raise
    return True


def _wait_for_jobs(folder: Path, patience: float) -> None:
    file = _opened(folder / JOBS)
    try:
        end = time.monotonic() + patience
        if _locked(file, fcntl.LOCK_EX) is False:
            print(f"{folder}: waiting for jobs of a run that was killed to end", flush=True)
        while _locked(file, fcntl.LOCK_EX) is False:
            if time.monotonic() > end:
                raise RunError(
                    f"{folder}: the run before was killed, and jobs that it began still go on after {patience:.0f} s. "
                    "Wait for them, or end them (on a cluster, by its own command, such as `scancel`); then give the "
                    "same command again."
                )
            time.sleep(0.1)
    finally:
        os.close(file)


def _record(folder: Path) -> dict:
    """What the run that holds a folder says of itself; nothing where it has not yet."""
    try:
        return json.loads((folder / RUN).read_text(encoding="utf-8"))
    except ValueError:
        return {}


def _refusal(folder: Path, said: dict) -> str:
    if not said:
        return f"{folder}: another run is just beginning there. Wait for it, or end it."
    process, host = said["process"], said["host"]
    here = host == socket.gethostname()
    who = f"process {process}{'' if here else f' on {host}'}, since {said['since']}"
    if here and not _runs(process):
        return f"{folder}: another run ({who}) was ended there, but what it began goes on. Wait for it, or end it."
    return (
        f"{folder}: another run is going on there ({who}). Wait for it, or end it (`kill {process}`"
        f"{'' if here else f' on {host}'}); then give the same command again. Two studies can run side by side: each "
        "has a folder of its own."
    )


def _runs(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(sep=" ", timespec="seconds")

"""Runs that something happens to: started, stopped at the worst moment, killed, and given again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

STALL = Path(__file__).parent / "stall"
LIMIT = 600.0  # seconds, for what hangs and not for busy machines


class Run(NamedTuple):
    """A run whose job waits with its output half-written."""

    process: subprocess.Popen
    job: int
    half: Path

    def end(self, how: signal.Signals, group: bool = False) -> int:
        """Send a signal to Snakemake, or to all that it has started too; return its exit code when it is gone."""
        (os.killpg if group else os.kill)(self.process.pid, how)
        return self.process.wait(LIMIT)


def waited(condition: Callable[[], object]) -> bool:
    """Whether something comes about before long."""
    end = time.monotonic() + LIMIT
    while not (found := bool(condition())) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def gone(process: int) -> bool:
    """Whether a process has ended, also where nobody has asked how."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def environment(**more: str) -> dict[str, str]:
    """As `make` gives it, without what pytest adds."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "IATROGENESIS"))}
    return plain | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | more


def command(*arguments: str) -> list[str]:
    """Snakemake, by this Python."""
    return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]


def run(folder: Path, *arguments: str, before: tuple[str, ...] = (), **more: str) -> tuple[int, str]:
    """Run to the end; exit code and all that was said."""
    found = subprocess.run(
        [*before, *command(*arguments)],
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return found.returncode, found.stdout


@contextlib.contextmanager
def begun(folder: Path, *arguments: str, until: Callable[[], object], **more: str) -> Iterator[subprocess.Popen]:
    """Begin a run and wait until something has come about; afterwards nothing of the run is left."""
    said = folder / "said"
    with said.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command(*arguments),
            cwd=folder,
            env=environment(**more),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        assert waited(lambda: until() or process.poll() is not None)
        assert until(), said.read_text(encoding="utf-8")
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def stalled(folder: Path, pattern: str, *arguments: str) -> Iterator[Run]:
    """Begin a run and wait until it has half-written what matches."""
    mark = folder / "stalled"
    mark.unlink(missing_ok=True)
    paths = os.pathsep.join(filter(None, (str(STALL), os.environ.get("PYTHONPATH"))))
    more = {"PYTHONPATH": paths, "STALL": pattern, "STALLED": str(mark)}
    with begun(folder, *arguments, until=mark.exists, **more) as process:
        job, half = mark.read_text(encoding="utf-8").split("\n")
        yield Run(process, int(job), Path(half))


def started_by(process: subprocess.Popen) -> list[int]:
    """Those processes of a run that have not ended."""
    found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in found if pid != process.pid and _session(pid) == process.pid and not gone(pid)]


def _session(process: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(process)
    return None


def half_written(folder: Path) -> list[Path]:
    """What killed jobs left."""
    return sorted(folder.rglob(".*.tmp"))

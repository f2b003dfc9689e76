"""Output of a job goes to the terminal and to its log, with the traceback if it fails, and what it cost."""

import re
import resource
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

from iatrogenesis.core.running import discard, part_of_a_run
from iatrogenesis.core.storage import explaining


class _Both:
    """A stream that writes to two; the second may fail: of a full disk the job tells itself."""

    def __init__(self, first: TextIO, second: TextIO) -> None:
        self.streams = (first, second)

    def write(self, text: str) -> int:
        self.streams[0].write(text)
        with suppress(OSError):
            self.streams[1].write(text)
        return len(text)

    def flush(self) -> None:
        self.streams[0].flush()
        with suppress(OSError):
            self.streams[1].flush()


@contextmanager
def logged(path: Path | str) -> Generator[None]:
    """Copy standard output and error of the block into a file, which ends with the core seconds of the process.

    Where the log lies among results, the block is a part of the run that makes them: it ends with that run, and deletes
    a result that it found damaged.
    """
    path = Path(path)
    with part_of_a_run(path), _writable(path) as log:
        out, err = _Both(sys.stdout, log), _Both(sys.stderr, log)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                yield
            except Exception as error:
                discard(error, path)
                with suppress(OSError):
                    log.write(traceback.format_exc())
                raise
        with explaining(path):
            log.write(f"{COST}{_core_seconds():.2f}\n")
            log.flush()


@contextmanager
def _writable(path: Path) -> Generator[TextIO]:
    """Open a log; what cannot be written when it is closed, has been told before."""
    with explaining(path):
        log = path.open("w", encoding="utf-8")
    try:
        yield log
    finally:
        with suppress(OSError):
            log.close()


COST = "Core seconds: "


def _core_seconds() -> float:
    """Of this process since it began, imports included, and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def cost_of(path: Path) -> float | None:
    """Core seconds that a log ends with; None where the job has not ended well."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    found = re.search(rf"^{COST}([0-9.]+)\n\Z", text, re.MULTILINE)
    return float(found[1]) if found else None

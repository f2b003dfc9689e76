"""Output of a job goes to the terminal and to its log, with the traceback if it fails, and what it cost."""

import re
import resource
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO


class _Both:
    """A stream that writes to two."""

    def __init__(self, first: TextIO, second: TextIO) -> None:
        self.streams = (first, second)

    def write(self, text: str) -> int:
        for stream in self.streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        for stream in self.streams:
            stream.flush()


@contextmanager
def logged(path: Path | str) -> Generator[None]:
    """Copy standard output and error of the block into a file, which ends with the core seconds of the process."""
    with Path(path).open("w", encoding="utf-8") as log:
        out, err = _Both(sys.stdout, log), _Both(sys.stderr, log)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                yield
            except Exception:
                log.write(traceback.format_exc())
                raise
            log.write(f"{COST}{_core_seconds():.2f}\n")


COST = "Core seconds: "


def _core_seconds() -> float:
    """Of this process since it began, imports included, and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def cost_of(path: Path) -> float | None:
    """Core seconds that a log ends with; None where the job has not ended well."""
    found = (
        re.search(rf"^{COST}([0-9.]+)\n\Z", path.read_text(encoding="utf-8"), re.MULTILINE) if path.is_file() else None
    )
    return float(found[1]) if found else None

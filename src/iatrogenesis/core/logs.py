"""What a job says goes to the terminal and to its log, with the traceback if it fails."""

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
    """Copy standard output and error of the block into a file."""
    with Path(path).open("w", encoding="utf-8") as log:
        out, err = _Both(sys.stdout, log), _Both(sys.stderr, log)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                yield
            except Exception:
                log.write(traceback.format_exc())
                raise

"""Why a file could not be written, for whoever can change that: the disk is full, or may not be written to."""

import errno
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM)
LITTLE = 100_000
"""Bytes: with so few left, whatever library failed to write has failed for want of space, whatever it says."""
ROOM = 5_000_000
"""Bytes that have to be free for a run to begin: it would soon fail, and Snakemake has no words for that."""
ELSEWHERE = "have results elsewhere (`make report DIRECTORY=path`, `iatrogenesis analyse --out path`)."
GO_ON = "Make room there, then give the same command again: it goes on from where it stopped."


class WriteError(OSError):
    """A file could not be written; the message says which, why, and what to do."""


def full(folder: Path, least: int = LITTLE) -> str | None:
    """Say that fewer bytes than ``least`` are free where a folder is, and what to do; None if there are as many."""
    free = shutil.disk_usage(_there(folder / "file")).free
    if free >= least:
        return None
    return f"The disk is full ({free / 1e6:.1f} MB free in {folder}). {GO_ON}"


@contextmanager
def explaining(path: Path | str) -> Generator[None]:
    """Say of an error in the block why the file could not be written, where space or permission was missing.

    Raises
    ------
    WriteError
        Instead of what the system or a library says.
    """
    try:
        yield
    except WriteError:
        raise
    except Exception as error:
        if said := reason(path, error):
            raise WriteError(said) from error
        raise


def reason(path: Path | str, error: BaseException) -> str | None:
    """Say why a file could not be written, and what to do.

    Parameters
    ----------
    path
        The file that was to be written.
    error
        What was raised. Libraries in C hide the system's error number, so the free space is looked at too.

    Returns
    -------
    str or None
        None if neither space nor permission was missing: then the error says itself what was wrong.
    """
    folder = _there(Path(path))
    number, free = getattr(error, "errno", None), shutil.disk_usage(folder).free
    if number in FULL or (free < LITTLE and isinstance(error, (OSError, RuntimeError))):
        whose = "your quota on this disk is used up" if number == errno.EDQUOT else "the disk is full"
        return f"{path} was not written: {whose} ({free / 1e6:.1f} MB free in {folder}). {GO_ON}"
    if number == errno.EROFS:
        return f"{path} was not written: the file system of {folder} is read-only. Mount it for writing, or {ELSEWHERE}"
    if number in FORBIDDEN:
        return (
            f"{path} was not written: user {os.geteuid()} may not write to {_forbidden(folder, Path(path))}. Ask its "
            f"owner, or, if that is you, `chmod u+w` it; or {ELSEWHERE}"
        )
    return None


def _there(path: Path) -> Path:
    """The nearest folder above a path that is there."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _forbidden(folder: Path, path: Path) -> Path:
    return path if os.access(folder, os.W_OK) and path.exists() else folder

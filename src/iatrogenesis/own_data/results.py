"""The folder of an analysis's results: it belongs to one settings file, and to one run at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.tables import DataError

MARK = ".made_from"
LOCK = ".running"


def claim(folder: Path, settings: Path) -> None:
    """Make the folder of results, and keep in it which settings file it belongs to.

    Parameters
    ----------
    folder
        ``results/<name>``.
    settings
        The settings file; kept relative to the folder, so that both can be moved together.

    Raises
    ------
    DataError
        If the folder was made from another settings file, or holds something else.
    """
    mine = os.path.relpath(settings.resolve(), folder.resolve())
    mark = folder / MARK
    if mark.is_file():
        made_from = mark.read_text(encoding="utf-8").strip()
        if made_from != mine:
            other = os.path.normpath(folder / made_from)
            raise DataError(
                f"{folder} holds the results of {other}, not of {settings}. Give your analysis another `name`, or "
                "delete that folder if you no longer need it."
            )
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            f"{folder} is there already and was not made by this command. Give your analysis another `name`, or move "
            "that folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_text(f"{mine}\n", mark)


@contextmanager
def alone(folder: Path) -> Generator[int]:
    """Keep other runs out of a folder; gives the number of the open lock file, to be handed to child processes.

    The system lets go of the lock when the last process that has it open ends, however it ends: none is left behind.

    Raises
    ------
    DataError
        If another run is going on there.
    """
    with (folder / LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip()
            process = f" (process {who})" if who else ""
            ended = " It was ended, but jobs that it began go on." if who.isdigit() and not _runs(int(who)) else ""
            raise DataError(
                f"{folder}: another run is going on there{process}.{ended} Wait for it, or end it."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield lock.fileno()


def _runs(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

"""The folder of an analysis's results: it belongs to one settings file, and to one run at a time."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.core.running import RunError, hold
from iatrogenesis.core.tables import DataError

MARK = ".made_from"


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
        If the folder was made from another settings file, holds something else, or is a link.
    """
    if folder.is_symlink():
        raise DataError(
            f"{folder}: this is a link to {folder.readlink()}. Remove it, or give your analysis another `name`."
        )
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

    Raises
    ------
    DataError
        If another run is going on there.
    """
    try:
        lock = hold(folder)
    except RunError as error:
        raise DataError(str(error)) from None
    try:
        yield lock
    finally:
        os.close(lock)

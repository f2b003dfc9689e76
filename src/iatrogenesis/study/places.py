"""Where the files that a study names may lie: in the project, or in the folder ``shared`` beside it.

A study may come from somebody else. It must not read what else lies on the machine, whose lines an error would show.
"""

from os.path import normpath
from pathlib import Path, PurePosixPath

SHARED = "shared"  # data that several projects use
WHERE = f"put the file in the project, or in the folder {SHARED!r} beside it"


def check_path(path: str) -> str:
    """Return the path of a file if it can lie in one of these places.

    Raises
    ------
    ValueError
        If it is absolute or leads elsewhere.
    """
    if Path(path).is_absolute():
        raise ValueError("give the path relative to the project, so that others can use the file too")
    if not path.isprintable() or not path.strip():
        raise ValueError("give the path of a file, in printable letters")
    if set(path) & set("{}"):
        raise ValueError("a path with { or } is a pattern to Snakemake; rename the file")
    parts = PurePosixPath(normpath(path)).parts
    if parts[:1] == ("..",) and (parts[1:2] != (SHARED,) or len(parts) < 3):
        raise ValueError(f"this leads out of the project; {WHERE}")
    return path


def check_place(path: str, root: Path) -> None:
    """Refuse a link, or a folder that is one, that leads out of these places; and what is neither file nor folder.

    Raises
    ------
    ValueError
        Saying which path, and where to put the file.
    """
    file = (root / path).resolve()
    if not any(file.is_relative_to(place.resolve()) for place in (root, root / ".." / SHARED)):
        raise ValueError(f"{path}: this is a link that leads out of the project; {WHERE}")
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise ValueError(f"{path}: this is no file, but a pipe or a device; {WHERE}")


def is_there(path: Path) -> bool:
    """Whether there is such a file; what cannot be the name of one is none."""
    try:
        return path.is_file()
    except OSError:
        return False

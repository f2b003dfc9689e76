"""The folder of a study's results is named after it: it must be no other study's, and lie where results lie."""

from pathlib import Path

from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.own_data.results import MARK
from iatrogenesis.study.sources import study_names

REFERENCE = "reference"
"""Folder of `results/` that holds the accepted results of the project's own studies, and is committed."""


def taken(name: str, source: Path | None, folder: Path) -> str | None:
    """Return why a study must not have a name, or None.

    Parameters
    ----------
    source
        The study's file; None if it was given by its content.
    folder
        The folder `config/`, whose studies own their names, however they are written: some machines tell no large
        letters from small ones.
    """
    if name.casefold() == REFERENCE:
        return f"results/{REFERENCE} holds the accepted results; choose another name"
    for known in study_names(folder):
        path = folder / f"{known}.yaml"
        if known.casefold() == name.casefold() and (source is None or source.resolve() != path.resolve()):
            return f"{name!r} would write over the results of {path}; choose another name"
    return None


def check_folder(name: str, results: Path) -> None:
    """Refuse a study whose results would lie elsewhere than in a folder of its own below ``results``.

    Raises
    ------
    ConfigError
        If that folder is a link, no folder, or one with an analysis of own data; or if there is one whose name differs
        only in large and small letters.
    """
    own = results / name
    if own.is_symlink():
        raise ConfigError(f"{own}: this is a link to {own.readlink()}; remove it, or give the study another name")
    if own.exists() and not own.is_dir():
        raise ConfigError(f"{own}: this is a file, where the results' folder would be; move it away")
    if (own / MARK).is_file():
        raise ConfigError(
            f"{own}: this holds an analysis of own data; give the study another name, or move that folder"
        )
    for other in results.iterdir() if results.is_dir() else ():
        if other.name != name and other.name.casefold() == name.casefold():
            raise ConfigError(f"{other}: this differs from {name!r} only in large and small letters; rename one")

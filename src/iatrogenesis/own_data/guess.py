"""Look at files and guess which column is what."""

from collections.abc import Sequence
from pathlib import Path


def guess(paths: Sequence[Path]) -> dict:
    """Return what each column of the files is taken for, why, and what else it could be."""
    raise NotImplementedError


def written(guessed: dict, path: Path) -> None:
    """Write a settings file with comments."""
    raise NotImplementedError

"""Which state of the project made a result."""

import subprocess
from pathlib import Path


class NoHistory(RuntimeError):
    """Git cannot say: there is no checkout, no git, or not enough of the history."""


def git_commit(root: Path) -> str:
    """Short commit of the checkout at ``root``; ``unknown`` outside a checkout or without git."""
    try:
        return git(root, "rev-parse", "--short=10", "HEAD").strip()
    except NoHistory:
        return "unknown"


def git_changes(root: Path) -> list[str] | None:
    """Tracked files of the checkout at ``root`` that are not as committed, sorted; None where git cannot say."""
    try:
        found = git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no")
    except NoHistory:
        return None
    return sorted(line[3:] for line in found.split("\0") if line)


def git(root: Path, *arguments: str) -> str:
    """What git says of the checkout at ``root``.

    Raises
    ------
    NoHistory
        If it cannot say, or not within ten seconds.
    """
    try:
        return subprocess.run(  # noqa: S603  a fixed command
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise NoHistory(f"git {' '.join(arguments)}: {str(said).strip()}") from None

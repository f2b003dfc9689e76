"""Which state of the project made a result."""

import subprocess
from pathlib import Path


def git_commit(root: Path) -> str:
    """Short commit of the checkout at ``root``; ``unknown`` outside a checkout or without git."""
    found = _git(root, "rev-parse", "--short=10", "HEAD")
    return "unknown" if found is None else found.strip()


def git_changes(root: Path) -> list[str] | None:
    """Tracked files of the checkout at ``root`` that are not as committed, sorted; None where git cannot say."""
    found = _git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no")
    return None if found is None else sorted(line[3:] for line in found.split("\0") if line)


def _git(root: Path, *arguments: str) -> str | None:
    try:
        return subprocess.run(  # noqa: S603  a fixed command
            ["git", "-C", str(root), *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None

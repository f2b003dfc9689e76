"""Which state of the project made a result."""

import subprocess
from pathlib import Path


def git_commit(root: Path) -> str:
    """Short commit of the checkout at ``root``; ``unknown`` outside a checkout or without git."""
    try:
        found = subprocess.run(  # noqa: S603  a fixed command
            ["git", "-C", str(root), "rev-parse", "--short=10", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()

"""Stops a job at the worst moment: its output is written under a temporary name, and has not got its own yet.

Python imports this first where the folder is on its path. What to stop at is a pattern in the variable ``STALL``; the
file that ``STALLED`` names then says which process waits, and with what.
"""

import os
import re
import time
from pathlib import Path

if pattern := os.environ.get("STALL"):
    sync = os.fsync

    def stalled(file: int) -> None:
        """Wait instead, if it is that file."""
        path = Path(f"/proc/self/fd/{file}").readlink()
        if re.search(pattern, path.name):
            Path(os.environ["STALLED"]).write_text(f"{os.getpid()}\n{path}", encoding="utf-8")
            time.sleep(600)
        sync(file)

    os.fsync = stalled

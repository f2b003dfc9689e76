"""Refuse notebooks that were saved with outputs: the workflow makes those, and other changes would hide among them."""

import json
import sys
from pathlib import Path


def left_in(path: Path) -> list[str]:
    """Return what each cell of a notebook still has of a run, a line each."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        f"{path}: cell {number} was saved with its output; clear all outputs and save again"
        for number, cell in enumerate(cells, start=1)
        if cell.get("outputs") or cell.get("execution_count")
    ]


if __name__ == "__main__":
    problems = [line for path in sys.argv[1:] for line in left_in(Path(path))]
    sys.exit("\n".join(problems) or None)

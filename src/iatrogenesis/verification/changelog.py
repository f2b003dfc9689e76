"""Published numbers do not move silently: the changelog names each claim that did.

A claim of ``results/reference/<study>/claims.csv`` may have another value than in the last release or, before there
was one, than before the last commit that changed the file. Then a new line under ``### Results`` of the changelog names
it, by its id in backticks or by a pattern such as ``net_*``.
"""

import io
import re
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.report.provenance import git

TOLERANCE = 1e-6
"""Relative difference that still counts as the same number: the last digits of logarithms."""


def unnamed(root: Path) -> list[str]:
    """Claims that moved and that no new line under Results names, as ``study: claim, old to new value``.

    Raises
    ------
    NoHistory
        If there is no git, or not enough of its history.
    """
    found = []
    for path in sorted((root / "results" / "reference").glob("*/claims.csv")):
        name = path.relative_to(root).as_posix()
        base = _base(root, name)
        before = _at(root, base, name)
        if before is None:
            continue  # kept for the first time
        told = new_lines(_at(root, base, "CHANGELOG.md") or "", (root / "CHANGELOG.md").read_text(encoding="utf-8"))
        for claim, (old, new) in moved(before, path.read_text(encoding="utf-8")).items():
            if not any(fnmatchcase(claim, pattern) for pattern in told):
                found.append(f"{path.parent.name}: {claim}, {old:.6g} to {new:.6g}")
    return found


def moved(before: str, now: str) -> dict[str, tuple[float, float]]:
    """Claims with another value, or which are only in one of two tables: old and new value, not-a-number for none."""
    then, found = (pd.read_csv(io.StringIO(text)).set_index("claim")["value"] for text in (before, now))
    both = pd.DataFrame({"then": then, "now": found})
    same = np.isclose(both["then"], both["now"], rtol=TOLERANCE, atol=0.0)
    return {str(claim): (row["then"], row["now"]) for claim, row in both[~same].iterrows()}


def new_lines(before: str, now: str) -> set[str]:
    """What stands in backticks under Results of the newest version, in lines that were not there before."""
    there = set(before.splitlines())
    added = [line for line in results_of_newest(now) if line not in there]
    return {name for line in added for name in re.findall(r"`([^`]+)`", line)}


def results_of_newest(changelog: str) -> list[str]:
    """Lines under ``### Results`` of the version that stands first."""
    _, _, rest = changelog.partition("\n## ")
    newest, _, _ = rest.partition("\n## ")
    _, _, section = newest.partition("\n### Results\n")
    return section.partition("\n### ")[0].splitlines()


def _base(root: Path, name: str) -> str:
    """The commit to compare with: the last release; before there is one, what was before the file's last change."""
    if tag := git(root, "tag", "--list", "v*", "--merged", "HEAD", "--sort=-creatordate").split("\n")[0]:
        return tag
    if git(root, "status", "--porcelain=v1", "--", name):
        return "HEAD"
    last = git(root, "log", "-1", "--format=%H", "--", name).strip()
    return git(root, "rev-parse", f"{last}^").strip()


def _at(root: Path, commit: str, name: str) -> str | None:
    """A file as it was at a commit, or None if it was not there."""
    listed = git(root, "ls-tree", "--name-only", commit, "--", name)
    return git(root, "show", f"{commit}:{name}") if listed else None

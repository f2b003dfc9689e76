"""Bring what is committed of results up to date: pictures that README.md shows, tables and values held to later runs.

Of the studies tiny and default, or of those that are named.
"""

import shutil
import sys
from pathlib import Path

from iatrogenesis.study.study import find_study
from iatrogenesis.verification.reference import CLAIMS, HASHES, keep

ROOT = Path(__file__).resolve().parents[2]
RESULTS, REFERENCE = ROOT / "results", ROOT / "results" / "reference"
# By study: each folder here, what is in it, and where the workflow makes that.
MADE = {
    "default": (REFERENCE, "*.png", RESULTS / "default" / "figures"),
    "tiny": (REFERENCE / "tiny", "*.csv", RESULTS / "tiny" / "tables"),
}
COST = {REFERENCE / "cost.csv": RESULTS / "default" / "tables" / "cost.csv"}
APART = {"explorer.png", CLAIMS, HASHES}  # a photograph (make screenshot), and what is kept for `make verify`


def copies(study: str) -> dict[Path, Path]:
    """What is committed of a study, and what it is a copy of."""
    folder, pattern, made = MADE[study]
    found = {old: made / old.name for old in sorted(folder.glob(pattern)) if old.name not in APART}
    return found | (COST if study == "default" else {})


if __name__ == "__main__":
    for study in sys.argv[1:] or MADE:
        if missing := [path for path in copies(study).values() if not path.is_file()]:
            sys.exit(f"{missing[0].relative_to(ROOT)} is not there: `make report STUDY={study}` first")
        keep(find_study({"study": study}, ROOT / "config"), RESULTS / study, REFERENCE / study)
        pairs = copies(study).items()
        changed = [old for old, new in pairs if not old.is_file() or old.read_bytes() != new.read_bytes()]
        for old in changed:
            shutil.copyfile(copies(study)[old], old)
        print(f"{study}: {len(changed)} of {len(pairs)} files changed")
        print("".join(f"  {old.relative_to(ROOT)}\n" for old in changed), end="")

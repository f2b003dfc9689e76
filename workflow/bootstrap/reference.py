"""Bring what is committed of the results up to date: pictures that README.md shows, tables that a test holds to."""

import shutil
import sys
from pathlib import Path

from iatrogenesis.study.study import find_study
from iatrogenesis.verification.reference import CLAIMS, HASHES, keep

ROOT = Path(__file__).resolve().parents[2]
RESULTS, REFERENCE = ROOT / "results", ROOT / "results" / "reference"
# Each folder here, what is in it, and where the workflow makes that.
MADE = {
    REFERENCE: ("*.png", RESULTS / "default" / "figures"),
    REFERENCE / "tiny": ("*.csv", RESULTS / "tiny" / "tables"),
}
COST = {REFERENCE / "cost.csv": RESULTS / "default" / "tables" / "cost.csv"}
APART = {"explorer.png", CLAIMS, HASHES}  # a photograph (make screenshot), and what is kept for `make verify`

if __name__ == "__main__":
    copies = {
        old: made / old.name
        for folder, (pattern, made) in MADE.items()
        for old in sorted(folder.glob(pattern))
        if old.name not in APART
    } | COST
    if missing := [path for path in copies.values() if not path.is_file()]:
        sys.exit(f"{missing[0].relative_to(ROOT)} is not there: `make report` and `make report STUDY=tiny` first")
    changed = [old for old, new in copies.items() if not old.is_file() or old.read_bytes() != new.read_bytes()]
    for old in changed:
        shutil.copyfile(copies[old], old)
    for name in ("tiny", "default"):
        keep(find_study({"study": name}, ROOT / "config"), RESULTS / name, REFERENCE / name)
    print(f"{len(changed)} of {len(copies)} files changed" + "".join(f"\n  {old.relative_to(ROOT)}" for old in changed))

"""Which results have to be made again though Snakemake, which looks at times, would not.

Run as a module (``python -m iatrogenesis.verification.again results/tiny``) it prints the option of Snakemake that does
so, or nothing, and says on standard error why.
"""

import sys
from pathlib import Path

from iatrogenesis.verification.chain import ADDED, Chain


def again(results: Path) -> dict[str, str]:
    """Files to make again, each with the reason."""
    faults = Chain(results).faults()
    return {str(results / fault.path): f"{fault.kind}: {fault.says}" for fault in faults if fault.kind != ADDED}


def main(results: str) -> None:
    """Print the option."""
    found = again(Path(results))
    for path, reason in list(found.items())[:SHOWN]:
        print(f"Made again: {path} is {reason}", file=sys.stderr)
    if len(found) > SHOWN:
        print(f"and {len(found) - SHOWN} more", file=sys.stderr)
    if found:
        print("--forcerun", *found)


SHOWN = 5

if __name__ == "__main__":
    main(*sys.argv[1:])

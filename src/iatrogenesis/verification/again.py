"""Which results have to be made again though Snakemake, which looks at times, would not.

Run as a module (``python -m iatrogenesis.verification.again results/tiny``) it prints the option of Snakemake that does
so, or nothing, and says on standard error why.
"""

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from iatrogenesis.verification.chain import ADDED, Chain, Fault, odd
from iatrogenesis.verification.lists import MANIFEST_RECORD, SUMS, printable

SHOWN, MOST = 5, 300
"""How many are said, and how many are named by their files; of more, whole rules are run again."""


class InTheWayError(RuntimeError):
    """What is to be made again cannot be written, or would be written elsewhere than into the results."""


def in_the_way(chain: Chain) -> Iterator[str]:
    """What has to be removed before anything is run; a linked folder, too: Snakemake would write over what is there."""
    results, paths = chain.results, {*chain.makers, *chain.targets}
    folders = {folder for path in paths for folder in Path(path).parents}
    for link in odd(results):
        if Path(link) in folders:
            yield f"{results / link}: this is a link to {(results / link).readlink()}, and results would go there"
    for path in paths:
        if _is(Path.is_dir, results / path) and not _is(Path.is_symlink, results / path):
            yield f"{results / path}: this is a folder, where a file belongs"
    for folder in folders:
        if _is(Path.is_file, results / folder):
            yield f"{results / folder}: this is a file, where a folder belongs"


def _is(kind: Callable[[Path], bool], path: Path) -> bool:
    """Whether there is such a file or folder; what cannot be a name is none."""
    try:
        return kind(path)
    except (OSError, ValueError):
        return False


def again(results: Path) -> dict[str, str]:
    """What to make again, files or rules, each with the reason; one file a job says enough.

    Raises
    ------
    InTheWayError
        If something has to be removed first.
    """
    chain, found, seen = Chain(results), {}, set()
    if said := sorted(in_the_way(chain)):
        raise InTheWayError("; remove it\n".join([*said, ""]).rstrip())
    for fault in chain.faults():
        job = id(chain.makers.get(fault.path, fault))
        if fault.kind != ADDED and job not in seen:
            seen.add(job)
            found[fault] = printable(f"{results / fault.path}: {fault.kind}, {fault.says}")
    if len(found) > MOST:
        return {_rule(fault) or str(results / fault.path): reason for fault, reason in found.items()}
    return {str(results / _output(chain, fault.path)): reason for fault, reason in found.items()}


def _rule(fault: Fault) -> str:
    """The rule, if that can be a rule's name: a record may say anything, an option of Snakemake among it."""
    return fault.rule if fault.rule.isidentifier() else ""


def _output(chain: Chain, path: str) -> str:
    """What Snakemake knows a file by: the folder that a rule writes, if it is in one; of a record, what it is about."""
    if path == MANIFEST_RECORD:
        return SUMS
    maker = chain.makers.get(path)
    folders = maker.folders if maker else []
    return next((folder for folder in folders if Path(path).is_relative_to(folder)), path)


def known(command: Sequence[str], where: str) -> set[str]:
    """Files and rules of the present workflow, as Snakemake tells by ``--summary``; none if it cannot."""
    asked = [*command, "--summary"]  # what make was given, and no result says
    found = subprocess.run(asked, cwd=where, capture_output=True, text=True, check=False)  # noqa: S603
    lines = found.stdout.splitlines() if not found.returncode else []
    return {word for line in lines if line.count("\t") >= 2 for word in line.split("\t")[:3:2]}


def main(results: str, where: str = "", *command: str) -> None:
    """Print the option.

    Parameters
    ----------
    results
        Folder of the study.
    where, command
        The folder and the command by which Snakemake is asked what it can make: it would end if told to make what an
        earlier workflow left over, or somebody put there with a record.
    """
    try:
        found = again(Path(results))
    except InTheWayError as error:
        sys.exit(str(error))
    able = known(command, where) if found and command else set()
    for one in [one for one in found if able and one not in able]:
        print(f"No rule makes this any more; delete it, if it is in the way: {found.pop(one)}", file=sys.stderr)
    for reason in list(found.values())[:SHOWN]:
        print(f"To be made again: {reason}", file=sys.stderr)
    if len(found) > SHOWN:
        print(f"and {len(found) - SHOWN} more", file=sys.stderr)
    if found:
        print("--forcerun", shlex.join(found))  # a shell reads it, and a record may name anything


if __name__ == "__main__":
    main(*sys.argv[1:])

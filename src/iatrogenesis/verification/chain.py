"""Do the files of a study fit together: what each rule wrote, what the next one read, and what is there now?"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from iatrogenesis.verification.lists import MANIFEST, MANIFEST_RECORD, SUMS, listed_as_made, shown_path
from iatrogenesis.verification.records import FOLDER, STAMP, Hashes, Record, read_records, sha256

APART = ("logs", "benchmarks")
"""Folders that differ from run to run."""
AFTERWARDS = (SUMS, MANIFEST_RECORD, "verification.html", "verification.csv", "provenance.html")
"""What is written once the results are listed."""

ALTERED, MISSING, ADDED, UNKNOWN = "altered", "missing", "added", "without a record"
NO_FILE = "no file of its own"
FED, OLDER, GIVEN = "made from other files", "older than the code", "input changed"


class Fault(NamedTuple):
    """A file that does not fit, in which way, and the rule that makes it ("" if none does)."""

    path: str
    kind: str
    rule: str
    says: str


def _is_stamp(path: Path) -> bool:
    """Whether a file is what Snakemake puts into a folder that is an output: it is empty."""
    return path.name == STAMP and not path.stat().st_size


def listed(results: Path) -> list[str]:
    """Every file of a study's results below its folder, sorted; without logs, benchmarks and what is written later."""
    paths = (path.relative_to(results) for path in results.rglob("*") if path.is_file() and not _is_stamp(path))
    return sorted(str(path) for path in paths if path.parts[0] not in APART and str(path) not in AFTERWARDS)


def odd(results: Path) -> list[str]:
    """What is neither a file nor a folder, below a study's folder: links, also to what is the same, and pipes."""
    paths = (path for path in results.rglob("*") if path.is_symlink() or not (path.is_file() or path.is_dir()))
    below = (path.relative_to(results) for path in paths)
    return sorted(str(path) for path in below if path.parts[0] not in APART)


def _sha256_of(path: Path) -> str | None:
    """SHA-256 of a file; None if there is none, or it cannot be read: a record may name anything."""
    try:
        return sha256(path) if path.is_file() else None
    except (OSError, ValueError):
        return None


class Chain:
    """A study's files, and the records of the jobs that made them.

    Parameters
    ----------
    results
        Folder of the study.
    targets
        Files that the present workflow ends with. What they do not rest on is left over from an earlier one, and is
        held to its own record only. None: what the lists say that is not left over; without lists, every record counts.
    pinned
        Files that cannot be left over, whatever the lists say.
    """

    def __init__(self, results: Path, targets: Iterable[str] | None = None, pinned: Iterable[str] = ()) -> None:
        self.results, self.records = results, read_records(results)
        self._targets, self._pinned = None if targets is None else set(targets), set(pinned)

    @cached_property
    def now(self) -> Hashes:
        """SHA-256 of each file as it is."""
        return {path: sha256(self.results / path) for path in listed(self.results)}

    @cached_property
    def makers(self) -> dict[str, Record]:
        """Record of the job that wrote each file; of several, the one that wrote it as it is."""
        found: dict[str, Record] = {}
        for record in self.records:
            for path, written in record.written.items():
                if path not in found or self.now.get(path) == written:
                    found[path] = record
        return found

    @cached_property
    def targets(self) -> set[str]:
        """Files that the workflow ends with, as far as that is known.

        No record says so: who alters one may not switch off what the others are held to.
        """
        if self._targets is not None:
            return self._targets
        made = listed_as_made(self.results)
        return made | self._pinned if made else set()

    @cached_property
    def current(self) -> list[Record]:
        """Records that the targets rest on."""
        return self.upstream(self.targets) if self.targets else self.records

    def upstream(self, paths: Iterable[str]) -> list[Record]:
        """Records of the jobs that made some files, and those that these rest on."""
        waiting, seen, found = list(paths), set(), {}
        while waiting:
            path = waiting.pop()
            if path in self.makers and path not in seen:
                seen.add(path)
                record = self.makers[path]
                found[id(record)] = record
                waiting += record.read
        return list(found.values())

    def faults(self, root: Path = Path()) -> list[Fault]:
        """Return everything that does not fit, by path.

        Parameters
        ----------
        root
            Where the workflow ran: code and given files are there.
        """
        held = self.current if self._lister is None else [*self.current, self._lister]
        outside = {path for record in held for path in (*record.code, *record.given)}
        there = {path: value for path in outside if (value := _sha256_of(root / path))}
        found = [
            *self._list(there),
            *self._odd(),
            *self._files(),
            *(fault for record in self.current for fault in self._of(record, there)),
        ]
        return sorted(dict.fromkeys(found))

    @cached_property
    def _lister(self) -> Record | None:
        """The record of the job that wrote the list of files; none while it is being written."""
        if self._targets is not None:
            return None
        return next((record for record in self.records if SUMS in record.written), None)

    def _list(self, there: Hashes) -> Iterator[Fault]:
        """The list of files is in no list: it is held to the record of the job that wrote it, and that to the list."""
        if self._targets is not None or not (self.results / SUMS).is_file():
            return  # it is being written, or not there
        writer = self._lister
        if writer is None:
            damaged = (self.results / MANIFEST_RECORD).exists()
            says = "it cannot be read as a record" if damaged else f"nothing tells how {SUMS} was written"
            yield Fault(MANIFEST_RECORD, ALTERED if damaged else MISSING, "manifest", says)
            return
        if writer.written[SUMS] != sha256(self.results / SUMS):
            yield Fault(SUMS, ALTERED, writer.rule, f"it is not what the rule {writer.rule} wrote")
        rests = {*writer.read, *(path for record in self.upstream(writer.read) for path in record.written)}
        if apart := sorted(listed_as_made(self.results) - rests):
            says = f"by it, the list of files does not rest on {apart[0]}, which is in the list"
            yield Fault(MANIFEST_RECORD, ALTERED, writer.rule, says)
        yield from self._changed(writer, there, SUMS)

    def _odd(self) -> Iterator[Fault]:
        for path in odd(self.results):
            maker = self.makers.get(path)
            says = "it is a link, a pipe or the like, and no file"
            if maker:
                yield Fault(path, NO_FILE, maker.rule, says)
            else:
                yield Fault(path, ADDED, "", f"{says}; no rule has made it")

    def _files(self) -> Iterator[Fault]:
        needed = self.targets.union(*(record.read for record in self.current))
        for path, now in self.now.items():
            maker = self.makers.get(path)
            if maker is not None:
                if maker.written[path] != now:
                    yield Fault(path, ALTERED, maker.rule, f"it is not what the rule {maker.rule} wrote")
            elif path in needed:
                yield Fault(path, UNKNOWN, "", "nothing tells how it was made")
            elif not path.startswith(f"{FOLDER}/") and path != MANIFEST:
                yield Fault(path, ADDED, "", "no rule has made it")

    def _of(self, record: Record, there: Hashes) -> Iterator[Fault]:
        first = min(record.written, default="")
        for path in record.written:
            if path not in self.now and path not in AFTERWARDS:
                yield Fault(path, MISSING, record.rule, f"the rule {record.rule} wrote it, and it is gone")
        for path, read in record.read.items():
            maker = self.makers.get(path)
            if (maker.written[path] if maker else self.now.get(path, read)) != read:
                yield Fault(first, FED, record.rule, f"when it was made, {path} was not what its own rule has written")
        yield from self._changed(record, there, first)

    @staticmethod
    def _changed(record: Record, there: Hashes, path: str) -> Iterator[Fault]:
        """Code or given files that are not what they were when a job ran."""
        for kind, files in ((OLDER, record.code), (GIVEN, record.given)):
            if changed := sorted(one for one, value in files.items() if there.get(one) != value):
                more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
                yield Fault(path, kind, record.rule, f"{shown_path(changed[0])}{more} has changed since")

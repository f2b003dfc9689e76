"""The archive of a release: sources, lock, results and checksums, as one file with the same bytes each time.

    python -m iatrogenesis.verification.release default dist

It holds what is committed, and the results of one study that were made from just that; everything else is refused.
"""

import gzip
import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from iatrogenesis.core.files import replacing, write_text
from iatrogenesis.report.provenance import NoHistory, git, git_commit
from iatrogenesis.report.run_record import read_record
from iatrogenesis.verification.chain import SUMS, Chain
from iatrogenesis.verification.lists import lines, read_sums
from iatrogenesis.verification.manifest import against_sums
from iatrogenesis.verification.records import sha256

ADDED_LATER = "verification"
LINK = 0o777
"""Mode of a symbolic link; no file has it."""


class NotReady(SystemExit):
    """Why nothing can be released, and what to do."""


def release(root: Path, study: str, folder: Path) -> Path:
    """Write the archive and, beside it, its checksum; return its path.

    Parameters
    ----------
    root
        The checkout.
    study
        Name of the study whose results go along.
    folder
        Where to write.

    Raises
    ------
    NotReady
        If anything is not committed, the version has no date yet, or another one in the changelog, or the results
        are altered or of another state.
    """
    version = version_of(root)
    results = root / "results" / study
    check_results(root, results)
    name = f"iatrogenesis-{version}"
    files = _committed(root) | _results(root, results)
    sums = lines({path: sha256(root / path) for path, (_, mode) in files.items() if mode != LINK})
    files[SUMS] = (sums.encode(), 0o644)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}-with-results.tar.gz"  # an sdist is called as without
    moment = int(git(root, "log", "-1", "--format=%ct"))
    with replacing(target) as temporary:
        _write(temporary, {f"{name}/{path}": one for path, one in files.items()}, moment)
    write_text(f"{sha256(target)}  {target.name}\n", folder / f"{target.name}.sha256")
    return target


def version_of(root: Path) -> str:
    """The version of CITATION.cff, from which the package has it, too; the changelog has it with the same date.

    Raises
    ------
    NotReady
        If something is not committed, or version and date are not in both.
    """
    try:
        changed = git(root, "status", "--porcelain=v1")
    except NoHistory:
        raise NotReady(f"{root}: is no checkout that git can read; release from one.") from None
    if changed:
        raise NotReady(f"{root}: not everything is committed:\n{changed}Commit it, or put it away.")
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    heading = f"## [{citation['version']}] - {citation.get('date-released', 'date')}"
    if "date-released" not in citation:
        raise NotReady("CITATION.cff: there is no date-released: say when the version is released.")
    if heading not in (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines():
        raise NotReady(f"CHANGELOG.md: there is no `{heading}`, which CITATION.cff says: make them the same.")
    return str(citation["version"])


def check_results(root: Path, results: Path) -> None:
    """Refuse results that are not whole, as listed, and of the commit.

    Raises
    ------
    NotReady
        If they are not.
    """
    again = f"`make report STUDY={results.name}` makes them again."
    if not (results / SUMS).is_file():
        raise NotReady(f"{results / SUMS}: no such file: the results are not finished. {again}")
    faults = against_sums(Chain(results).now, read_sums(results / SUMS))
    if faults:
        said = "\n".join(f"{results / fault.path}: {fault.kind}, {fault.says}" for fault in faults[:10])
        raise NotReady(f"{len(faults)} results are not as listed:\n{said}\n{again}")
    run = read_record(results / "run.yaml")
    commit = git_commit(root)
    if run["commit"] != commit:
        raise NotReady(f"{results}: made at commit {run['commit']}, and this is {commit}. {again}")
    if run["changed_since_commit"] != []:
        raise NotReady(
            f"{results}: made when {run['changed_since_commit'] or 'nobody knows what'} was changed. {again}"
        )


def _committed(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every committed file; of a link, where it leads."""
    listed = git(root, "ls-tree", "-r", "-z", "HEAD").split("\0")
    modes = {line.split("\t")[1]: line.split(" ")[0] for line in listed if line}
    return {path: _content(root, path, mode) for path, mode in modes.items()}


def _content(root: Path, path: str, mode: str) -> tuple[bytes, int]:
    if mode == "120000":
        leads = (root / path).readlink()
        if leads.is_absolute() or not (root / path).resolve().is_relative_to(root.resolve()):
            raise NotReady(f"{path}: a link to {leads}, which is not in the archive.")
        return leads.as_posix().encode(), LINK
    if not mode.startswith("100"):
        raise NotReady(f"{path}: neither a file nor a link; an archive holds nothing else.")
    return (root / path).read_bytes(), 0o755 if mode == "100755" else 0o644


def _results(root: Path, results: Path) -> dict[str, tuple[bytes, int]]:
    paths = [results / path for path in [*read_sums(results / SUMS), SUMS]]
    paths += [path for path in results.glob(f"{ADDED_LATER}.*") if path.is_file()]
    return {path.relative_to(root).as_posix(): (path.read_bytes(), 0o644) for path in paths}


def _write(target: Path, files: Mapping[str, tuple[bytes, int]], moment: int) -> None:
    """A tar file, compressed; sorted, with one time, and nobody's name."""
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, (content, mode) in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.mode, entry.mtime = mode, moment
            if mode == LINK:
                entry.type, entry.linkname = tarfile.SYMTYPE, content.decode()
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))


def main(study: str, folder: str) -> None:
    """Write the archive and say where it is."""
    target = release(Path.cwd(), study, Path(folder))
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB; CONTRIBUTING.md says how it gets a DOI")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The archive of a release: whole, the same each time, and of nothing but what is committed and was made from that."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from iatrogenesis.report.provenance import git_commit
from iatrogenesis.verification.manifest import lines
from iatrogenesis.verification.records import hashes
from iatrogenesis.verification.release import NotReady, release

SOURCES = {
    "CITATION.cff": "version: 1.2.0\ndate-released: 2026-11-27\n",
    "CHANGELOG.md": "# Changelog\n\n## [1.2.0] - 2026-11-27\n",
    "requirements.lock": "numpy==2\n",
    "workflow/run": "#!/bin/sh\n",
    ".gitignore": "results/\ndist/\n",
}


def git(root, *arguments):
    subprocess.run(["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)


def listed(results):
    found = [path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file()]
    (results / "SHA256SUMS").write_text(lines(hashes([path for path in found if not path.startswith("logs")], results)))


@pytest.fixture
def root(tmp_path) -> Path:
    """A checkout with a finished study."""
    project = tmp_path / "project"
    for name, text in SOURCES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    (project / "workflow" / "run").chmod(0o755)
    (project / "rules").symlink_to("workflow")
    git(tmp_path, "init", "-q", project)
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "first")
    results = project / "results" / "small"
    (results / "logs").mkdir(parents=True)
    (results / "tables").mkdir()
    (results / "logs" / "a.log").write_text("said\n")
    (results / "tables" / "a.csv").write_text("x\n1\n")
    run = {"commit": git_commit(project), "changed_since_commit": []}
    (results / "run.yaml").write_text(yaml.safe_dump(run))
    listed(results)
    (results / "verification.html").write_text("<p>")
    return project


def test_it_holds_sources_and_results_and_can_be_checked_by_sha256sum(root, tmp_path):
    archive = release(root, "small", root / "dist")
    assert archive.name == "iatrogenesis-1.2.0-with-results.tar.gz"
    subprocess.run(["sha256sum", "-c", "--quiet", f"{archive.name}.sha256"], cwd=archive.parent, check=True)
    with tarfile.open(archive) as packed:
        names = packed.getnames()
        packed.extractall(tmp_path / "out", filter="data")
    whole = tmp_path / "out" / "iatrogenesis-1.2.0"
    ours = {"SHA256SUMS", "results/small/SHA256SUMS", "results/small/run.yaml", "results/small/tables/a.csv"}
    assert {name.split("/", 1)[1] for name in names} == {*SOURCES, *ours, "rules", "results/small/verification.html"}
    for folder in (whole, whole / "results" / "small"):
        subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "SHA256SUMS"], cwd=folder, check=True)
    assert (whole / "rules").readlink() == Path("workflow")
    assert (whole / "workflow" / "run").stat().st_mode & 0o111
    (whole / "results" / "small" / "tables" / "a.csv").write_text("x\n2\n")
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=whole, capture_output=True).returncode


def test_it_has_the_same_bytes_wherever_and_whenever_it_is_made(root, tmp_path):
    first = release(root, "small", root / "dist").read_bytes()
    elsewhere = tmp_path / "else where"
    shutil.copytree(root, elsewhere, copy_function=shutil.copyfile, symlinks=True)  # times and modes are others
    (elsewhere / "workflow" / "run").chmod(0o755)
    assert release(elsewhere, "small", elsewhere / "dist").read_bytes() == first


def dirty(root):
    (root / "requirements.lock").write_text("numpy==3\n")


def untracked(root):
    (root / "notes.txt").write_text("x")


def versions(root):
    (root / "CITATION.cff").write_text("version: 1.3.0\ndate-released: 2026-11-27\n")
    git(root, "commit", "-q", "-a", "-m", "x")


def no_date(root):
    (root / "CHANGELOG.md").write_text("## [1.2.0] - unreleased\n")
    git(root, "commit", "-q", "-a", "-m", "x")


def later(root):
    (root / "requirements.lock").write_text("numpy==3\n")
    git(root, "commit", "-q", "-a", "-m", "x")


def unfinished(root):
    (root / "results" / "small" / "SHA256SUMS").unlink()


def altered(root):
    (root / "results" / "small" / "tables" / "a.csv").write_text("x\n2\n")


def added(root):
    (root / "results" / "small" / "tables" / "b.csv").write_text("x\n2\n")


def deleted(root):
    (root / "results" / "small" / "tables" / "a.csv").unlink()


def link_out(root):
    (root / "rules").unlink()
    (root / "rules").symlink_to("../elsewhere")
    git(root, "commit", "-q", "-a", "-m", "x")
    run = {"commit": git_commit(root), "changed_since_commit": []}
    (root / "results" / "small" / "run.yaml").write_text(yaml.safe_dump(run))
    (root / "results" / "small" / "verification.html").unlink()
    (root / "results" / "small" / "SHA256SUMS").unlink()
    listed(root / "results" / "small")


def changed_code(root):
    run = {"commit": git_commit(root), "changed_since_commit": ["src/a.py"]}
    (root / "results" / "small" / "run.yaml").write_text(yaml.safe_dump(run))
    (root / "results" / "small" / "verification.html").unlink()
    (root / "results" / "small" / "SHA256SUMS").unlink()
    listed(root / "results" / "small")


def no_git(root):
    shutil.rmtree(root / ".git")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (dirty, r"not everything is committed:\n M requirements\.lock\nCommit it"),
        (untracked, r"not everything is committed:\n\?\? notes\.txt"),
        (versions, r"there is no `## \[1\.3\.0\] - 2026-11-27`, which CITATION\.cff says"),
        (no_date, r"CHANGELOG\.md: there is no `## \[1\.2\.0\] - 2026-11-27`"),
        (later, r"made at commit \w{10}, and this is \w{10}\. `make report STUDY=small`"),
        (unfinished, r"SHA256SUMS: no such file: the results are not finished"),
        (altered, r"1 results are not as listed:\n.*a\.csv: "),
        (added, r"b\.csv: .*does not list it"),
        (deleted, r"a\.csv: .*SHA256SUMS lists it"),
        (changed_code, r"made when \['src/a\.py'\] was changed"),
        (link_out, r"rules: a link to \.\./elsewhere, which is not in the archive"),
        (no_git, r"is no checkout that git can read"),
    ],
)
@pytest.mark.trial(kind="altered", what="before a release: {spoil}")
def test_what_is_not_of_the_commit_is_refused(root, spoil, words):
    spoil(root)
    with pytest.raises(NotReady, match=words):
        release(root, "small", root / "dist")
    assert not (root / "dist").exists()


def test_a_version_without_its_date_is_refused(root):
    (root / "CITATION.cff").write_text("version: 1.2.0\n")
    git(root, "commit", "-q", "-a", "-m", "x")
    with pytest.raises(NotReady, match=r"CITATION\.cff: there is no date-released"):
        release(root, "small", root / "dist")

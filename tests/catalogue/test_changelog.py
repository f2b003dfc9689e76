"""The changelog names every published number that moves."""

import subprocess

import pytest
from tests.conftest import ROOT

from iatrogenesis.report.provenance import NoHistory
from iatrogenesis.verification.changelog import unnamed

LOG = """# Changelog

## [0.2.0] - unreleased

### Results

{lines}
### Code

- `net_high` is computed faster.

## [0.1.0] - 2026-11-27

### Results

- First: `net_low`.
"""
TABLE = "claim,number,value\nnet_low,a,{low}\nnet_high,b,2.0\nbias,c,0.1\n"


def test_the_committed_numbers_are_told():
    try:
        found = unnamed(ROOT)
    except NoHistory as error:
        pytest.skip(f"without history of the numbers: {error}")
    assert found == [], "name these under Results in CHANGELOG.md, with old and new value and why"


class Checkout:
    """A project with its changelog and claims, under git."""

    def __init__(self, folder):
        self.folder, self.claims = folder, folder / "results" / "reference" / "small" / "claims.csv"
        self.claims.parent.mkdir(parents=True)
        self.git("init", "-q")

    def git(self, *arguments):
        own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "tag.gpgsign=false"]
        subprocess.run(["git", "-C", self.folder, *own, *arguments], check=True)

    def write(self, low, lines="", commit=True):
        self.claims.write_text(TABLE.format(low=low))
        (self.folder / "CHANGELOG.md").write_text(LOG.format(lines=lines))
        if commit:
            self.git("add", ".")
            self.git("commit", "-q", "--allow-empty", "-m", "x")


@pytest.fixture
def project(tmp_path):
    checkout = Checkout(tmp_path)
    checkout.write(1.0)
    return checkout


@pytest.mark.trial(kind="altered", what="a published number moved, and the changelog does not tell")
@pytest.mark.parametrize("commit", [True, False], ids=["committed", "not yet committed"])
def test_a_claim_that_moved_silently_is_found(project, commit):
    project.git("commit", "-q", "--allow-empty", "-m", "something else")
    project.write(1.5, commit=commit)
    assert unnamed(project.folder) == ["small: net_low, 1 to 1.5"]


@pytest.mark.parametrize("lines", ["- Why: `net_low` from 1 to 1.5.\n", "- New library: `net_*`.\n"])
def test_it_is_told_by_its_id_or_a_pattern_in_a_new_line(project, lines):
    project.write(1.5, lines)
    assert unnamed(project.folder) == []
    # The line is not new any more when the number moves again.
    project.write(1.6, lines)
    assert unnamed(project.folder) == ["small: net_low, 1.5 to 1.6"]


def test_since_a_release_all_changes_count(project):
    project.git("tag", "v0.1.0")
    project.write(1.5, "- Why: `net_low`.\n")
    project.write(1.6, "- Why: `net_low`.\n")
    assert unnamed(project.folder) == []
    project.write(1.6)
    assert unnamed(project.folder) == ["small: net_low, 1 to 1.6"]


def test_the_last_digits_and_a_first_reference_are_no_move(project):
    project.write(1.0 + 1e-9)
    assert unnamed(project.folder) == []
    other = project.folder / "results" / "reference" / "other" / "claims.csv"
    other.parent.mkdir()
    other.write_text(TABLE.format(low=3))
    assert unnamed(project.folder) == []


def test_without_history_it_says_so(tmp_path):
    claims = tmp_path / "results" / "reference" / "small" / "claims.csv"
    claims.parent.mkdir(parents=True)
    claims.write_text(TABLE.format(low=1))
    with pytest.raises(NoHistory, match="git"):
        unnamed(tmp_path)

"""The record of a run: what it was made from, on what, and how long it took."""

import os
import subprocess

import pytest

from iatrogenesis.report.provenance import git_changes, git_commit
from iatrogenesis.report.run_record import hardware, job_times, read_record, source, wall_time, write_record


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        ([(0, 10), (2, 5), (8, 12)], 12),  # one within another, one overlapping
        ([(0, 10), (100, 103)], 13),  # a second invocation, later
        ([(5, 6), (0, 1)], 2),
        ([], 0),
    ],
)
def test_wall_time_is_that_in_which_at_least_one_job_ran(times, seconds):
    found = wall_time(times)
    assert found["seconds"] == seconds
    if times:
        assert found["started"] == "1970-01-01T00:00:00+00:00"[:17] + f"{min(start for start, _ in times):02d}+00:00"
        assert found["ended"] > found["started"]


def test_a_job_ends_when_its_benchmark_is_written(tmp_path):
    path = tmp_path / "benchmarks" / "fit" / "routine_care.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("s\tmax_rss\n2.5\t90\n4.5\t90\n")  # the last line is the last try
    os.utime(path, (1000, 1000))
    assert {str(place): times for place, times in job_times(tmp_path).items()} == {"fit/routine_care": (995.5, 1000.0)}


def test_what_is_not_committed_is_said(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)

    git("init", "-q")
    for name in ("requirements.lock", "b c.py"):
        (tmp_path / name).write_text("x\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    (tmp_path / "untracked.py").write_text("x\n")
    found = source(tmp_path, git_commit(tmp_path))
    assert found["changed_since_commit"] == []
    assert found["requirements_lock_sha256"] == "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"
    (tmp_path / "b c.py").write_text("y\n")
    (tmp_path / "requirements.lock").unlink()
    assert git_changes(tmp_path) == ["b c.py", "requirements.lock"]
    assert source(tmp_path, "c")["requirements_lock_sha256"] is None


def test_without_git_nothing_is_claimed(tmp_path):
    assert git_commit(tmp_path) == "unknown" and git_changes(tmp_path) is None


def test_the_machine_is_told():
    found = hardware()
    assert found["cores"] >= 1 and 0.1 < found["memory_gb"] < 100_000


def test_the_record_is_read_as_it_was_written(tmp_path):
    record = {
        "study": "é",
        "wall_time": {"started": "2026-11-27T10:00:00+00:00", "seconds": 1.5},
        "none": None,
        "yes": "yes",
    }
    write_record(record, tmp_path / "run.yaml")
    assert read_record(tmp_path / "run.yaml") == record
    assert (tmp_path / "run.yaml").read_text(encoding="utf-8").startswith("study: é\n")

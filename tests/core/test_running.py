"""One run at a time in a folder; it waits for jobs of a killed one, clears what they left, and nothing else."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from iatrogenesis.core.logs import logged
from iatrogenesis.core.running import JOBS, RUN, TOKEN, RunError, hold
from iatrogenesis.core.tables import DamagedFile, DataError

JOB = """
import sys, time
from iatrogenesis.core.logs import logged
with logged(sys.argv[1] + "/logs/rule/job.log"):
    print("working", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def of_no_run(monkeypatch):
    """Holding a folder tells the children of this process so; the next test is another run."""
    monkeypatch.setenv(TOKEN, "")


@contextmanager
def held(folder):
    lock = hold(folder)
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def orphan(folder, seconds):
    """A job of a run that is gone."""
    with held(folder):
        (folder / "logs" / "rule").mkdir()
        job = subprocess.Popen(
            [sys.executable, "-c", JOB, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True
        )
        assert job.stdout.readline() == "working\n"
    try:
        yield job
    finally:
        job.kill()
        job.communicate()


def test_a_second_run_is_told_of_the_first(tmp_path):
    with held(tmp_path):
        said = json.loads((tmp_path / RUN).read_text(encoding="utf-8"))
        assert said["process"] == os.getpid() and said["host"] == socket.gethostname()
        with pytest.raises(RunError) as refused:
            hold(tmp_path)
    for part in (str(tmp_path), f"process {os.getpid()}", said["since"], f"kill {os.getpid()}", "same command again"):
        assert part in str(refused.value)


def test_the_first_may_be_on_another_machine(tmp_path):
    with held(tmp_path):
        (tmp_path / RUN).write_text(
            json.dumps({"process": 4711, "host": "elsewhere", "since": "noon"}), encoding="utf-8"
        )
        with pytest.raises(RunError, match=r"process 4711 on elsewhere, since noon.*`kill 4711` on elsewhere"):
            hold(tmp_path)


def test_the_first_may_be_just_beginning(tmp_path):
    with held(tmp_path):
        (tmp_path / RUN).write_text("", encoding="utf-8")
        with pytest.raises(RunError, match="just beginning"):
            hold(tmp_path)


def test_a_run_waits_for_jobs_of_the_one_before(tmp_path, capsys):
    with orphan(tmp_path, 1) as job, held(tmp_path):
        assert "waiting for jobs of a run that was killed" in capsys.readouterr().out
        assert job.wait(5) == 0


def test_jobs_that_do_not_end_are_told_of_and_the_folder_is_free(tmp_path):
    with orphan(tmp_path, 60) as job:
        with pytest.raises(RunError, match=r"jobs that it began still go on after 0 s.*scancel"):
            hold(tmp_path, patience=0.2)
        job.kill()
        with held(tmp_path):
            pass


def test_a_job_of_a_run_that_another_has_followed_does_nothing(tmp_path, monkeypatch):
    with held(tmp_path):
        first = os.environ[TOKEN]
    with held(tmp_path):
        (tmp_path / RUN).write_text(json.dumps({"process": 1, "host": "another", "since": "later"}), encoding="utf-8")
        monkeypatch.setenv(TOKEN, first)
        with (
            pytest.raises(RunError, match="the run that began this job has ended"),
            logged(tmp_path / "logs" / "a.log"),
        ):
            pytest.fail("it began all the same")
    assert not (tmp_path / "logs" / "a.log").exists()


def test_only_half_written_files_are_cleared(tmp_path, capsys):
    ours = [tmp_path / ".report.html.4711.tmp", tmp_path / "tables" / ".checks.csv.12.tmp"]
    others = [tmp_path / "report.html", tmp_path / ".hidden", tmp_path / "notes.tmp", tmp_path / ".mine.tmp"]
    (tmp_path / "tables").mkdir()
    for path in ours + others:
        path.write_text("x", encoding="utf-8")
    with held(tmp_path):
        left = {path for path in tmp_path.rglob("*") if path.is_file()}
        assert left == {*others, tmp_path / RUN, tmp_path / JOBS}
    assert "Deleted 2 half-written files" in capsys.readouterr().out


def test_a_folder_that_cannot_be_locked_is_warned_of(tmp_path, capsys, monkeypatch):
    def unsupported(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    (tmp_path / ".report.html.4711.tmp").touch()
    with held(tmp_path):
        assert "cannot be locked" in capsys.readouterr().out
        assert (tmp_path / ".report.html.4711.tmp").exists()  # its job may be at work


def refused_in_a_job(error, folder):
    with held(folder), pytest.raises(type(error)) as refused, logged(folder / "logs" / "job.log"):
        raise error
    return "".join(getattr(refused.value, "__notes__", ())), (folder / "logs" / "job.log").read_text(encoding="utf-8")


def test_a_damaged_result_is_deleted_and_that_is_said(tmp_path):
    path = tmp_path / "clients.parquet"
    path.write_text("garbage", encoding="utf-8")
    note, log = refused_in_a_job(DamagedFile(f"{path}: cannot be read", path), tmp_path)
    assert not path.exists()
    assert note in log and f"{path} has been deleted: give the same command again" in note


def test_a_damaged_folder_goes_as_a_whole(tmp_path):
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared" / "about.json").touch()
    refused_in_a_job(DamagedFile("cannot be read", tmp_path / "prepared"), tmp_path)
    assert not (tmp_path / "prepared").exists()


@pytest.mark.parametrize("error", [DataError, OSError])
def test_other_errors_delete_nothing(tmp_path, error):
    (tmp_path / "clients.parquet").touch()
    assert refused_in_a_job(error("of another kind"), tmp_path)[0] == ""
    assert (tmp_path / "clients.parquet").exists()


def test_what_is_no_result_stays(tmp_path):
    """A person's own file, or one that is committed: no run would make it again."""
    path = tmp_path / "mine.csv"
    path.touch()
    note, _ = refused_in_a_job(DamagedFile(f"{path}: cannot be read", path), tmp_path / "results")
    assert path.exists() and note == ""
    link = tmp_path / "results" / "link.csv"
    link.symlink_to(path)
    refused_in_a_job(DamagedFile("cannot be read", Path(link)), tmp_path / "results")
    assert path.exists()

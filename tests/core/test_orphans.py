"""Jobs end with their run, and workers with their job, also when those are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# A run begins a job as Snakemake does, by a shell; the job begins workers.
RUN = """
import subprocess, sys
from iatrogenesis.core.orphans import let_jobs_notice
let_jobs_notice()
subprocess.run(f"true; {sys.executable} job.py; true", shell=True)
"""
JOB = """
import os, time
from pathlib import Path
from iatrogenesis.core.files import replacing
from iatrogenesis.core.orphans import ended_with_the_run, workers

def work(_):
    Path("pids").open("a").write(f"{os.getpid()}\\n")
    time.sleep(60)

if __name__ == "__main__":
    with ended_with_the_run(), replacing("result") as unfinished:
        unfinished.write_text("half")
        Path("pids").write_text(f"{os.getpid()}\\n")
        with workers(2) as pool:
            list(pool.map(work, range(2)))
"""


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    if sys.platform == "linux":  # ended, but nobody has asked how
        try:
            stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"
    return True


def waited(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@pytest.fixture
def run(tmp_path):
    """A run, and the processes that work for it: its job and two workers."""
    (tmp_path / "job.py").write_text(JOB, encoding="utf-8")
    pids = tmp_path / "pids"
    process = subprocess.Popen([sys.executable, "-c", RUN], cwd=tmp_path, stderr=subprocess.DEVNULL)
    assert waited(lambda: pids.exists() and len(pids.read_text().split()) == 3)
    found = [int(pid) for pid in pids.read_text().split()]
    yield process, found
    for pid in [process.pid, *found]:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    process.wait()


@pytest.mark.trial(kind="fault", what="kill -9 of Snakemake alone: jobs and their workers end too")
def test_jobs_and_workers_end_with_a_killed_run(run, tmp_path):
    process, working = run
    assert all(map(alive, working))
    process.kill()
    process.wait()
    assert waited(lambda: not any(map(alive, working)))
    assert not (tmp_path / "result").exists()


@pytest.mark.trial(kind="fault", what="kill -9 of one job: its workers end too")
def test_workers_end_with_a_killed_job(run):
    _, (job, *workers) = run
    os.kill(job, signal.SIGKILL)
    assert waited(lambda: not any(map(alive, workers)))


def test_a_job_that_is_run_by_hand_reads_no_input(tmp_path):
    """Standard input is watched only where it was made for that."""
    (tmp_path / "job.py").write_text(JOB.replace("time.sleep(60)", "pass"), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "IATROGENESIS_WATCHES_STDIN"}
    subprocess.run([sys.executable, "job.py"], cwd=tmp_path, env=environment, input=b"", check=True, timeout=60)
    assert (tmp_path / "result").read_text() == "half"

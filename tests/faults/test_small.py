"""Whatever happens to a run, the next one finishes, and nothing half-written is taken for a result."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests.faults.conftest import SMALL
from tests.faults.runs import gone, half_written, run, stalled, waited

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="jobs are stopped at the worst moment by means of Linux"),
]
PAGE = "results/small/report.html"


def finishes(folder, *arguments):
    """The next run needs nobody's help, and the one after it has nothing to do."""
    code, said = run(folder, *SMALL, *arguments)
    assert code == 0, said
    assert (folder / PAGE).read_text(encoding="utf-8") == "100000 clients\n"
    assert half_written(folder) == []
    return said


@pytest.mark.trial(kind="fault", what="kill -9 of Snakemake and all its jobs, an output half-written")
def test_everything_is_killed(small):
    with stalled(small, r"clients\.json", *SMALL) as begun:
        begun.end(signal.SIGKILL, group=True)
        assert waited(lambda: gone(begun.job))
    assert half_written(small) == [begun.half] and not (small / "results/small/clients.json").exists()
    assert "Deleted 1 half-written files that a killed run had left" in finishes(small)
    assert "Nothing to be done" in finishes(small)


@pytest.mark.trial(kind="fault", what="kill -9 of Snakemake alone, its job left behind")
def test_only_snakemake_is_killed(small):
    with stalled(small, r"clients\.json", *SMALL) as begun:
        begun.end(signal.SIGKILL)
        assert "half-written" not in finishes(small)  # the job, as it ended, has cleared up after itself
        assert gone(begun.job)


@pytest.mark.trial(kind="fault", what="Ctrl-C")
def test_it_is_interrupted(small):
    with stalled(small, r"clients\.json", *SMALL) as begun:
        assert begun.end(signal.SIGINT, group=True) != 0
        assert gone(begun.job)
        assert half_written(small) == [] and not (small / "results/small/clients.json").exists()
    finishes(small)


@pytest.mark.trial(kind="fault", what="two runs at once in one folder: the second is refused by name of the first")
def test_two_at_once(small):
    with stalled(small, r"clients\.json", *SMALL) as first:
        code, said = run(small, *SMALL)
        assert code == 1 and f"another run is going on there (process {first.process.pid}, since" in said, said
        assert begun_is_untouched(first)
        code, said = run(small, *SMALL, "--dry-run")  # looking is allowed
        assert code == 0, said
    finishes(small)


def begun_is_untouched(first):
    return first.process.poll() is None and first.half.exists()


@pytest.mark.trial(kind="fault", what="two studies at once in one folder: side by side")
def test_two_studies_at_once(small):
    with stalled(small, r"clients\.json", *SMALL) as first:
        config, root, *rest = SMALL
        code, said = run(small, config, root, "name=other", *rest)
        assert code == 0, said
        assert (small / "results/other/report.html").exists() and begun_is_untouched(first)


@pytest.mark.trial(kind="fault", what="a full disk, noticed by a job: what else Snakemake writes is on it too")
def test_the_disk_is_full(small, disk):
    folder = shutil.copytree(small, disk / "project")
    ballast = disk / "ballast"
    code, said = run(folder, *SMALL, FULL=str(ballast))
    assert code != 0
    assert said.rstrip().splitlines()[-1].startswith("The disk is full (0.0 MB free in"), said
    code, said = run(folder, *SMALL)  # before anything is done about it
    assert code != 0 and "The disk is full" in said
    assert not (folder / "results/small/clients.json").exists()
    ballast.unlink()
    finishes(folder)


@pytest.mark.trial(kind="fault", what="a full disk with the results alone")
def test_the_disk_of_the_results_is_full(small, disk):
    (small / "results").symlink_to(disk)
    code, said = run(small, *SMALL, FULL=str(disk / "ballast"))
    assert code != 0
    assert "clients.json was not written: the disk is full (0.0 MB free in" in said, said
    assert half_written(disk) == [] and not (disk / "small" / "clients.json").exists()
    (disk / "ballast").unlink()
    finishes(small)


@pytest.mark.trial(kind="fault", what="a folder of results that may not be written to")
def test_results_may_not_be_written_to(small, bound):
    (small / "results" / "small").mkdir(parents=True)
    (small / "results" / "small").chmod(0o555)
    code, said = run(small, *SMALL, before=bound)
    assert code == 1
    assert f"user {os.geteuid()} may not write to results/small" in said.replace(f"{small}/", ""), said
    assert "Traceback" not in said
    (small / "results" / "small").chmod(0o755)
    finishes(small)


@pytest.mark.trial(kind="fault", what="a folder that may not be written to at all")
def test_the_folder_may_not_be_written_to(small, bound):
    small.chmod(0o555)
    code, said = run(small, *SMALL, before=bound)
    small.chmod(0o755)
    assert code == 1, said
    assert f".snakemake was not written: user {os.geteuid()} may not write to" in said, said
    assert "have results elsewhere (`make report DIRECTORY=path`" in said
    finishes(small)


@pytest.mark.trial(kind="fault", what="a read-only disk")
def test_results_are_on_a_read_only_disk(small, disk):
    (small / "results").symlink_to(disk)
    (disk / "small").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    code, said = run(small, *SMALL)
    assert code == 1 and "is read-only. Mount it for writing, or have results elsewhere" in said, said
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    finishes(small)


@pytest.mark.trial(kind="fault", what="an output that may not be written to")
def test_a_result_may_not_be_written_to(small, bound):
    finishes(small)
    (small / PAGE).chmod(0o444)
    code, said = run(small, *SMALL, "--forcerun", "report", before=bound)
    assert code == 1 and "Write-protected output files" in said and "results/small/report.html" in said, said
    (small / PAGE).chmod(0o644)
    finishes(small, "--forcerun", "report")


@pytest.mark.trial(kind="altered", what="an intermediate that is cut short: it is deleted, and made again")
def test_an_intermediate_is_damaged(small):
    finishes(small)
    path = small / "results/small/clients.json"
    path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    code, said = run(small, *SMALL)
    assert code != 0 and "results/small/clients.json: cannot be read" in said, said
    assert "results/small/clients.json has been deleted: give the same command again" in said
    assert not path.exists()
    finishes(small)

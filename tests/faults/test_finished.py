"""A finished study: its report is killed while it is written, its checks fail, its folder is moved."""

import os
import shutil
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.faults.runs import gone, half_written, run, stalled, waited

pytestmark = [pytest.mark.slow]
TINY = ("--config", "study=tiny")
RESULTS = Path("results", "tiny")


@pytest.fixture(scope="module")
def moved(spare, tmp_path_factory) -> Path:
    """The folder under another name and in another place, as when somebody tidies up."""
    folder = tmp_path_factory.mktemp("verschoben für später") / "the project"
    return shutil.move(spare, folder)


def nothing_to_be_done(folder: Path, *more: str, at: Path | None = None) -> None:
    code, said = run(at or folder, *TINY, *more)
    assert code == 0 and "Nothing to be done" in said, said


@pytest.mark.trial(kind="fault", what="a clone that is moved after a finished run: nothing is to be done")
def test_the_clone_is_moved(moved):
    nothing_to_be_done(moved)


@pytest.mark.trial(kind="fault", what="another working directory: the workflow is named from elsewhere")
def test_it_is_started_from_elsewhere(moved, tmp_path):
    nothing_to_be_done(moved, "--snakefile", str(moved / "Snakefile"), "--directory", str(moved), at=tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="jobs are stopped at the worst moment by means of Linux")
@pytest.mark.trial(kind="fault", what="kill -9 while the report is written: the next run gives the same bytes")
def test_the_report_is_killed(moved):
    pages = {name: (moved / RESULTS / name).read_bytes() for name in ("report.html", "report.pdf")}
    (moved / RESULTS / "report.html").unlink()
    with stalled(moved, r"report\.html", *TINY) as begun:
        begun.end(signal.SIGKILL, group=True)
        assert waited(lambda: gone(begun.job))
    assert not (moved / RESULTS / "report.html").exists() and half_written(moved) == [begun.half]
    code, said = run(moved, *TINY)
    assert code == 0, said
    assert {name: (moved / RESULTS / name).read_bytes() for name in pages} == pages
    assert half_written(moved) == []
    nothing_to_be_done(moved)


@pytest.mark.trial(kind="altered", what="rates above 1: the check that fails is named, and its table stays")
def test_a_check_fails(moved):
    """Times are kept, so that no more is done again than the check and what waits for it."""
    table, checks = moved / RESULTS / "tables/therapists.csv", RESULTS / "tables/checks.csv"
    before, times = table.read_bytes(), table.stat()
    rates = pd.read_csv(table, keep_default_na=False, na_values=[""])
    rates.assign(rate=rates["rate"] + 1).to_csv(table, index=False)
    os.utime(table, ns=(times.st_atime_ns, times.st_mtime_ns))
    code, said = run(moved, *TINY, "--forcerun", "check")
    assert code != 0
    failed = pd.read_csv(moved / checks).query("kind == 'invariant' and not passed")["check"]
    assert len(failed) > 0
    for part in (f"{len(failed)} of ", "checks failed", *failed, f"All checks are in {checks}"):
        assert part in said, said
    assert not (moved / RESULTS / "run.yaml").exists()
    table.write_bytes(before)
    os.utime(table, ns=(times.st_atime_ns, times.st_mtime_ns))
    code, said = run(moved, *TINY, "--forcerun", "check")
    assert code == 0, said
    assert (moved / RESULTS / "run.yaml").exists()

"""A study that is killed while it simulates and while it samples, and starved of space, is finished by the next run.

`test_small.py` has what else can happen, under the same rules for runs.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from iatrogenesis.inference.data.posterior import load
from tests.faults.runs import begun, gone, half_written, run, stalled, started_by, waited
from tests.workflow.conftest import copy_project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="jobs are stopped at the worst moment by means of Linux"),
]
# One small service, one model by the sampler and one by the collapsed engine, few draws.
STUDY = """\
name: NAME
based_on: tiny
simulate: {therapists: 12, services: 2, clients_per_therapist: 20}
fit: {models: [intercept_only], engine: NAME, sampler: {draws: 200, tune: 200, chains: 2}}
"""
CLIENTS = "results/collapsed/simulated/routine_care/clients.parquet"
POSTERIOR = "results/collapsed/posterior/routine_care/intercept_only.nc"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project, in a folder with a space and a letter that is not English."""
    folder = copy_project(tmp_path_factory.mktemp("results of Jürgen's") / "iatrogenesis")
    for engine in ("nuts", "collapsed"):
        (folder / f"{engine}.yaml").write_text(STUDY.replace("NAME", engine), encoding="utf-8")
    return folder


def study(engine: str, *targets: str) -> tuple[str, ...]:
    return (*targets, "--config", f"study={engine}.yaml")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.trial(kind="fault", what="kill -9 while simulating: the next run gives the bytes of one undisturbed")
def test_simulation_is_killed(project):
    given = study("collapsed", CLIENTS)
    made = (project / CLIENTS).parent
    code, said = run(project, *given)
    assert code == 0, said
    undisturbed = files(made)
    shutil.rmtree(made)
    with stalled(project, r"therapists\.parquet", *given) as begun:  # clients and sessions are there already
        begun.end(signal.SIGKILL, group=True)
        assert waited(lambda: gone(begun.job))
    assert len(files(made)) > 0 and not (made / "therapists.parquet").exists()
    code, said = run(project, *given)
    assert code == 0 and "Deleted 1 half-written files" in said, said
    assert files(made) == undisturbed
    code, said = run(project, *given, "--dry-run")
    assert code == 0 and "Nothing to be done" in said, said


@pytest.mark.trial(
    kind="fault", what="kill -9 of Snakemake while sampling: the sampler ends, and the next run finishes"
)
def test_sampling_is_killed(project):
    posterior = POSTERIOR.replace("collapsed", "nuts")
    given, log = study("nuts", posterior), project / "results/nuts/logs/fit/intercept_only.log"
    with begun(project, *given, until=lambda: log.is_file() and "compiling" in log.read_text()) as process:
        os.kill(process.pid, signal.SIGKILL)
        assert waited(lambda: not started_by(process))
    assert not (project / posterior).exists()
    code, said = run(project, *given)
    assert code == 0, said
    assert load(project / posterior)["posterior"].sizes["draw"] == 200
    assert half_written(project) == []


@pytest.mark.trial(kind="fault", what="a disk that is full when a posterior is to be written")
def test_the_disk_is_full_after_sampling(project, disk):
    given = study("collapsed", POSTERIOR)
    folder = (project / POSTERIOR).parents[1]
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(disk)
    (disk / "ballast").write_bytes(bytes(24 * 2**20 - 8192))
    code, said = run(project, *given)
    assert code != 0 and "intercept_only.nc was not written: the disk is full (0.0 MB free in" in said, said
    assert [path.name for path in disk.rglob("*") if path.is_file()] == ["ballast"]
    (disk / "ballast").unlink()
    code, said = run(project, *given)
    assert code == 0, said
    assert load(project / POSTERIOR)["posterior"].sizes["draw"] > 0
    folder.unlink()  # the disk goes with the test


@pytest.mark.trial(kind="altered", what="clients cut short before they are fitted: deleted, and simulated again")
def test_what_is_to_be_fitted_is_damaged(project):
    """The fit says so; the next run simulates again and fits."""
    given = study("collapsed", POSTERIOR)
    code, said = run(project, *given)
    assert code == 0, said
    whole = (project / CLIENTS).read_bytes()
    (project / CLIENTS).write_bytes(whole[: len(whole) // 2])
    code, said = run(project, *given)
    assert code != 0 and f"{CLIENTS}: cannot be read" in said and f"{CLIENTS} has been deleted" in said, said
    code, said = run(project, *given)
    assert code == 0, said
    assert (project / CLIENTS).read_bytes() == whole


@pytest.mark.trial(kind="fault", what="a source tree that may not be written to, results in another folder")
def test_the_source_tree_is_read_only(project, bound, tmp_path):
    """As on a machine where somebody else has installed it: from another folder, with its results there."""
    parts = [project / part for part in ("Snakefile", "config", "scripts", "src", "workflow", "profiles")]
    paths = [path for part in parts for path in (part, *part.rglob("*"))] + [project]
    modes = {path: path.stat().st_mode for path in paths if not path.is_symlink()}
    before = {str(path) for path in project.rglob("*")}
    elsewhere = tmp_path / "Ergebnisse für später"
    try:
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        given = ("--snakefile", str(project / "Snakefile"), "--directory", str(elsewhere))
        code, said = run(tmp_path, *given, *study(str(project / "collapsed"), CLIENTS), before=bound)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert code == 0, said
    assert (elsewhere / CLIENTS).exists()
    assert {str(path) for path in project.rglob("*")} == before

"""What several test folders share: the project's folders, its default study, a small world, a finished run."""

import fcntl
import shutil
from pathlib import Path

import pytest

from iatrogenesis.core.sources import bibliography
from iatrogenesis.simulation_study.cells import Cell, read_cells
from iatrogenesis.simulation_study.statistical_world import StatisticalWorld
from iatrogenesis.study.named import recorded
from iatrogenesis.study.study import Study, load_study
from iatrogenesis.world.cohort import Design

pytest_plugins = ["tests.trials"]

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "config"


@pytest.fixture(scope="session")
def study() -> Study:
    """The tiny study, as configured."""
    return load_study(CONFIG / "tiny.yaml", CONFIG)


def design_cells() -> dict[str, Cell]:
    """Every cell of the design table, with the numbers of the statistical world."""
    keys = frozenset(bibliography(CONFIG / "references.bib"))
    numbers = recorded(StatisticalWorld, CONFIG / "statistical_world.yaml", keys)
    return read_cells(CONFIG / "study_design.csv", numbers)


@pytest.fixture(scope="session")
def small() -> Design:
    """A few services: enough to see every branch of the engine."""
    return Design(replicates=3, therapists=6, services=2, clients_per_therapist=15)


@pytest.fixture(scope="session")
def finished(tmp_path_factory, request) -> Path:
    """A copy of the project in which the tiny study is finished: run once for all workers, by the first that asks."""
    if chosen := request.config.getoption("--finished"):
        return Path(chosen).resolve()
    from tests.workflow.conftest import copy_project, snakemake

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own
    project = shared / "a folder" / "iatrogenesis"  # with a space, because users have those
    with (shared / "finished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (project / "finished").exists():
            if project.exists():
                pytest.fail("the tiny study did not end well; another worker's first error says why")
            copy_project(project)
            if request.config.getoption("--from-results"):
                for part in ("results/tiny", ".snakemake/metadata"):
                    shutil.copytree(ROOT / part, project / part, symlinks=True)
            # The study itself runs one of the notebooks.
            books = [f"results/tiny/notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")]
            found = snakemake(project, "all", *books, "--config", "study=tiny", "--cores", "2")
            assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
            # Apart, because tests of the workflow delete results and make them again, while others look at pages.
            big = shutil.ignore_patterns("simulated", "posterior", "simulation_study")
            shutil.copytree(project / "results" / "tiny", project.parent / "pages", ignore=big)
            shutil.copytree(project, project.parent / "spare", symlinks=True)  # with all times: as finished as this one
            (project / "finished").touch()
    return project


@pytest.fixture(scope="session")
def pages(finished, request) -> Path:
    """The finished study's pages, tables and figures, which nobody changes."""
    return finished / "results" / "tiny" if request.config.getoption("--finished") else finished.parent / "pages"


@pytest.fixture(scope="session")
def spare(finished, request, tmp_path_factory) -> Path:
    """Another copy of the project and the finished study; one file of tests alone may do with it what it likes."""
    if not request.config.getoption("--finished"):
        return finished.parent / "spare"
    from tests.workflow.conftest import PARTS

    folder = tmp_path_factory.mktemp("spare") / "iatrogenesis"
    folder.mkdir()
    for source in (finished / part for part in (*PARTS, ".git", ".snakemake", "results") if (finished / part).exists()):
        target = folder / source.name
        shutil.copytree(source, target, symlinks=True) if source.is_dir() else shutil.copy2(source, target)
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let people who work on one page look at results they have, instead of running the tiny study for every look."""
    parser.addoption("--finished", metavar="PROJECT", help="a checkout whose results/tiny is finished and up to date")
    parser.addoption("--from-results", action="store_true", help="copy results/tiny, run what is not up to date")


# Files that take longest, the longest first; those whose tests wait for another file's tiny study come last.
LONGEST = (
    "workflow/test_tiny_run.py",
    "workflow/test_contributing.py",
    "workflow/test_stale.py",
    "faults/test_study.py",
    "faults/test_small.py",
    "statistical/test_sbc.py",
    "peers/test_r_packages.py",
    "statistical/test_known_truth.py",
    "statistical/test_simulation_study.py",
    "statistical/test_simulator_truth.py",
    "simulation_study/test_methods.py",
    "explorer/test_explorer.py",
    "workflow/test_dry_run.py",
    "statistical/test_hospitals.py",
    "figures/test_figures.py",
    "statistical/test_collapsed.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that one worker is not left with such a one at the end."""

    def place(item: pytest.Item) -> int:
        name = "/".join(item.path.parts[-2:])
        if name in LONGEST:
            return LONGEST.index(name)
        return len(LONGEST) + ("finished" in item.fixturenames)

    items.sort(key=place)

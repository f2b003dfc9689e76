"""Notebooks are stored without outputs and teach in words; what goes wrong while one runs is named."""

import os
from pathlib import Path

import nbformat
import pytest

from iatrogenesis.report.notebook import NotebookError, executed, page

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(autouse=True)
def own_library(monkeypatch):
    """The kernel imports this project, wherever it was installed."""
    source = str(NOTEBOOKS[0].parents[1] / "src")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]))


def test_every_notebook_is_there():
    assert [path.stem for path in NOTEBOOKS] == [
        "01_first_look",
        "02_burnout_for_trainers",
        "03_read_a_posterior",
        "04_your_own_service",
        "05_add_a_mechanism",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs_and_with_more_prose_than_headings(path):
    cells = nbformat.read(path, as_version=4).cells
    for cell in cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert prose[0].startswith("# ") and sum(len(text.split()) for text in prose) > 120


def test_sliders_change_the_simulated_service():
    """The function behind the sliders, run in the notebook's own words."""
    cells = nbformat.read(NOTEBOOKS[1], as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    space = {}
    for source in code[:2]:
        lines = [line for line in source.splitlines() if not line.startswith(("%", "display(draw"))]
        exec(compile("\n".join(lines), str(NOTEBOOKS[1]), "exec"), space)  # noqa: S102 -- our own notebook
    simulate, usual = space["simulate"], space["as_usual"]
    name = "worse_because.0"
    assert simulate() == usual
    assert simulate(burnout=1.0)[name] > usual[name] > simulate(burnout=-1.0)[name]
    assert simulate(competence=-1.5)[name] > usual[name] and simulate(fit=1.0)[name] < usual[name]
    assert simulate(["monitoring"])[name] < usual[name]
    assert simulate(["monitoring"])["prevention_minutes.0"] > 0 == usual["prevention_minutes.0"]


def written(folder, *sources):
    """A notebook of these code cells."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Trial")])
    book.cells += [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(book, folder / "trial.ipynb")
    return folder / "trial.ipynb"


def test_a_cell_that_fails_is_named(tmp_path):
    path = written(tmp_path, "a = 1", "b = a / 0", "c = 2")
    with pytest.raises(NotebookError, match=r"trial\.ipynb: cell 3 \(b = a / 0\): ZeroDivisionError: division by zero"):
        executed(path)


def test_what_fails_behind_a_slider_is_named(tmp_path):
    behind = "import ipywidgets\nipywidgets.interactive_output(lambda x: 1 / x, {'x': ipywidgets.IntSlider(0)})"
    with pytest.raises(NotebookError, match=r"trial\.ipynb: cell 2: ZeroDivisionError"):
        executed(written(tmp_path, behind))


def test_a_cell_that_does_not_end_is_named(tmp_path):
    path = written(tmp_path, "import time\ntime.sleep(60)")
    with pytest.raises(NotebookError, match=r"trial\.ipynb: cell 2 \(import time\): took longer than 1 seconds"):
        executed(path, seconds=1)


def test_scripts_and_warnings_do_not_reach_the_page(tmp_path):
    shown = "import warnings; from IPython.display import HTML; warnings.warn('x'); HTML('<script>1</script>kept')"
    text = page(executed(written(tmp_path, shown)), "trial", "tiny", "")
    assert "<script" not in text and "kept" in text and "UserWarning" not in text

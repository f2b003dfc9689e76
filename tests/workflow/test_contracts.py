"""The contracts of pyproject.toml hold, and a wrong import breaks them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(project):
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--no-logo"],
        cwd=project,
        env={"PYTHONPATH": str(project / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(project):
    found = lint_imports(project)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.trial(kind="altered", what="{line} in {module}")
@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("core/files.py", "from iatrogenesis.study import schemas", "Imports go downwards"),
        ("figures/style.py", "from iatrogenesis.report import rounding", "Imports go downwards"),
        ("inference/data/outcomes.py", "from iatrogenesis.inference.checks import recovery", "from data to checks"),
        ("world/draws.py", "from iatrogenesis.world import engine", "World"),
        ("report/page.py", "import snakemake", "no Snakemake"),
        ("world/engine.py", "import statsmodels.api", "no statistics"),
    ],
)
def test_a_wrong_import_breaks_one(project, module, line, contract):
    path = project / "src" / "iatrogenesis" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n\ndef late():\n    {line}\n", encoding="utf-8")
    found = lint_imports(project)
    assert found.returncode != 0
    broken = [text for text in found.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(contract in text for text in broken), found.stdout + found.stderr


@pytest.mark.trial(kind="altered", what="a folder of the library without a place in the order of imports")
def test_a_new_folder_must_be_given_its_place(project):
    folder = project / "src" / "iatrogenesis" / "elsewhere"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Somewhere."""\n', encoding="utf-8")
    found = lint_imports(project)
    assert found.returncode != 0
    assert "elsewhere" in found.stdout

"""What pip installs: the library with its scenarios, and a simulator that needs four packages."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from iatrogenesis.core.resources import config_folder

ROOT = Path(__file__).parents[2]

# Stands for an environment in which only numpy, numba, pydantic and pyyaml were installed.
BARE = """\
import sys

NEEDED = {"numpy", "numba", "llvmlite", "pydantic", "pydantic_core", "annotated_types", "typing_extensions",
          "typing_inspection", "yaml", "_yaml", "iatrogenesis"}

class Missing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in NEEDED | sys.stdlib_module_names and not top.startswith("_"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""
SIMULATE = """
import yaml
from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.resources import config_folder
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import load_catalogue
from iatrogenesis.world.setup import Setup

folder = config_folder()
assert folder.parent.name == "iatrogenesis" and folder.parent.parent == __import__("pathlib").Path(sys.argv[1]), folder
scenario = load_catalogue(folder / "scenarios", folder / "references.bib")["routine_care"]
instruments = Instruments.model_validate(yaml.safe_load((folder / "instruments.yaml").read_text(encoding="utf-8")))
setup = Setup(seed=1, instruments=instruments, judgement=Judgement(instruments=("phq9", "gad7")))
sample = setup.sample(scenario, Design(therapists=6, services=2, clients_per_therapist=10))
print(len(sample.deteriorated))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return a folder with the content of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def run(installed, code):
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, sys.argv[1])\n{code}", str(installed)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def relative(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder) for path in files}


def test_the_wheel_has_code_templates_and_the_configuration(installed):
    package = installed / "iatrogenesis"
    beside = ("config", "examples", "scripts", "workflow")
    assert relative(ROOT / "src" / "iatrogenesis") == {
        path for path in relative(package) if path.parts[0] not in beside
    }
    for folder in ("config", "examples", "scripts/own_data", "workflow/own_data"):
        assert relative(package / folder) == relative(ROOT / folder) != set()
    assert relative(package / "scripts") == {
        Path("own_data") / path for path in relative(ROOT / "scripts" / "own_data")
    }
    rules = {Path("own_data/Snakefile"), Path("rules/interpreter.smk")}
    assert relative(package / "workflow") == rules
    assert (package / "py.typed").exists()
    version = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    assert {path.name for path in installed.iterdir()} == {"iatrogenesis", f"iatrogenesis-{version}.dist-info"}


def test_only_four_packages_are_needed_without_extras(installed):
    metadata = next(installed.glob("*.dist-info/METADATA")).read_text(encoding="utf-8")
    plain = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert sorted(line.split()[1].partition(">")[0] for line in plain) == ["numba", "numpy", "pydantic", "pyyaml"]


def test_in_a_checkout_the_configuration_is_its_own():
    assert config_folder() == ROOT / "config"
    assert yaml.safe_load((config_folder() / "default.yaml").read_text(encoding="utf-8"))["name"] == "default"


@pytest.mark.slow
def test_the_simulator_runs_with_four_packages(installed):
    found = run(installed, BARE + SIMULATE)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) > 20


@pytest.mark.parametrize(("module", "package"), [("world.tidy", "pandas"), ("world.streaming", "pyarrow")])
def test_tables_without_their_packages_say_what_to_install(installed, module, package):
    found = run(installed, BARE + f"import iatrogenesis.{module}")
    assert found.returncode != 0
    assert found.stderr.splitlines()[-1].endswith(f"{package} is not installed: pip install 'iatrogenesis[tables]'")

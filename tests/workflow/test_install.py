"""Wheel and sdist: the one follows from the other, and what pip installs works where there is no checkout."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.workflow.test_package import SIMULATE

pytestmark = pytest.mark.slow
VERSION = str(yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"])


def build(project: Path, folder: Path, *targets: str) -> None:
    """Build with the locked hatchling: nothing is fetched."""
    asked = [part for target in targets for part in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", *asked, "--directory", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, folder, "sdist", "wheel")
    return folder


@pytest.fixture(scope="module")
def place(built, tmp_path_factory) -> Path:
    """A new virtual environment with the wheel in it.

    No index is asked, so what the wheel needs is not installed into it: a line in a `.pth` file shows it the locked
    packages. Lines in *their* `.pth` files, of which one leads to this checkout, are not followed from there.
    """
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, symlinks=True)
    (wheel,) = built.glob("*.whl")
    python = str(folder / "bin" / "python")
    install = ["pip", "install", "--quiet", "--offline", "--no-index", "--no-deps", "--python", python, str(wheel)]
    subprocess.run([Path(sys.executable).with_name("uv"), *install], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def run(place: Path, folder: Path, *command: str) -> str:
    """What a command of that environment prints, in a folder that is no checkout."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    program = place / "bin" / command[0]
    done = subprocess.run([program, *command[1:]], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sdist_is_whole_and_builds_the_same_wheel(built, tmp_path):
    (sdist,), (wheel,) = built.glob("*.tar.gz"), built.glob("*.whl")
    assert sdist.name == f"iatrogenesis-{VERSION}.tar.gz" and wheel.name == f"iatrogenesis-{VERSION}-py3-none-any.whl"
    with tarfile.open(sdist) as packed:
        packed.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    for name in ("Makefile", "requirements.lock", "CITATION.cff", "tests/conftest.py", "workflow/Snakefile"):
        assert (unpacked / name).read_bytes() == (ROOT / name).read_bytes()
    build(unpacked, tmp_path / "again", "wheel")
    assert (tmp_path / "again" / wheel.name).read_bytes() == wheel.read_bytes()


def test_both_have_the_same_bytes_each_time(built, tmp_path):
    build(ROOT, tmp_path, "sdist", "wheel")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in built.iterdir() if path.is_file() and path.name != ".gitignore"
    }


def test_it_is_the_installed_library_that_runs(place, tmp_path):
    said = run(place, tmp_path, "python", "-c", "import iatrogenesis; print(iatrogenesis.__file__)")
    assert Path(said.strip()).is_relative_to(place)
    assert VERSION in run(place, tmp_path, "iatrogenesis", "--version")
    helped = run(place, tmp_path, "iatrogenesis", "--help")
    assert all(command in helped for command in ("analyse", "check", "export", "init", "plan"))


def test_it_checks_the_example_and_simulates_a_service_outside_the_checkout(place, tmp_path):
    (site,) = place.glob("lib/python*/site-packages")
    example = site / "iatrogenesis" / "examples" / "simulated_service.csv"
    said = run(place, tmp_path, "iatrogenesis", "check", str(example), "--out", "checked")
    assert "The data can be analysed" in said and "22 therapists" in said
    assert "<h1" in (tmp_path / "checked" / "checks.html").read_text(encoding="utf-8")
    deteriorated = run(place, tmp_path, "python", "-c", f"import sys\n{SIMULATE}", str(site))
    assert int(deteriorated) > 20

"""pyproject.toml, requirements.lock, environment.yml and .python-version say the same."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
GENERATOR = runpy.run_path(ROOT / "workflow" / "bootstrap" / "environment.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
REQUIREMENTS = [Requirement(line) for line in GENERATOR["requirements"](PROJECT)]


def locked(text=LOCK):
    """Return {name: (version, number of hashes)} of requirements.lock."""
    blocks = re.findall(r"^([\w.-]+)==([^\s;]+).*\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)*)", text, flags=re.MULTILINE)
    return {canonicalize_name(name): (version, hashes.count("--hash")) for name, version, hashes in blocks}


def test_environment_is_up_to_date():
    written = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert written == GENERATOR["from_files"](), "environment.yml is out of date: run `make environment`"


@pytest.mark.parametrize(
    ("requirement", "conda"),
    [
        ("pymc>=6.4", "pymc >=6.4"),
        ("matplotlib >= 3.11, < 4", "matplotlib-base >=3.11,<4"),
        ("pytest-xdist", "pytest-xdist"),
    ],
)
def test_translation(requirement, conda):
    assert GENERATOR["translate"](requirement) == conda


def test_what_conda_forge_lacks_is_left_to_pip():
    lines = GENERATOR["from_files"]().splitlines()
    by_pip = [line.strip() for line in lines[lines.index("  - pip:") + 1 :]]
    assert by_pip == ["- axe-playwright-python>=0.1.6", "- roc-validator>=0.13"]
    assert not [line for line in lines[: lines.index("  - pip:")] if "axe-playwright" in line or "roc-val" in line]


@pytest.mark.parametrize("requirement", ["numpy>=2; python_version>'3'", "dask[array]>=2", "mine @ file:///mine"])
def test_what_conda_cannot_express_is_refused(requirement):
    with pytest.raises(ValueError, match=re.escape(requirement)):
        GENERATOR["translate"](requirement)


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
def test_every_dependency_is_locked_within_its_range(requirement):
    version, hashes = locked()[canonicalize_name(requirement.name)]
    assert hashes >= 1
    assert requirement.specifier.contains(version), f"{version} is locked: run `make lock`"


def test_every_locked_package_has_a_hash():
    assert len(locked()) == len(re.findall("^[^ #]", LOCK, flags=re.MULTILINE))
    assert all(hashes for _, hashes in locked().values())


def test_the_lock_names_no_address_and_no_path():
    assert not re.search(r"\w://", LOCK)
    assert not re.search(r"http[s:]", LOCK)
    assert not re.search(r"(^|[\s=\"'])(/|~|[A-Za-z]:\\)", LOCK, flags=re.MULTILINE)
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host", LOCK)


def test_the_pinned_python_is_allowed():
    python = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(python)


def test_the_audit_has_a_lock_of_its_own_with_hashes():
    text = (ROOT / "workflow" / "bootstrap" / "audit.lock").read_text(encoding="utf-8")
    found = locked(text)
    assert "pip-audit" in found and min(hashes for _, hashes in found.values()) > 0
    assert len(found) == len(re.findall(r"^[^\s#]", text, flags=re.MULTILINE)) and "://" not in text

"""CITATION.cff keeps to version 1.2.0 of its format, and is the one place where the version stands."""

import datetime
import re
import subprocess
import tomllib
from typing import Annotated, Literal

import pytest
import yaml
from packaging.licenses import canonicalize_license_expression
from packaging.version import Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, ValidationError
from tests.conftest import ROOT

FILE = ROOT / "CITATION.cff"


class Part(BaseModel):
    """Fields as the Citation File Format Schema 1.2.0 has them; none besides."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


class Person(Part):
    family_names: str
    given_names: str
    affiliation: str | None = None
    orcid: str | None = Field(None, pattern=r"^https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")


class Entity(Part):
    name: str = Field(min_length=1)
    website: HttpUrl | None = None


class Citation(Part):
    cff_version: Literal["1.2.0"]
    message: str = Field(min_length=1)
    type: Literal["software"]
    title: str = Field(min_length=1)
    abstract: str = Field(min_length=1)
    authors: tuple[Person | Entity, ...] = Field(min_length=1)
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    date_released: datetime.date
    doi: str | None = Field(None, pattern=r"^10\.\d{4,9}(\.\d+)?/\S+$")
    license: Annotated[str, AfterValidator(canonicalize_license_expression)]
    repository_code: HttpUrl | None = None
    keywords: tuple[str, ...] = Field(min_length=1)


def read() -> dict:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_it_is_whole_and_keeps_to_its_format():
    found = Citation.model_validate(read())
    assert len(set(found.keywords)) == len(found.keywords)


def test_it_says_what_the_package_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = read()
    assert found["license"] == project["license"]
    assert found["keywords"] == project["keywords"]
    assert [author["name"] for author in found["authors"]] == [author["name"] for author in project["authors"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date-released", "soon"),
        ("doi", "https://doi.org/10.5281/zenodo.1"),
        ("license", "my own"),
        ("authors", [{"family-names": "Doe"}]),
        ("authors", [{"family-names": "Doe", "given-names": "J.", "orcid": "0000-0001-2345-6789"}]),
        ("DOI", "10.5281/zenodo.1"),
        ("version", 1.0),
    ],
)
def test_what_the_format_forbids_is_seen(field, value):
    with pytest.raises((ValidationError, ValueError)):
        Citation.model_validate(read() | {field: value})


def test_the_version_stands_there_alone():
    """Everything else asks: the package is built with it, and pages are told by the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"] and "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "CITATION.cff"
    version = read()["version"]
    listed = subprocess.run(
        [
            "git",
            "-C",
            ROOT,
            "grep",
            "-lFw",
            version,
            "--",
            "README.md",
            "CONTRIBUTING.md",
            "docs",
            "src",
            "workflow/site",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not listed.stdout.split()


def test_the_newest_release_in_the_changelog_is_this_version_with_this_date():
    found = read()
    sections = re.findall(r"^## \[(.+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    versions = [Version(version) for version, _ in sections]
    assert versions == sorted(versions, reverse=True)
    released = [section for section in sections if section[1] != "unreleased"]
    assert released[0] == (found["version"], str(found["date-released"])) and len(sections) - len(released) <= 1

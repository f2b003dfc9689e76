"""The example data are what the simulator gives, small, and marked as simulated."""

import pytest
import yaml

from iatrogenesis.core.resources import examples_folder
from iatrogenesis.own_data.examples import write
from iatrogenesis.own_data.inputs import data_files
from iatrogenesis.own_data.settings import OwnData

EXAMPLES = examples_folder()
SETTINGS = sorted(EXAMPLES.glob("*.yaml"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    write(folder)
    return folder


def test_the_tables_are_those_that_the_simulator_writes(written):
    tables = sorted(EXAMPLES.glob("*.csv"))
    assert len(tables) == 5
    assert {path.name: path.read_bytes() for path in tables} == {
        path.name: path.read_bytes() for path in written.iterdir()
    }


def test_they_are_small_and_say_that_they_are_simulated():
    assert sum(path.stat().st_size for path in EXAMPLES.iterdir()) < 1_000_000
    for path in EXAMPLES.iterdir():
        if path.suffix in (".csv", ".yaml"):
            assert path.name.startswith("simulated_")
        if path.suffix in (".md", ".yaml"):
            assert "imulated" in path.read_text(encoding="utf-8").partition("name:")[0]


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.stem)
def test_settings_are_valid_and_name_files_that_are_there(path):
    settings = OwnData.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert settings.name == path.stem
    files = data_files(settings, path.parent)
    assert files and all(file.is_file() for file in files)


def test_every_table_has_settings():
    used = set()
    for path in SETTINGS:
        settings = OwnData.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        used |= {file.name for file in data_files(settings, path.parent)}
    assert used == {path.name for path in EXAMPLES.glob("*.csv")}


def test_the_messy_one_is_messy():
    text = (EXAMPLES / "simulated_export.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        text.decode("utf-8")
    lines = text.decode("cp1252").splitlines()
    cells = [line.split(";") for line in lines]
    assert {len(row) for row in cells} == {9}
    found = {cell for row in cells[1:] for cell in row}
    assert {"99", "999", "#NULL!"} <= found
    assert any(row[1] != row[1].strip() for row in cells[1:]) and all(row[0].startswith("00") for row in cells[1:])


def test_the_readme_names_every_file():
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(path.name in text for path in EXAMPLES.iterdir() if path.name != "README.md")

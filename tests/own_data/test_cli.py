"""What the commands for own data print, write and refuse."""

import importlib.util
import shutil

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from iatrogenesis.cli import main
from iatrogenesis.core.resources import examples_folder
from iatrogenesis.own_data.results import alone, claim

NAME = "simulated_service"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one table and its settings, where commands are typed."""
    for kind in ("csv", "yaml"):
        shutil.copy(examples_folder() / f"{NAME}.{kind}", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


def changed(folder, **columns):
    """Write single cells of the table: ``column={row of the table: value}``."""
    path = folder / f"{NAME}.csv"
    table = pd.read_csv(path, dtype="str")
    for column, cells in columns.items():
        for row, value in cells.items():
            table.loc[row, column] = value
    table.to_csv(path, index=False)


def test_check_of_settings(folder):
    found = typed("check", f"{NAME}.yaml")
    assert found.exit_code == 0, found.output
    assert (folder / "results" / NAME / "checks.html").is_file()
    checks = pd.read_csv(folder / "results" / NAME / "tables" / "checks.csv")
    assert set(checks["severity"]) <= {"passed", "note", "warning", "not looked at"}
    assert "Traceback" not in found.output


def test_check_of_a_table_alone(folder):
    found = typed("check", f"{NAME}.csv", "--out", "here")
    assert found.exit_code == 0, found.output
    assert (folder / "here" / "checks.html").is_file() and (folder / "here" / "checks.csv").is_file()
    assert not (folder / "results").exists()


def test_check_with_warnings_names_row_column_and_value(folder):
    changed(folder, phq9_first={3: "270"})
    found = typed("check", f"{NAME}.yaml")
    assert found.exit_code == 0, found.output
    assert "Warning" in found.output and "row 5, phq9_first: 270" in " ".join(found.output.split())


@pytest.mark.trial(kind="refused", what="own data with errors, checked")
def test_check_with_errors(folder):
    changed(folder, phq9_first=dict.fromkeys(range(3, 800), "270"))
    found = typed("check", f"{NAME}.yaml")
    assert found.exit_code == 1, found.output
    assert "Error" in found.output and "row 5, phq9_first: 270" in " ".join(found.output.split())
    assert (folder / "results" / NAME / "checks.html").is_file()


@pytest.mark.trial(kind="refused", what="own data with errors, analysed")
def test_analyse_with_errors_starts_nothing(folder):
    changed(folder, phq9_first=dict.fromkeys(range(3, 800), "270"))
    found = typed("analyse", f"{NAME}.yaml")
    assert found.exit_code == 1
    assert "row 5" in found.output and "cannot be analysed" in found.output
    results = folder / "results" / NAME
    assert not (results / "prepared").exists() and not (results / ".snakemake").exists()


def test_init_then_check(folder):
    found = typed("init", f"{NAME}.csv", "--out", "mine.yaml")
    assert found.exit_code == 0, found.output
    assert "iatrogenesis check mine.yaml" in found.output
    assert "#" in (folder / "mine.yaml").read_text(encoding="utf-8")
    assert typed("check", "mine.yaml").exit_code == 0


def test_init_overwrites_nothing(folder):
    before = (folder / f"{NAME}.yaml").read_bytes()
    found = typed("init", f"{NAME}.csv")
    assert found.exit_code == 2 and "is there already" in found.output
    assert (folder / f"{NAME}.yaml").read_bytes() == before


def test_init_copies_the_examples_once(folder):
    assert typed("init", "--example").exit_code == 0
    assert {path.name for path in (folder / "examples").iterdir()} == {
        path.name for path in examples_folder().iterdir()
    }
    again = typed("init", "--example")
    assert again.exit_code == 2 and "is there already" in again.output


@pytest.mark.trial(kind="refused", what="iatrogenesis {arguments}")
@pytest.mark.parametrize(
    "arguments",
    [("check", "nothing.csv"), ("analyse", "nothing.yaml"), ("init",), ("init", "--example", f"{NAME}.csv")],
)
def test_wrong_commands_end_with_2(folder, arguments):
    assert typed(*arguments).exit_code == 2


def test_analyse_wants_settings(folder):
    found = typed("analyse", f"{NAME}.csv")
    assert found.exit_code == 2 and f"iatrogenesis init {NAME}.csv" in found.output


@pytest.mark.trial(kind="refused", what="own data under the name {name}")
@pytest.mark.parametrize("name", ["reference", "tiny", "default", "full"])
def test_names_of_the_projects_own_studies_are_refused(folder, name):
    path = folder / f"{NAME}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(f"name: {NAME}", f"name: {name}"), encoding="utf-8")
    for command in ("check", "analyse"):
        found = typed(command, path.name)
        assert found.exit_code == 1 and "own studies" in found.output
    assert not (folder / "results").exists()


def test_two_settings_files_with_one_name(folder):
    assert typed("check", f"{NAME}.yaml").exit_code == 0
    shutil.copy(folder / f"{NAME}.yaml", folder / "second.yaml")
    found = typed("analyse", "second.yaml")
    assert found.exit_code == 1 and "holds the results of" in found.output


def test_two_runs_at_once(folder):
    results = folder / "results" / NAME
    claim(results, folder / f"{NAME}.yaml")
    with alone(results):
        found = typed("analyse", f"{NAME}.yaml")
    assert found.exit_code == 1 and "another run is going on there" in found.output


def test_without_snakemake(folder, monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *more: None if name == "snakemake" else there(name, *more)
    )
    found = typed("analyse", f"{NAME}.yaml")
    assert found.exit_code == 1 and "pip install 'iatrogenesis[workflow]'" in found.output
    assert not (folder / "results").exists()


def test_every_problem_of_the_settings_is_said_plainly(folder):
    path = folder / f"{NAME}.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["columns"]["therapst"] = settings["columns"].pop("therapist")
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    found = typed("check", path.name)
    assert found.exit_code == 1 and "therapst" in found.output and "Traceback" not in found.output


@pytest.mark.trial(kind="fault", what="a place that cannot be written to: {arguments}")
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", f"{NAME}.yaml", "--out", f"{NAME}.csv/checks"],
        ["check", f"{NAME}.csv", "--out", "/proc/nowhere"],
        ["init", f"{NAME}.csv", "--out", "nowhere/my.yaml"],
    ],
)
def test_places_that_cannot_be_written_to_are_said_plainly(folder, arguments):
    result = typed(*arguments)
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ") and "Correct the path" in result.output


@pytest.mark.trial(kind="refused", what="own settings: {analysis}")
@pytest.mark.parametrize(
    "analysis, message",
    [
        ("models: [magic]", "analysis.models: 'magic' is not known; choose among intercept_only, casemix"),
        ("priors: {nonsense: {scale: 1}}", "analysis.priors: 'nonsense' is not known; choose among"),
        ("priors: {therapist_sd: {scale: -1}}", "analysis.priors.therapist_sd.scale: Input should be greater"),
    ],
)
def test_check_refuses_what_the_analysis_would(folder, analysis, message):
    path = folder / f"{NAME}.yaml"
    path.write_text(path.read_text() + f"analysis:\n  {analysis}\n")
    for command in ("check", "analyse"):
        result = typed(command, path.name)
        assert result.exit_code == 1 and f"{path.name}: {message}" in result.output
    assert not (folder / "results").exists()

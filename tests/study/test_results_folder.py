"""A study writes below its own name, and under nobody else's."""

import shutil
import subprocess
from pathlib import Path

import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError, quoted, read_yaml
from iatrogenesis.own_data.results import claim
from iatrogenesis.study.results_folder import check_folder
from iatrogenesis.study.study import find_study, load_study
from tests.conftest import CONFIG, ROOT


@pytest.fixture
def mine(tmp_path):
    """A study's file somewhere else."""

    def written(name: str, stem: str | None = None) -> Path:
        path = tmp_path / f"{stem or name}.yaml"
        path.write_text(f"name: {name}\nbased_on: default\n")
        return path

    return written


def refused(what: str) -> pytest.MarkDecorator:
    return pytest.mark.trial(kind="refused", what=what)


@refused("a study named reference, whose results are committed")
@pytest.mark.parametrize("name", ["reference", "Reference"])
def test_nobody_writes_over_the_accepted_results(mine, name):
    with pytest.raises(ConfigError, match=rf"{name}\.yaml: line 1: name: results/reference holds the accepted"):
        find_study({"study": str(mine(name))}, CONFIG)


@refused("a study elsewhere with the name of one in config/")
@pytest.mark.parametrize("name", ["tiny", "Tiny", "full"])
def test_a_name_in_config_belongs_to_that_file(mine, name):
    with pytest.raises(ConfigError, match=rf"line 1: name: '{name}' would write over the results of .*\.yaml"):
        find_study({"study": str(mine(name))}, CONFIG)


@refused("--configfile zz.yaml with the name of another study")
def test_a_name_in_config_belongs_to_that_file_when_snakemake_has_read_another(mine):
    path = mine("tiny", stem="zz")
    with pytest.raises(ConfigError, match=r"zz\.yaml: line 1: name: 'tiny' would write over the results of"):
        find_study(read_yaml(path), CONFIG, [path])
    with pytest.raises(ConfigError, match=r"name: 'tiny' would write over"):
        find_study({**read_yaml(path), "seed": 3}, CONFIG, [path])
    own = CONFIG / "tiny.yaml"
    assert find_study(read_yaml(own), CONFIG, [own]).name == "tiny"


def test_its_own_file_may_be_named_by_any_path(tmp_path):
    (tmp_path / "link").symlink_to(CONFIG)
    assert load_study(tmp_path / "link" / "tiny.yaml", CONFIG).name == "tiny"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=refused(f"--config study={quoted(name)}"))
        for name in (
            "..",
            "../config/tiny",
            "/etc/passwd",
            "instruments",
            "reference",
            "",
            "tiny/",
            "a|b",
            ".+",
            "x.yaml",
            "x" * 5000,
            "x" * 5000 + ".yaml",
            "x\0.yaml",
        )
    ],
)
def test_what_is_no_study_is_not_found(name):
    with pytest.raises(ConfigError, match=r"no such study; known: default, full, tiny, or give the path"):
        find_study({"study": name}, CONFIG)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=refused(f"a study named {n!r}")) for n in ("..", "a/b", ".x", "a b", "-x", "", "ü", "x\n")],
)
def test_a_name_is_one_plain_word(tmp_path, name):
    path = tmp_path / "x.yaml"
    path.write_text(f'name: "{name}"\nbased_on: tiny\n'.replace("x\n", "x\\n"))
    with pytest.raises(ConfigError, match=r"x\.yaml: line 1: name: String should match pattern"):
        load_study(path, CONFIG)


@refused("a results folder that is a link to elsewhere")
def test_results_do_not_leave_their_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mine").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match=r"results/mine: this is a link to .*elsewhere"):
        check_folder("mine", tmp_path / "results")
    (tmp_path / "results" / "file").write_text("")
    with pytest.raises(ConfigError, match=r"results/file: this is a file"):
        check_folder("file", tmp_path / "results")


@refused("a study with the name of an analysis of own data")
def test_results_of_own_data_are_not_written_over(tmp_path):
    claim(tmp_path / "mine", tmp_path / "mine.yaml")
    with pytest.raises(ConfigError, match=r"mine: this holds an analysis of own data"):
        check_folder("mine", tmp_path)


@refused("an analysis of own data whose results folder is a link")
def test_results_of_own_data_do_not_leave_their_folder(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match=r"mine: this is a link to .*elsewhere"):
        claim(tmp_path / "mine", tmp_path / "mine.yaml")


@refused("two studies whose names differ in large and small letters")
def test_twins_in_large_and_small_letters_are_refused(tmp_path):
    (tmp_path / "Mine").mkdir()
    with pytest.raises(ConfigError, match=r"Mine: this differs from 'mine' only in"):
        check_folder("mine", tmp_path)
    check_folder("Mine", tmp_path)
    check_folder("other", tmp_path)
    check_folder("first", tmp_path / "not there")


@refused("scenarios whose files differ in large and small letters")
def test_twins_among_scenarios_are_refused(tmp_path):
    config = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    shutil.copy(config / "scenarios" / "rested.yaml", config / "scenarios" / "Rested.yaml")
    with pytest.raises(ConfigError, match=r"Rested\.yaml and rested\.yaml are one file on some machines"):
        load_study(config / "tiny.yaml", config)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(asked, marks=refused(f"make report ARGS='{asked}'"))
        for asked in ("--configfile x.yaml", "--configfiles x.yaml", "-n --configf x.yaml")
    ],
)
def test_make_does_not_hand_on_files_that_snakemake_would_run(asked):
    found = subprocess.run(["make", "-n", "report", f"ARGS={asked}"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode != 0 and "STUDY=path/to/mine.yaml" in found.stderr, found.stderr

"""Whatever a configuration says, it is a valid one or refused in words."""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iatrogenesis.core.tables import DataError
from iatrogenesis.core.validated import of_document
from iatrogenesis.core.yaml_text import ConfigError, read_document, read_yaml
from iatrogenesis.own_data.loading import load_settings
from iatrogenesis.study.sources import read_study
from iatrogenesis.study.study import load_study
from iatrogenesis.world.scenarios import ScenarioFile, load_catalogue
from tests.conftest import CONFIG

ONE_FOLDER = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NASTY = st.sampled_from(
    [
        "yes",
        "",
        "24",
        "../x",
        "a|b",
        ".+",
        "*",
        "&a",
        "!!str",
        "<<",
        "__use_yte__",
        "routine_care",
        "\x1b[2J",
        "ä\u202e",
        "1e999",
        "{{x}}",
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | NASTY
    | st.integers(-(2**70), 2**70) | st.sampled_from([0, -1, 10**9, 1e300, float("nan"), float("inf")])
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | NASTY, inner, max_size=4),
    max_leaves=12,
)
STUDY = read_study(CONFIG / "tiny.yaml", CONFIG).content
SCENARIO = read_yaml(CONFIG / "scenarios" / "routine_care.yaml")
SETTINGS = {
    "name": "mine",
    "data": {"clients": "a.csv", "missing": [-9]},
    "columns": {"client": "id", "therapist": "who", "first": {"phq9": "a"}, "last": {"phq9": "b"}},
    "analysis": {"seed": 1},
    "privacy": {"anonymise": True},
}


@st.composite
def changed(draw: st.DrawFn, content: dict[str, Any]) -> dict[str, Any]:
    """Valid content in which a few places hold something else, are gone or new."""
    whole = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, 3))):
        node: Any = whole
        while True:
            keys = list(node) if isinstance(node, dict) else range(len(node))
            assume(len(keys))
            key = draw(st.sampled_from(list(keys)))
            if not isinstance(node[key], (dict, list)) or not node[key] or draw(st.integers(0, 3)) == 0:
                break
            node = node[key]
        match draw(st.integers(0, 3)) if isinstance(node, dict) else 3:
            case 0:
                del node[key]
            case 1:
                node[draw(st.text(max_size=8) | NASTY)] = draw(TREES)
            case _:
                node[key] = draw(TREES)
    return whole


def written(content: object, path: Path) -> Path:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def in_words(error: Exception, path: Path) -> None:
    """The message names the file, and cannot move what stands before it on a screen."""
    assert path.name in str(error) and "\x1b" not in str(error)
    assert all(line.isprintable() for line in str(error).splitlines())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """One for all examples, which write over each other."""
    return tmp_path_factory.mktemp("tried")


@pytest.fixture(scope="module")
def config(folder) -> Path:
    """A configuration to be spoilt."""
    return Path(shutil.copytree(CONFIG, folder / "config"))


@pytest.mark.trial(kind="refused", what="random studies")
@settings(ONE_FOLDER, max_examples=150)
@given(content=changed(STUDY))
def test_a_study_is_valid_or_refused(folder, content):
    path = written(content, folder / "tiny.yaml")
    try:
        read_study(path, CONFIG).validated()
    except ConfigError as error:
        in_words(error, path)


@pytest.mark.slow
@pytest.mark.trial(kind="refused", what="random studies, with all that they name")
@settings(ONE_FOLDER, max_examples=40)
@given(content=changed(STUDY))
def test_a_study_with_all_it_names_is_valid_or_refused(folder, content):
    path = written(content | {"name": "mine"}, folder / "mine.yaml")
    try:
        load_study(path, CONFIG)
    except ConfigError as error:
        in_words(error, path)


@pytest.mark.trial(kind="refused", what="random scenarios")
@settings(ONE_FOLDER, max_examples=100)
@given(content=changed(SCENARIO))
def test_a_scenario_is_valid_or_refused(folder, content):
    path = written(content, folder / "routine_care.yaml")
    try:
        of_document(ScenarioFile, read_document(path))
    except ConfigError as error:
        in_words(error, path)


@pytest.mark.slow
@pytest.mark.trial(kind="refused", what="random scenarios in a catalogue")
@settings(ONE_FOLDER, max_examples=40)
@given(content=changed(SCENARIO))
def test_a_catalogue_is_valid_or_refused(config, content):
    written(content, config / "scenarios" / "routine_care.yaml")
    try:
        load_catalogue(config / "scenarios", config / "references.bib")
    except ConfigError as error:
        in_words(error, config / "scenarios")


@pytest.mark.trial(kind="refused", what="random settings of own data")
@settings(ONE_FOLDER, max_examples=150)
@given(content=changed(SETTINGS))
def test_settings_of_own_data_are_valid_or_refused(folder, content):
    path = written(content, folder / "own.yaml")
    try:
        load_settings(path)
    except DataError as error:
        in_words(error, path)


@pytest.mark.trial(kind="refused", what="random texts as YAML")
@settings(ONE_FOLDER, max_examples=200)
@given(text=st.text(alphabet="ab:- \n\t[]{}&*!|>'\"#%@`,?<0.1~yn\\é", max_size=60))
def test_any_text_is_read_as_yaml_or_refused(folder, text):
    path = folder / "text.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        assert isinstance(read_yaml(path), dict)
    except ConfigError as error:
        in_words(error, path)

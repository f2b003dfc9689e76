"""Studies that say only how they differ from another: what comes out, and which file an error names."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from iatrogenesis.core.yaml_text import ConfigError, read_yaml
from iatrogenesis.study.schemas import SCHEMAS, schema_text
from iatrogenesis.study.sources import read_study
from iatrogenesis.study.study import find_study, load_study

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
OWN = {"name", "based_on"}  # what differs in any study


@pytest.fixture
def config(tmp_path) -> Path:
    """A copy of the configuration that a test may spoil."""
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


@pytest.fixture
def mine(tmp_path) -> Path:
    """Where a user's own study lies: outside the project."""
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere" / "mine.yaml"


def leaves(node: Mapping, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value that is not a section, by its dotted path; an empty section is one."""
    for name, child in node.items():
        if isinstance(child, Mapping) and child:
            yield from leaves(child, f"{path}{name}.")
        else:
            yield f"{path}{name}", child


@pytest.mark.parametrize("name", ["tiny", "full"])
def test_a_study_by_difference_repeats_nothing_of_its_base(name):
    own, base = (dict(leaves(read_yaml(CONFIG / f"{study}.yaml"))) for study in (name, "default"))
    assert [field for field, value in own.items() if field not in OWN and (field, value) in base.items()] == []


@pytest.mark.parametrize("name", ["tiny", "full"])
def test_it_differs_from_its_base_in_what_it_says_and_in_nothing_else(name):
    own = dict(leaves(read_yaml(CONFIG / f"{name}.yaml")))
    found, base = (
        dict(leaves(load_study(CONFIG / f"{n}.yaml", CONFIG).config.model_dump())) for n in (name, "default")
    )
    assert {field for field in base if found[field] != base[field]} == set(own) - {"based_on"}
    assert set(found) == set(base)
    for field in set(own) - {"based_on"}:
        assert found[field] == (tuple(own[field]) if isinstance(own[field], list) else own[field])


def test_what_the_workflow_compares_does_not_know_how_a_study_was_written(config):
    whole = load_study(CONFIG / "tiny.yaml", CONFIG).config.model_dump(mode="json")
    assert "based_on" not in whole
    (config / "tiny.yaml").write_text(yaml.safe_dump(whole))
    assert load_study(config / "tiny.yaml", config).config.model_dump(mode="json") == whole


def test_a_study_of_ones_own_may_lie_anywhere_and_build_on_one_that_builds_on_another(mine):
    mine.write_text("name: mine\nbased_on: tiny\nscenarios: [routine_care]\nsimulate: {therapists: 30}\n")
    tiny = load_study(CONFIG / "tiny.yaml", CONFIG).config
    for found in (
        find_study({"study": str(mine)}, CONFIG),
        find_study(read_yaml(mine), CONFIG, [mine]),
    ):
        size = tiny.simulate.model_copy(update={"therapists": 30})
        assert found.config == tiny.model_copy(
            update={"name": "mine", "scenarios": ("routine_care",), "simulate": size}
        )


@pytest.mark.trial(kind="refused", what="a study by difference, given by {way}: {text}")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "based_on: defualt",
            r"mine\.yaml: (line \d+: )?based_on: 'defualt' is not a study .*; known: default, full, tiny",
        ),
        ("based_on: explorer", r"mine\.yaml: (line \d+: )?based_on: 'explorer' is not a study"),
        ("based_on: ../config/default", r"mine\.yaml: (line \d+: )?based_on: '../config/default' is not a study"),
        ("based_on: [default]", r"mine\.yaml: (line \d+: )?based_on: \['default'\] is not a study"),
        ("based_on: default\nsimulate: {therapist: 3}", r"mine\.yaml: (line \d+: )?simulate\.therapist: unknown field"),
        ("based_on: tiny\nsead: 3", r"mine\.yaml: (line \d+: )?sead: unknown field"),
        ("based_on: tiny\nseed: many", r"mine\.yaml: (line \d+: )?seed: .*integer.*'many'"),
        ("based_on: tiny\nexplorer:", r"mine\.yaml: (line \d+: )?explorer: .*found None"),
        (
            "based_on: tiny\nfit: {models: [nul]}",
            r"mine\.yaml: (line \d+: )?fit\.models\.0: .*'intercept_only', 'casemix'",
        ),
        (
            "based_on: tiny\nscenarios: [bsae]",
            r"mine\.yaml: (line \d+: )?scenarios: unknown scenario 'bsae'; known: .*routine_care",
        ),
        (
            "based_on: tiny\njudgement: {instruments: [x]}",
            r"mine\.yaml: (line \d+: )?judgement\.instruments: unknown instrument 'x'",
        ),
        (
            "based_on: tiny\nsimulation_study: {cells: [bse]}",
            r"mine\.yaml: (line \d+: )?simulation_study\.cells: unknown cell 'bse'",
        ),
    ],
)
@pytest.mark.parametrize("way", ["study", "configfile"])
def test_an_error_names_the_file_that_the_user_wrote(mine, text, words, way):
    mine.write_text(f"name: mine\n{text}\n")
    chosen, files = ({"study": str(mine)}, []) if way == "study" else (read_yaml(mine), [mine])
    with pytest.raises(ConfigError, match=f"^{mine.parent}/{words}"):
        find_study(chosen, CONFIG, files)


@pytest.mark.trial(kind="refused", what="an error in the study that a study is based on")
def test_an_error_in_the_base_names_both_files(config, mine):
    mine.write_text("name: mine\nbased_on: tiny\nsimulate: {therapists: 30}\n")
    tiny, default = config / "tiny.yaml", config / "default.yaml"
    for path, old, new, words in [
        (
            tiny,
            "core_minutes: 3",
            "core_minutes: few",
            r"mine\.yaml, based on \S*/tiny\.yaml: (line \d+: )?core_minutes: .*'few'",
        ),
        (default, "\nseed: 20261122", "", r"mine\.yaml, based on \S*/default\.yaml: (line \d+: )?seed: Field required"),
        (
            default,
            "poor_fit",
            "poor_fti",
            r"mine\.yaml, based on \S*/default\.yaml: (line \d+: )?scenarios: unknown scenario",
        ),
        (default, "name: default", "name: [", r"default\.yaml: line 5: this is not valid YAML"),
    ]:
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new, 1))
        with pytest.raises(ConfigError, match=words):
            load_study(mine, config)
        path.write_text(before)
    assert load_study(mine, config).name == "mine"


@pytest.mark.trial(kind="refused", what="a world of the explorer outside the ends of its sliders")
def test_what_does_not_go_together_names_the_users_file_although_the_field_stands_in_the_base(config, mine):
    (config / "scenarios" / "frail.yaml").write_text(
        "id: frail\ntitle: t\nquestion: q\nbased_on: routine_care\nworld: {client: {fit_mean: {value: 3, unit: SD, "
        "status: assumed, low: 0, high: 4, note: n}}}\n"
    )
    prevented = (config / "scenarios" / "all_preventions.yaml").read_text()
    prevented = prevented.replace("id: all_preventions", "id: frail_prevented")
    (config / "scenarios" / "frail_prevented.yaml").write_text(
        prevented.replace("based_on: routine_care", "based_on: frail")
    )
    mine.write_text("name: mine\nbased_on: default\nexplorer: {world: frail, prevented: frail_prevented}\n")
    said = r"mine\.yaml, based on \S*default\.yaml: (line \d+: )?explorer\.ends\.fit: the value of frail, 3,"
    with pytest.raises(ConfigError, match=said):
        load_study(mine, config)


@pytest.mark.trial(kind="refused", what="studies that are based on each other")
def test_a_loop_is_refused_by_the_file_that_closes_it(config, mine):
    default = config / "default.yaml"
    default.write_text(default.read_text() + "based_on: tiny\n")
    mine.write_text("name: mine\nbased_on: default\n")
    with pytest.raises(ConfigError, match=r"tiny\.yaml: (line \d+: )?based_on: 'default' .* known besides: full"):
        load_study(mine, config)
    with pytest.raises(
        ConfigError, match=r"default\.yaml: (line \d+: )?based_on: 'tiny' is based on this study itself"
    ):
        find_study({"study": "tiny"}, config)
    default.write_text(default.read_text().replace("based_on: tiny", "based_on: default"))
    with pytest.raises(
        ConfigError, match=r"default\.yaml: (line \d+: )?based_on: 'default' is based on this study itself"
    ):
        find_study({}, config)


@pytest.mark.trial(kind="refused", what="a study by difference whose name is {name}")
@pytest.mark.parametrize("name", ["", "name: default\n", "name: tiny\n"])
def test_a_study_does_not_write_into_the_results_of_its_base(mine, name):
    mine.write_text(f"{name}based_on: tiny\nseed: 4\n")
    found = r"none is given" if not name else f"found '{name.split()[1]}', that of"
    for chosen, files in [({"study": str(mine)}, []), (read_yaml(mine), [mine])]:
        with pytest.raises(ConfigError, match=rf"mine\.yaml: (line \d+: )?name: must be the study's own.*{found}"):
            find_study(chosen, CONFIG, files)


def test_what_the_command_line_adds_to_a_file_is_not_blamed_on_the_file_alone(mine):
    mine.write_text("name: mine\nbased_on: tiny\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml and --config: seed: "):
        find_study(read_yaml(mine) | {"seed": "many"}, CONFIG, [mine])


def test_a_missing_number_is_missing_from_the_file_that_began_its_section(config, mine):
    default = config / "default.yaml"
    content = read_yaml(default)
    growth = content["fit"]["priors"].pop("growth")
    default.write_text(yaml.safe_dump(content))
    del growth["slope"]
    mine.write_text(yaml.safe_dump({"name": "mine", "based_on": "default", "fit": {"priors": {"growth": growth}}}))
    with pytest.raises(ConfigError, match=r"mine\.yaml: (line \d+: )?fit\.priors\.growth\.slope: Field required"):
        read_study(mine, config).validated()


def test_editors_accept_a_study_whole_or_by_difference():
    check = Draft202012Validator(json.loads(schema_text(SCHEMAS["study"])))
    for name in ("default", "tiny", "full"):
        check.validate(read_yaml(CONFIG / f"{name}.yaml"))
    whole = read_yaml(CONFIG / "default.yaml")
    for wrong in (
        {"name": "mine"},
        {"based_on": "default"},
        {field: value for field, value in whole.items() if field != "evidence"},
        {"name": "mine", "based_on": "default", "sead": 3},
        {"name": "mine", "based_on": "default", "simulate": {"therapist": 3}},
        {"name": "mine", "based_on": "default", "simulate": {"therapists": "many"}},
    ):
        assert not check.is_valid(wrong), wrong

"""Faulty configuration stops before any work, with the file, the field and what is allowed."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from iatrogenesis.core.yaml_text import ConfigError, read_yaml
from iatrogenesis.study.schemas import SCHEMAS, schema_text
from iatrogenesis.study.study import find_study, load_study
from iatrogenesis.world.scenarios import load_catalogue, merged

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(tmp_path) -> Path:
    """A copy of the configuration that a test may spoil."""
    return Path(shutil.copytree(ROOT / "config", tmp_path / "config"))


def spoil(path: Path, *keys, value=None, remove=False) -> Path:
    content = yaml.safe_load(path.read_text())
    node = content
    for key in keys[:-1]:
        node = node.setdefault(key, {}) if isinstance(node, dict) else node[key]
    if remove:
        del node[keys[-1]]
    else:
        node[keys[-1]] = value
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


@pytest.mark.parametrize("name", ["tiny", "default", "full"])
def test_the_committed_studies_are_valid(name):
    study = load_study(ROOT / "config" / f"{name}.yaml", ROOT / "config")
    assert study.name == name and study.routine_care == "routine_care"


@pytest.mark.trial(kind="refused", what="a study with {keys} = {value}")
@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("sead",), 3, r"sead: unknown field"),
        (("simulate", "therapist"), 3, r"simulate\.therapist: unknown field"),
        (("seed",), "many", r"seed: .*integer.*'many'"),
        (("seed",), -1, r"seed: .*greater than or equal to 0.*-1"),
        (("simulate", "therapists"), 1, r"simulate\.therapists: .*greater than or equal to 2"),
        (("simulate", "services"), 1000, r"1000 services need at least as many therapists"),
        (
            ("scenarios",),
            ["routine_care", "burnuot"],
            r"unknown scenario 'burnuot'; known: .*all_three.*, routine_care",
        ),
        (("scenarios",), ["routine_care", "routine_care"], r"scenarios: duplicate name"),
        (("scenarios",), ["routine_care", "reference"], r"always run; leave them out"),
        (("reference",), "nowhere", r"unknown scenario 'nowhere'"),
        (("reference",), "with_repair", r"reference.*'with_repair' must have no mechanisms"),
        (("judgement", "instruments"), ["phq8"], r"unknown instrument 'phq8'; known: phq9, gad7"),
        (
            ("fit", "models"),
            ["nul"],
            r"fit\.models\.0: Input should be 'intercept_only', 'casemix', 'therapist', 'interaction'",
        ),
        (("fit", "priors", "therapist_sd", "scale"), -1, r"therapist_sd\.scale: .*greater than 0"),
        (
            ("fit", "priors", "therapist_sd", "scale"),
            float("nan"),
            r"tiny\.yaml: line \d+: \.nan is not a finite number",
        ),
        (("service_counts",), "/etc/counts.csv", r"service_counts: give the path relative"),
        (("name",), "other", r"name: must equal the file's name, 'tiny' \(found 'other'\)"),
        (("name",), "../tiny", r"name: .*pattern"),
    ],
)
def test_a_faulty_study_is_refused_by_field(config, keys, value, words):
    path = spoil(config / "tiny.yaml", *keys, value=value)
    with pytest.raises(ConfigError, match=words) as error:
        load_study(path, config)
    assert "tiny.yaml" in str(error.value)


@pytest.mark.trial(kind="refused", what="a study without a section")
def test_a_missing_section_is_named(config):
    with pytest.raises(ConfigError, match=r"default\.yaml: (line \d+: )?evidence: Field required"):
        load_study(spoil(config / "default.yaml", "evidence", remove=True), config)


@pytest.mark.trial(kind="refused", what="a scenario with {keys} = {value}")
@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("world", "dropout", "logti"), {}, r"world\.dropout\.logti: unknown field"),
        (("world", "dropout", "logit"), 3, r"world\.dropout\.logit"),
        (("world", "dropout", "logit", "value"), "much", r"logit\.value: .*'much'"),
        (("world", "client", "severity_mean", "cite"), "nobody1999", r"severity_mean\.cite: no source 'nobody1999'"),
        (("world", "client", "severity_mean", "where"), None, r"a reported number needs where"),
        (("world", "alliance", "own_sd", "low"), None, r"an assumed number needs low"),
        (("world", "alliance", "own_sd", "value"), 7, r"value 7\.0 lies outside low 0\.6 to high 0\.9"),
        (("world", "client", "age_shares", "value"), {"18-25": 0.5}, r"shares add up to 0\.5000, not to 1"),
        (("mechanisms", 0), "burnuot", r"mechanisms: unknown 'burnuot'; known: .*burnout"),
        (("id",), "bass", r"id: must equal the file's name, 'routine_care'"),
    ],
)
def test_a_faulty_scenario_stops_the_study(config, keys, value, words):
    spoil(config / "scenarios" / "routine_care.yaml", *keys, value=value)
    with pytest.raises(ConfigError, match=words) as error:
        load_study(config / "tiny.yaml", config)
    assert "routine_care.yaml" in str(error.value)


@pytest.mark.trial(kind="refused", what="{path} with {keys} = {value}")
@pytest.mark.parametrize(
    ("path", "keys", "value", "words"),
    [
        ("mechanisms/burnout.yaml", ("kind",), "burnuot", r"kind: must equal the file's name, 'burnout'"),
        ("mechanisms/labelling.yaml", ("barier",), {}, r"labelling\.yaml: (line \d+: )?barier: unknown field"),
        ("mechanisms/labelling.yaml", ("share", "value"), 2, r"share: .*lies outside low"),
        ("mechanisms/labelling.yaml", ("barrier",), None, r"barrier: "),
        ("preventions/monitoring.yaml", ("support_points", "optimistic"), None, r"both a sceptical and an optimistic"),
        ("preventions/monitoring.yaml", ("support_points", "cite"), "nobody1999", r"no source 'nobody1999'"),
        ("preventions/monitoring.yaml", ("cost", "per_sesion"), {}, r"cost\.per_sesion: unknown field"),
        (
            "scenarios/no_labelling.yaml",
            ("preventions",),
            ["monitorin"],  # codespell:ignore
            r"preventions: unknown 'monitorin'; .*repair",
        ),
        ("scenarios/no_labelling.yaml", ("mechanisms",), ["labelling", "labelling"], r"mechanisms: duplicate name"),
        (
            "scenarios/no_labelling.yaml",
            ("closed",),
            ["labeling"],
            r"closed: 'labeling' is not open; open: incompetence,",
        ),
        ("scenarios/no_labelling.yaml", ("mechanisms",), [], r"closed: 'labelling' is not open; open: none"),
        ("scenarios/no_labelling.yaml", ("changed",), {"labelling": {}}, r"'labelling' is not among this scenario's"),
        ("scenarios/no_labelling.yaml", ("changed",), {"burnout": {"shar": {}}}, r"burnout\.shar: unknown field"),
        ("scenarios/no_labelling.yaml", ("reading",), "hopeful", r"reading: .*'hopeful'"),
        ("scenarios/no_labelling.yaml", ("based_on",), "no_labelling", r"'no_labelling' is not a scenario to build on"),
    ],
)
def test_a_faulty_route_or_its_use_stops_the_study(config, path, keys, value, words):
    spoil(config / path, *keys, value=value)
    with pytest.raises(ConfigError, match=words) as error:
        load_study(config / "tiny.yaml", config)
    assert path.split("/")[1] in str(error.value)


@pytest.mark.trial(kind="refused", what="a route without its file, a file without its route")
def test_a_route_without_its_file_and_a_file_without_its_route_are_refused(config):
    (config / "mechanisms" / "labelling.yaml").rename(config / "mechanisms" / "labeling.yaml")
    with pytest.raises(ConfigError, match=r"labelling\.yaml: no such file"):
        load_study(config / "tiny.yaml", config)
    (config / "mechanisms" / "labelling.yaml").write_text((config / "mechanisms" / "labeling.yaml").read_text())
    with pytest.raises(
        ConfigError, match=r"labeling\.yaml: (line \d+: )?there is no 'labeling' in the code; known: .*labelling"
    ):
        load_study(config / "tiny.yaml", config)


def test_a_number_is_read_as_the_scenario_says(study):
    by_reading = [
        next(p for p in study.catalogue[name].preventions if p.kind == "monitoring").support_points.value
        for name in ("monitoring_sceptical", "with_monitoring", "monitoring_optimistic")
    ]
    assert by_reading == sorted(by_reading) and len(set(by_reading)) == 3


@pytest.mark.trial(kind="refused", what="a scenario based on one that is not there")
def test_a_scenario_cannot_build_on_what_is_not_there(config):
    spoil(config / "scenarios" / "poor_fit.yaml", "based_on", value="bsae")
    with pytest.raises(ConfigError, match=r"poor_fit\.yaml: (line \d+: )?based_on: 'bsae' .* known: .*routine_care"):
        load_study(config / "tiny.yaml", config)


@pytest.mark.trial(kind="refused", what="a row of evidence.csv: {cells}")
@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("T01", "0.1", "0.02", "0.01", "why", "fit"), r"duplicate id 'T01'"),
        (("T99", "0.1", "0.02", "0.01", "why", "fit"), r"line \d+ \(T99\): no simulated counterpart"),
        (("T01", "much", "0.02", "0.01", "why", "fit"), r"line \d+ \(T01\): value must be a number \(found 'much'\)"),
        (("T01", "", "0.02", "0.01", "why", "fit"), r"line \d+ \(T01\): value is missing"),
        (("T01", "0.1", "few", "0.01", "why", "fit"), r"line \d+ \(T01\): sampling_se must be a number"),
        (("T01", "0.1", "-0.02", "0.01", "why", "fit"), r"line \d+ \(T01\): give sampling_se, at least 0"),
        (("T01", "0.1", "0.02", "0", "why", "fit"), r"line \d+ \(T01\): give .*discrepancy, above 0"),
        (("T01", "0.1", "0.02", "0.01", "", "fit"), r"line \d+ \(T01\): give the reason"),
        (("T01", "0.1", "0.02", "0.01", "why", "look"), r"line \d+ \(T01\): use must be one of fit, predict"),
    ],
)
def test_faulty_evidence_is_refused_by_line(config, cells, words):
    path = config / "evidence.csv"
    about = {"quantity": "x", "interval": "none published", "unit": "VPC", "cite": "saxon2017therapist"}
    about |= {"where": "abstract", "certainty": "read", "group": "therapists"}
    row = about | dict(zip(("id", "value", "sampling_se", "discrepancy", "reason", "use"), cells, strict=True))
    header = path.read_text().splitlines()[0].split(",")
    with path.open("a") as file:
        file.write(",".join(row.get(column, "") for column in header) + "\n")
    with pytest.raises(ConfigError, match=words):
        load_study(config / "tiny.yaml", config)


@pytest.mark.trial(kind="refused", what="a published value outside its own interval")
def test_evidence_outside_its_own_interval_is_refused(config):
    path = config / "evidence.csv"
    path.write_text(path.read_text().replace("0.197,0.187,0.207", "0.197,0.2,0.207"))
    with pytest.raises(ConfigError, match=r"M07\): value 0\.197 lies outside 0\.2 to 0\.207"):
        load_study(config / "tiny.yaml", config)


@pytest.mark.trial(kind="refused", what="a study file that reads {text}")
@pytest.mark.parametrize("text", ["", "- a\n- b\n", "name: [", "name: &a\n  - *a"])
def test_files_that_are_not_configuration_are_refused(config, text):
    (config / "tiny.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"tiny\.yaml"):
        load_study(config / "tiny.yaml", config)


@pytest.mark.trial(kind="refused", what="a study that would run code by YTE")
def test_config_that_can_run_code_is_refused(config):
    path = config / "evil.yaml"
    path.write_text('__use_yte__: true\nname: ?__import__("os").system("false")\n')
    with pytest.raises(ConfigError, match="would run code"):
        find_study({"study": str(path)}, config)
    with pytest.raises(ConfigError, match="would run code"):
        find_study({"name": "evil"}, config, [path])


@pytest.mark.trial(kind="refused", what="a study with a YAML tag that calls Python")
def test_python_tags_are_refused(config):
    (config / "evil.yaml").write_text('name: !!python/object/apply:os.system ["false"]\n')
    with pytest.raises(ConfigError, match=r"evil\.yaml: line 1: Tags .*not allowed"):
        read_yaml(config / "evil.yaml")


def test_a_study_is_found_by_name_or_path_and_nothing_else_may_be_set(config):
    assert find_study({"study": "tiny"}, config).name == "tiny"
    assert find_study({"study": str(config / "tiny.yaml")}, config).name == "tiny"
    assert find_study({}, config).name == "default"
    assert find_study(read_yaml(config / "tiny.yaml"), config, [config / "tiny.yaml"]).name == "tiny"
    with pytest.raises(ConfigError, match=r"no such study; known: .*default.*tiny"):
        find_study({"study": "tinny"}, config)
    with pytest.raises(ConfigError, match=r"unknown field 'seed'; only study=NAME"):
        find_study({"study": "tiny", "seed": 3}, config)


def test_configuration_cannot_be_changed_after_loading(study):
    with pytest.raises(ValueError, match="frozen"):
        study.config.seed = 3


def test_merging_replaces_a_number_with_its_whole_record():
    base = {"a": {"x": {"value": 1, "note": "old"}, "y": 2}, "list": [1, 2]}
    changed = merged(base, {"a": {"x": {"value": 3}}, "list": [3]})
    assert changed == {"a": {"x": {"value": 3}, "y": 2}, "list": [3]}
    assert base["a"]["x"] == {"value": 1, "note": "old"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_up_to_date(name):
    path = ROOT / "workflow" / "schemas" / f"{name}.schema.json"
    assert path.read_text() == schema_text(SCHEMAS[name]), "run `make schemas`"
    assert json.loads(path.read_text())["additionalProperties"] is False


@pytest.mark.trial(kind="refused", what="a catalogue without scenarios")
def test_an_empty_catalogue_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no scenario files"):
        load_catalogue(tmp_path, ROOT / "config" / "references.bib")


def test_a_switch_of_the_explorer_needs_words(config):
    load_study(config / "tiny.yaml", config)
    for path in (config / "words").glob("*.yaml"):
        words = yaml.safe_load(path.read_text())
        del words["preventions"]["supervision"]
        path.write_text(yaml.safe_dump(words))
    with pytest.raises(ConfigError, match=r"explorer\.preventions: 'supervision' has no words in .*words"):
        load_study(config / "tiny.yaml", config)

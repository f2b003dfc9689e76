"""Worlds that cannot be are refused with file, line, field and bound: whatever range their author gives a number."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from iatrogenesis.core.sources import records
from iatrogenesis.core.units import UNITS
from iatrogenesis.world.scenarios import load_catalogue, with_values
from tests.conftest import CONFIG
from tests.study.test_faulty import kinds, said_of

# Section and parameter of the scenario of routine care, what is changed in its record, and what is said of which field.
WORLDS = {
    "an SD of severity of -5": ("client.level_sd", {"value": -5}, "value: an SD lies between 0 and 200"),
    "a share of traumatised clients of 7": ("client.trauma_share", {"value": 7}, "value: .* lies between 0 and 1"),
    "a rating's reliability of 5": ("ratings.fit", {"value": 5}, "value: .* lies between 0 and 1"),
    "a weekly stability of 3": ("client.fluctuation_stability", {"value": 3}, "value: .* lies between -1 and 1"),
    "a weekly stability of -0.5": (
        "client.fluctuation_stability",
        {"value": -0.5},
        "value: a stability lies between 0",
    ),
    "a caseload of -15": ("therapist.caseload_mean", {"value": -15}, "value: .* lies between 0 and 1000"),
    "a caseload of -15 points": (
        *("therapist.caseload_mean", {"value": -15, "unit": "points"}),
        "value: a caseload lies between 1 and 1000",
    ),
    "an unaided probability of 2": ("recognition.unaided", {"value": 2}, "value: .* between 0 and 1"),
    "a follow-up of -26 weeks": ("follow_up.weeks", {"value": -26}, "value: .* between 0 and 1000"),
    "a follow-up of a million weeks": ("follow_up.weeks", {"value": 1e6}, "value: .* between 0 and 1000"),
    "a relapse of 9": ("follow_up.relapse", {"value": 9}, "value: .* lies between 0 and 1"),
    "a severity of -400": ("client.severity_mean", {"value": -400}, "value: .* between -200 and 200"),
    "a severity of 28": ("client.severity_mean", {"value": 28}, "value: a severity .* between 0 and 27"),
    "a gain of -1": ("therapy.gain", {"value": -1}, "value: .* lies between 0"),
    "log odds of 400": ("dropout.logit", {"value": 400}, "value: .* between -20 and 20"),
    "a range that ends at a share of 3": ("client.trauma_share", {"high": 3}, "high: .* lies between 0 and 1"),
    "a range that begins at an SD of -3": ("client.level_sd", {"low": -3}, "low: an SD lies between 0 and 200"),
    "a share judged at 2": ("client.fragile_share", {"judged": 2}, "judged: .* lies between 0 and 1"),
    "a prior that leaves what can be": (
        *("burnout.workload_correlation", {"se": 0.5}),
        "low: .* lies between -1 and 1, but the prior reaches -1.75; give low",
    ),
    "a unit of bananas": ("client.level_sd", {"unit": "bananas"}, "unit: there is no 'bananas'; known: ICC, .*weeks"),
}


@pytest.fixture
def config(tmp_path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def rewritten(path: Path, place: list[str], change: dict) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    record = content
    for part in place:
        record = record[part]
    # The author's own range allows what is tried.
    record |= {end: change["value"] for end in ("low", "high") if "value" in change and end in record} | change
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@pytest.mark.parametrize(("field", "change", "words"), kinds(WORLDS))
def test_an_absurd_world_says_where_and_what_is_possible(config, field, change, words):
    file = config / "scenarios/routine_care.yaml"
    place = ["world", *field.split(".")]
    rewritten(file, place, change)
    with pytest.raises(ValueError, match=rf"^{file}: line \d+: {'.'.join(place)}\.{words}") as error:
        load_catalogue(config / "scenarios", config / "references.bib")
    assert len(str(error.value).splitlines()) == 1


# Another file of numbers, the place of a record in it, and what is said.
OTHERS = {
    "a route that meets seven of one client": ("mechanisms/labelling.yaml", "share", {"value": 7}),
    "a route that begins in session -3": ("mechanisms/vulnerability.yaml", "early_sessions", {"value": -3}),
    "a prevention that avoids twice all": ("preventions/adjustment.yaml", "changed", {"optimistic": 2}),
    "a prevention that takes -5 minutes": ("preventions/repair.yaml", "cost.per_client", {"value": -5}),
    "a questionnaire's reliability of 1.2": ("instruments.yaml", "phq9.reliability", {"value": 1.2}),
    "a questionnaire's SD below 0": ("instruments.yaml", "phq9.sd", {"value": -6}),
    "a causal share of 3": ("associations.yaml", "burnout.share", {"high": 3}),
    "a correlation of scores of -2": ("statistical_world.yaml", "score_correlation", {"value": -2}),
    "a vacancy of -2 weeks": ("policies.yaml", "vacancy", {"value": -2}),
}


@pytest.mark.parametrize(("file", "field", "change"), kinds(OTHERS))
def test_absurd_numbers_are_found_in_every_file(config, file, field, change):
    rewritten(config / file, field.split("."), change)
    said = said_of(config / "tiny.yaml", config)
    (changed,) = change
    assert said.startswith(f"{config / file}: line ") and f" {field}.{changed}: " in said and "lies between" in said


@pytest.mark.trial(kind="refused", what="an absurd number in a scenario that changes a route's")
def test_a_scenario_cannot_make_a_route_absurd(config):
    path = config / "scenarios/rested.yaml"
    record = '{value: 7, unit: share of clients, status: assumed, low: 0, high: 9, note: "absurd"}'
    path.write_text(path.read_text(encoding="utf-8") + f"\nchanged: {{labelling: {{share: {record}}}}}\n")
    said = said_of(config / "tiny.yaml", config)
    assert f"{path}: line " in said and "share" in said and "lies between 0 and 1" in said


def test_the_plausible_worlds_are_possible():
    """Every member of the ensemble passes the bounds that a scenario passes."""
    scenario = load_catalogue(CONFIG / "scenarios", CONFIG / "references.bib")["all_preventions"]
    ensemble = pd.read_csv(CONFIG / "ensemble.csv", comment="#")
    known = [name for name in ensemble if name in records(scenario)]
    assert len(known) > 100
    for extreme in (ensemble.min(), ensemble.max()):
        assert with_values(scenario, extreme[known].to_dict()).id == "all_preventions"


def test_each_unit_has_room():
    assert all(low < high for low, high in UNITS.values())

"""The report takes numbers from one file only, and says so loudly when one is missing."""

import re

import jinja2
import pandas as pd
import pytest
from tests.conftest import CONFIG

from iatrogenesis.evaluate.checks import client_checks, table_checks
from iatrogenesis.figures.style import figure, save
from iatrogenesis.report.references import formatted
from iatrogenesis.report.render import MissingNumber, Numbers, render, rounded, template_source
from iatrogenesis.simulate.frames import clients_table

# What may be typed: instruments, "per 1,000", the level of intervals, the literature's range, the tags' own digits.
ALLOWED = ("PHQ-9", "GAD-7", "1,000", "95", ".15", ".26")


def test_no_number_is_typed_into_the_template():
    text = template_source().split("</head>")[1]
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>|&#\d+;", " ", text, flags=re.DOTALL)
    for allowed in ALLOWED:
        text = text.replace(allowed, " ")
    assert re.findall(r"\d+", text) == []


def test_a_missing_number_stops_the_report():
    with pytest.raises(MissingNumber, match=r"no number 'nothing'"):
        Numbers({"a": {"value": 1}}).n("nothing")
    with pytest.raises(MissingNumber, match="has no interval"):
        Numbers({"a": {"value": 1.5}}).ci("a")
    with pytest.raises((MissingNumber, jinja2.UndefinedError)):
        render({}, [], {}, {"study": "x", "commit": "y", "base": "base", "harmful": "", "harmful_title": ""})


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (57.61, 1.04, "57.6"),
        (57.61, 11.0, "58"),
        (0.09437, 0.0054, "0.0944"),
        (-0.123, 0.05, "−0.123"),
        (1234567, None, "1,234,567"),
        (0.0, None, "0"),
        (3.14159, None, "3.14"),
    ],
)
def test_rounding_follows_the_error(value, error, text):
    assert rounded(value, error) == text


def test_every_source_is_listed():
    text = (CONFIG / "references.bib").read_text()
    assert len(formatted(CONFIG / "references.bib")) == len(re.findall(r"^@", text, flags=re.MULTILINE))


def test_figures_have_the_same_bytes_each_time(tmp_path):
    for name in ("a", "b"):
        made, axes = figure()
        axes.plot([1, 2], [3, 4], label="x")
        axes.legend()
        save(made, tmp_path / f"{name}.svg", tmp_path / f"{name}.png")
    for form in ("svg", "png"):
        assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


@pytest.fixture
def clients(study, small) -> pd.DataFrame:
    run, twin = (study.setup.run(study.catalogue[name], small) for name in ("base", "reference"))
    return clients_table(run, study.instruments, study.config.judgement, twin)


def broken(study, clients) -> list[str]:
    rows = client_checks(clients, study.instruments, study.config.judgement)
    return [row["claim"] for row in rows if not row["passed"]]


def test_sound_clients_pass_and_spoiled_ones_do_not(study, clients):
    assert broken(study, clients) == []
    worse = clients.copy()
    at = worse.index[worse["finished"] & ~worse["deteriorated"].fillna(True)][0]
    worse.loc[at, "deteriorated"] = True
    assert "deteriorated follows from the scores" in broken(study, worse)
    doubled = pd.concat([clients, clients.iloc[[0]]], ignore_index=True)
    assert "client ids are unique" in broken(study, doubled)
    flipped = clients.copy()
    flipped.loc[at, "iatrogenic"] = True
    assert "iatrogenic follows from the twins" in broken(study, flipped)


def test_spoiled_tables_are_caught():
    scenarios = pd.DataFrame(
        {
            "scenario": "base",
            "measure": ["iatrogenic", "spared", "net_against_reference", "net_against_base"],
            "value": [3.0, 1.0, 2.0, 0.0],
        }
    )
    therapists = pd.DataFrame({"deteriorated": [1], "clients": [10], "raw_rate": [0.1]})
    effects = pd.DataFrame(
        {"dataset": ["base"], "model": ["null"], "low": [0.0], "estimate": [1.0], "high": [2.0], "mcse": [0.1]}
    )
    diagnostics = pd.DataFrame({"dataset": ["base"]})

    def failing(**changed):
        tables = {"scenarios": scenarios, "therapists": therapists, "effects": effects, "diagnostics": diagnostics}
        return [row["claim"] for row in table_checks(**(tables | changed), base="base") if not row["passed"]]

    assert failing() == []
    assert failing(diagnostics=diagnostics.iloc[:0]) == ["every fit is diagnosed"]
    assert failing(effects=effects.assign(estimate=5.0)) == ["estimates lie inside their intervals"]
    assert failing(therapists=therapists.assign(raw_rate=0.2)) == ["raw rates are deteriorated over clients"]
    assert failing(scenarios=scenarios.assign(value=[3.0, 1.0, 1.0, 0.0])) == ["iatrogenic less spared is the net"]

"""The picture of the rules in docs/workflow.md is that of the workflow."""

import importlib.util
import re

import pytest

from iatrogenesis.core.marked import with_part
from tests.workflow.conftest import ROOT

spec = importlib.util.spec_from_file_location("graph", ROOT / "workflow" / "bootstrap" / "graph.py")
graph = importlib.util.module_from_spec(spec)
spec.loader.exec_module(graph)

DOT = """digraph snakemake_dag {
    0[label = "all", color = "0"]; 1[label = "report", color = "0"]; 2[label = "fit_null", color = "0"];
    3[label = "fit_casemix", color = "0"]; 4[label = "simulate", color = "0"];
    1 -> 0
    2 -> 1
    3 -> 1
    4 -> 2
    4 -> 3
    4 -> 1
}"""


def test_loops_stand_as_one_and_implied_arrows_are_left_out():
    edges = graph.read_dot(DOT)
    assert edges == {("fit", "report"), ("simulate", "fit"), ("simulate", "report")}
    assert graph.reduced(edges) == {("fit", "report"), ("simulate", "fit")}


def test_the_picture_has_a_box_for_each_file():
    files = {"fit": "inference", "simulate": "world", "report": "report"}
    lines = graph.mermaid(DOT, files).splitlines()
    assert lines[:2] == ["```mermaid", "flowchart LR"] and lines[-1] == "```"
    assert [line.split("[")[0].split()[-1] for line in lines if "subgraph" in line] == [
        "world_smk",
        "inference_smk",
        "report_smk",
    ]
    assert '    fit["fit (one a model)"]' in lines and "  simulate --> fit" in lines


def test_a_rule_that_needs_no_other_is_there_too():
    dot = DOT.replace("4 -> 1", '4 -> 1; 5[label = "notebook", color = "0"]; 5 -> 0')
    assert graph.alone(dot) == {"notebook"} and graph.alone(DOT) == set()
    assert (
        "    notebook" in graph.mermaid(dot, dict.fromkeys(("fit", "simulate", "report", "notebook"), "x")).splitlines()
    )


def test_a_page_without_its_marks_is_refused():
    with pytest.raises(ValueError, match=r"docs/workflow\.md has no"):
        with_part("nothing", graph.PAGE, graph.MARKS, "x")


def test_the_page_shows_the_rules_there_are():
    dot = graph.rulegraph(ROOT)
    edges = graph.read_dot(dot)
    files = graph.files_of_rules(ROOT / "workflow" / "rules")
    page = (ROOT / "docs" / "workflow.md").read_text()
    assert with_part(page, graph.PAGE, graph.MARKS, graph.mermaid(dot, files)) == page, "run `make graph`"
    shown = re.search("(.*?)".join(graph.MARKS), page, re.DOTALL)[1]
    assert all(f"{name}" in shown for edge in edges for name in edge) and len(edges) > 40

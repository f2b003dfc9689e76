"""The script of each claim is short, needs nothing of the library, and finds the number again."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.claims import Claim
from iatrogenesis.core.files import write_csv
from iatrogenesis.evidence.ranges import ranges
from iatrogenesis.harm.twins import COUNTS, scenario_rows
from iatrogenesis.simulation_study.policies import parted, table
from iatrogenesis.verification.standalone import NoScript, script_of
from tests.conftest import ROOT

LINES = 30
ALLOWED = {"pathlib", "numpy", "pandas"}


def imported(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom)}


def test_every_claim_has_a_short_script_that_needs_nothing_of_ours(study):
    for name, claim in study.claims.items():
        source = script_of(claim)
        assert len(source.splitlines()) <= LINES, name
        assert max(map(len, source.splitlines())) <= 120, name
        assert imported(source) <= ALLOWED, name
        assert claim.sentence in ast.get_docstring(ast.parse(source))


def test_a_table_without_a_template_is_an_error(study):
    claim = next(iter(study.claims.values())).model_copy(update={"table": "tables/other.csv"})
    with pytest.raises(NoScript, match=r"no template works out tables/other\.csv"):
        script_of(claim)


def test_names_of_a_configuration_cannot_become_code(study):
    claim = study.claims["counted_net"]
    evil = {"scenario": '"); import os; os.remove("x") #', "measure": "net_against_reference"}
    tree = ast.parse(script_of(claim.model_copy(update={"row": evil})))
    assert imported(ast.unparse(tree)) <= ALLOWED


def run(results: Path, name: str) -> subprocess.CompletedProcess:
    script = results / "recompute" / f"{name}.py"
    return subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=False)


def put(results: Path, name: str, claim: Claim) -> None:
    (results / "recompute").mkdir(parents=True, exist_ok=True)
    (results / "recompute" / f"{name}.py").write_text(script_of(claim))


@pytest.mark.parametrize("members", [20, 200])
def test_quantiles_over_worlds_are_those_of_another_implementation(study, tmp_path, members):
    (tmp_path / "tables").mkdir()
    noise = np.random.default_rng(members)
    table = pd.DataFrame({"conclusion": "net", "label": "Net", "member": range(members)})
    table = table.assign(value=noise.gamma(2, 9, members), mcse=1.0)
    write_csv(table, tmp_path / "tables" / "members.csv")
    write_csv(ranges(table, table.iloc[:1]), tmp_path / "tables" / "conclusions.csv")
    for name in ("net_median", "net_low", "net_high"):
        put(tmp_path, name, study.claims[name])
        found = run(tmp_path, name)
        assert found.returncode == 0, found.stdout + found.stderr


def test_policies_are_worked_out_from_each_world(study, tmp_path):
    """Of one policy and measure alone, without the worlds in which nobody is chosen."""
    (tmp_path / "tables").mkdir()
    noise = np.random.default_rng(5)
    names = ["remove_raw.fdr", "remove_raw.averted", "remove_sure.fdr"]
    members = pd.DataFrame([(name, "Some, %", world) for name in names for world in range(40)])
    members.columns = ["conclusion", "label", "member"]
    members = members.assign(value=noise.uniform(0, 100, len(members)), mcse=1.0)
    members.loc[[3, 85], "value"] = np.nan
    write_csv(parted(members), tmp_path / "tables" / "policy_members.csv")
    write_csv(table(members, members[members["member"] == 0]), tmp_path / "tables" / "policies.csv")
    for name in ("removal_median", "removal_low", "removal_high"):
        put(tmp_path, name, study.claims[name])
        found = run(tmp_path, name)
        assert found.returncode == 0, found.stdout + found.stderr


def test_counts_by_service_are_compared_and_another_table_is_noticed(study, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "twins").mkdir()
    noise = np.random.default_rng(3)
    counts = {name: noise.integers(1, 40, 12).astype(float) for name in COUNTS}
    pd.DataFrame(counts).to_parquet(tmp_path / "twins" / "routine_care.parquet")
    table = pd.DataFrame(scenario_rows("routine_care", counts))
    write_csv(table, tmp_path / "tables" / "scenarios.csv")
    for name in ("counted_net", "counted_net_true", "counted_caused", "sensitivity", "predictive_value"):
        put(tmp_path, name, study.claims[name])
        found = run(tmp_path, name)
        assert found.returncode == 0, found.stdout + found.stderr
    write_csv(table.assign(value=table["value"] * 1.001), tmp_path / "tables" / "scenarios.csv")
    found = run(tmp_path, "counted_net")
    assert found.returncode == 1 and "worked out again" in found.stdout


def test_a_power_is_compared_with_the_table_of_its_claim_if_that_has_this_study(study, tmp_path):
    """The report's table may have the full study's; then this study's own tells."""
    claim = study.claims["power"]
    results = tmp_path / "tiny"
    folder = results / "simulation_study" / claim.row["cell"] / claim.row["method"]
    for each in (folder, results / "tables"):
        each.mkdir(parents=True)
    answers = pd.DataFrame({"estimand": claim.row["estimand"], "estimate": 0.5, "rejects": [True, True, True, False]})
    answers.to_parquet(folder / "0.estimates.parquet")
    own = pd.DataFrame([claim.row | {"value": 0.75}])
    write_csv(own, results / "tables" / "performance.csv")
    put(results, "power", claim)
    for name, value, code, said in (
        ("tiny", 0.75, 0, "75 in tables/method_results.csv"),
        ("tiny", 0.5, 1, "50 in tables/method_results.csv"),
        ("full", 0.5, 0, "75 in tables/performance.csv"),
    ):
        write_csv(own.assign(value=value, study=name), results / "tables" / "method_results.csv")
        found = run(results, "power")
        assert found.returncode == code and said in found.stdout, found.stdout + found.stderr


@pytest.mark.slow
def test_every_claim_of_a_finished_study_is_worked_out_again(finished, study):
    results = finished / "results" / "tiny"
    numbers = json.loads((results / "tables" / "numbers.json").read_text())
    claimed = {name for name, claim in study.claims.items() if claim.number in numbers}
    assert {path.stem for path in (results / "recompute").glob("*.py")} == claimed
    assert len(claimed) > 20
    for name in sorted(claimed):
        found = run(results, name)
        assert found.returncode == 0, f"{name}: {found.stdout}{found.stderr}"


@pytest.mark.slow
def test_the_abstract_is_worked_out_again_as_it_is_printed(finished):
    command = [sys.executable, "-I", ROOT / "scripts" / "check_abstract.py", finished / "results" / "tiny"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.count("in the abstract") == 10


def test_the_abstracts_script_is_short_and_needs_nothing_of_ours():
    source = (ROOT / "scripts" / "check_abstract.py").read_text()
    assert imported(source) <= ALLOWED | {"re", "sys"}
    code = [line for line in source.splitlines() if line.strip()]
    assert len(code) <= 30

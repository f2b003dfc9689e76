"""The files that others' machines run are well formed, and call only what is there."""

import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(set((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) - {GITHUB / "ISSUE_TEMPLATE" / "config.yml"})
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
FIELDS = {"textarea", "input", "dropdown", "markdown", "checkboxes"}


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_are_workflows_and_forms():
    assert {path.stem for path in WORKFLOWS} == {"check", "monthly", "site"}
    assert {path.stem for path in FORMS} == {"bug", "mechanism", "second_reading", "source"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_jobs_call_only_targets_of_the_makefile(path):
    commands = [step["run"] for step in steps(read(path)) if "run" in step]
    assert commands
    for command in commands:
        words = command.split()
        assert words[0] == "make", f"{command!r}: what a job runs, everybody should be able to run"
        assert {word for word in words[1:] if "=" not in word} <= TARGETS, command


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_jobs_use_pinned_actions_no_secrets_and_may_only_read(path):
    workflow = read(path)
    for step in steps(workflow):
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", step["uses"])
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in path.read_text(encoding="utf-8")
    assert all(job["timeout-minutes"] for job in workflow["jobs"].values())


def test_every_change_is_checked_by_the_oldest_and_the_newest_python_on_linux_and_a_mac():
    strategy = read(GITHUB / "workflows" / "check.yml")["jobs"]["check"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in strategy["os"]} == {"ubuntu", "macos"}
    suitable = (ROOT / "workflow" / "bootstrap" / "suitable.py").read_text(encoding="utf-8")
    oldest, above = re.search(r"\(3, (\d+)\) <= sys.version_info < \(3, (\d+)\)", suitable).groups()
    assert strategy["python"] == [f"3.{oldest}", f"3.{int(above) - 1}"]


def test_the_monthly_job_has_a_date_and_no_cache():
    path = GITHUB / "workflows" / "monthly.yml"
    on = read(path)[True]  # YAML 1.1 reads the word `on` so
    assert len(on["schedule"][0]["cron"].split()) == 5
    assert not [step for step in steps(read(path)) if "cache" in f"{step.get('uses')} {step.get('with')}"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_of_issues_are_complete(path):
    form = read(path)
    assert form["name"] and form["description"]
    names = [field["id"] for field in form["body"]]
    assert len(set(names)) == len(names)
    for field in form["body"]:
        assert field["type"] in FIELDS
        assert field["attributes"]["label"]


def test_hooks_run_the_tools_of_the_environment():
    hooks = [hook for repository in read(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repository["hooks"]]
    assert {"ruff", "ruff-format", "snakefmt", "codespell"} <= {hook["id"] for hook in hooks}
    for hook in hooks:
        program = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert Path(sys.executable).with_name(program).exists(), hook["entry"]


def test_notebooks_are_stored_without_outputs(tmp_path):
    left_in = runpy.run_path(ROOT / "workflow" / "bootstrap" / "notebooks.py")["left_in"]
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    assert not [line for path in notebooks for line in left_in(path)]
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [{}], "execution_count": 3}]
    path = tmp_path / "run.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert left_in(path) == [f"{path}: cell 2 was saved with its output; clear all outputs and save again"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", True),
        ("--forceall", True),
        ("-n", False),
        ("-nq", False),
        ("--dry-run", False),
        ("results/tiny/x.csv", False),
    ],
)
@pytest.mark.parametrize("target", ["report", "study", "explorer"])
def test_make_says_what_to_open_only_where_it_was_made(target, arguments, said):
    command = [shutil.which("make"), "--dry-run", target, f"ARGS={arguments}", "STUDY=tiny"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (re.search(r'^echo "(Open|See) results/tiny', found.stdout, flags=re.MULTILINE) is not None) == said

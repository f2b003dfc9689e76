"""What hosted CI runs: targets that there are, with the least rights, by actions that cannot change under it."""

import re
import tomllib

import pytest
import yaml

from tests.conftest import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
MAKE = re.compile(r"make ([a-z-]+)((?: [A-Z]+=[\w./-]+)*)")
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40}")


def read(path):
    # "on" is a truth value to YAML 1.1, in which PyYAML reads.
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content, content[True], [(name, job, job["steps"]) for name, job in content["jobs"].items()]


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def workflow(request):
    return read(request.param)


def test_there_are_all():
    assert [path.name for path in FILES] == ["check.yml", "monthly.yml", "site.yml"]


def test_it_may_only_read_and_every_job_ends(workflow):
    content, _, jobs = workflow
    assert content["permissions"] == {"contents": "read"}
    for name, job, steps in jobs:
        assert 0 < job["timeout-minutes"] <= 180
        if name == "publish":  # what hands the built site over runs nothing of ours
            assert job["permissions"] == {"pages": "write", "id-token": "write"}
            assert [step["uses"].partition("@")[0] for step in steps] == ["actions/deploy-pages"]
        else:
            assert "permissions" not in job


def test_actions_are_pinned_by_commit_with_the_version_said(workflow, request):
    _, _, jobs = workflow
    used = [step for _, _, steps in jobs for step in steps if "uses" in step]
    assert used and all(PINNED.fullmatch(step["uses"]) for step in used)
    for step in used:
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "uses:" not in line or re.search(r"# v\d+\.\d+\.\d+$", line), line


def test_every_command_is_a_target_of_make_and_holds_no_expression(workflow):
    _, _, jobs = workflow
    commands = [step["run"] for _, _, steps in jobs for step in steps if "run" in step]
    assert commands
    for command in commands:
        found = MAKE.fullmatch(command)
        assert found and found[1] in TARGETS, command


def test_the_site_is_published_with_verified_results_when_a_version_is_tagged_and_else_by_hand():
    content, when, jobs = read(FILES[2])
    assert set(when) == {"push", "workflow_dispatch"} and when["push"] == {"tags": ["v*"]}
    known = {name: (job, [step["run"] for step in steps if "run" in step]) for name, job, steps in jobs}
    assert known["build"][1] == ["make report", "make verify", "make site"]
    assert known["publish"][0]["needs"] == "build"
    assert content["concurrency"]["cancel-in-progress"] is False


def test_the_month_begins_from_nothing_by_the_oldest_and_the_newest_python_and_verifies():
    content, when, jobs = read(FILES[1])
    assert "schedule" in when
    known = {name: (job, [step.get("run") for step in steps]) for name, job, steps in jobs}
    job, commands = known["from-nothing"]
    assert set(job["strategy"]["matrix"]["os"]) == {"ubuntu-latest", "macos-latest"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest, newest = job["strategy"]["matrix"]["python"]
    assert project["requires-python"] == f">={oldest}"
    assert f"{newest} works too" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "make verify STUDY=tiny" in commands and "make audit" in known["audit"][1]
    assert "cache" not in yaml.safe_dump(content)

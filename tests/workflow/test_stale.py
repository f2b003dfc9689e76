"""An edit of a file of the library makes the workflow run exactly what depends on it, and nothing else.

Which files a script reaches is tested in `tests/study/test_dependencies.py`; here, that its rule has them as input,
and that Snakemake plans what is made from them.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from iatrogenesis.study.dependencies import Library
from tests.workflow.conftest import ROOT, copy_project, plan

SOURCE = ROOT / "src" / "iatrogenesis"
LIBRARY = Library(SOURCE)
RULE = re.compile(r'^ *rule ?(\w*):(?:(?!^ *rule\b).)*?scripts/(\w+/\w+)\.py"', re.DOTALL | re.MULTILINE)
NAME = re.compile(r'name:\s+f"([^"]+)"')
FOLDERS = {
    Path(name).name
    for path in (ROOT / "workflow" / "rules").glob("*.smk")
    for name in re.findall(r'directory\("([^"]+)"\)', path.read_text())
}
NOTEBOOK = re.compile(r"notebooks/(\w+)\.html$")


class Output(NamedTuple):
    """A line of Snakemake's detailed summary."""

    path: str
    rule: str
    inputs: frozenset[str]
    pending: bool

    @property
    def code(self) -> set[str]:
        """Files of the library among its inputs, by their paths in it."""
        return {path.removeprefix("src/iatrogenesis/") for path in self.inputs if path.startswith("src/")}


def summary(project: Path) -> list[Output]:
    """Every output of the tiny study."""
    found = plan(project, "--detailed-summary", "--config", "study=tiny")
    assert found.returncode == 0, found.stdout + found.stderr
    head, *lines = [line.split("\t") for line in found.stdout.splitlines() if "\t" in line]
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    return [
        Output(row["output_file"], row["rule"], frozenset(row["input-file(s)"].split(",")), row["plan"] != "no update")
        for row in rows
    ]


@pytest.fixture(scope="module")
def complete(tmp_path_factory) -> Path:
    """A copy of the project in which every result of the tiny study is there, empty, and newer than its inputs."""
    project = copy_project(tmp_path_factory.mktemp("stale") / "project")
    for output in summary(project):
        path = project / output.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if path.name in FOLDERS else path.touch()
    # Every job, so that Snakemake knows the inputs of each.
    found = plan(project, "--config", "study=tiny", "--cores", "1", "--touch", "--forceall", "--quiet")
    assert found.returncode == 0, found.stdout + found.stderr
    return project


@pytest.fixture(scope="module")
def outputs(complete) -> list[Output]:
    found = summary(complete)
    assert len(found) > 100 and not any(output.pending for output in found)
    return found


@contextlib.contextmanager
def edited(path: Path) -> Iterator[None]:
    """A file with one more line, newer than every result; afterwards as it was."""
    content, times = path.read_bytes(), path.stat()
    path.write_bytes(content + b"\n")
    try:
        yield
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def stale(outputs: list[Output], file: str) -> set[str]:
    """Outputs that an edit makes stale: of the jobs that have the file as input, and all that is made from them."""
    found = {output.path for output in outputs if file in output.code}
    while more := {output.path for output in outputs if output.path not in found and output.inputs & found}:
        found |= more
    return found


def files(paths: list[Path]) -> set[str]:
    return {path.relative_to(SOURCE).as_posix() for path in paths}


APART = {"evidence/calibrate", "evidence/trials", "simulation_study/statistical_world"}  # no part of a report


def scripts() -> dict[str, str]:
    """Script of each rule, by a pattern of the rule's name: rules made in a loop share one."""
    found = {}
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        for match in RULE.finditer(path.read_text()):
            name = match[1] or re.sub(r"\\{.*?\\}", r"\\w+", re.escape(NAME.search(match[0])[1]))
            found[name] = match[2]
    return found


def test_jobs_have_the_files_that_their_script_reaches(outputs):
    """Exactly, or, where modules are chosen by the rule, between what is always reached and all that may be."""
    known = scripts()
    chosen = {package: [] for package in ("figures", "inference.models", "simulation_study.methods")}
    seen = set()
    for output in outputs:
        (script,) = {script for name, script in known.items() if re.fullmatch(name, output.rule)}
        path = ROOT / "scripts" / f"{script}.py"
        most, least = (files(LIBRARY.closure(path, some)) for some in ({}, chosen))
        if notebook := NOTEBOOK.search(output.path):
            most |= files(LIBRARY.closure(ROOT / "notebooks" / f"{notebook[1]}.ipynb"))
        assert least <= output.code <= most, output.rule
        seen.add(script)
    assert seen == set(known.values()) - APART


FILES = sorted(files([*LIBRARY.modules.values(), *(path for found in LIBRARY.other_files.values() for path in found)]))


def pending_after_edit(project: Path, file: str) -> set[str]:
    with edited(project / "src" / "iatrogenesis" / file):
        return {output.path for output in summary(project) if output.pending}


FEW = ("figures/caterpillar.py", "evidence/patterns/burnout.py", "report/style.css")


@pytest.mark.trial(kind="altered", what="an edit of the library after the run: {file}")
@pytest.mark.parametrize("file", FEW)
def test_an_edit_runs_what_depends_on_it(complete, outputs, file):
    assert pending_after_edit(complete, file) == stale(outputs, file)


def of_each_kind(outputs: list[Output]) -> list[str]:
    """One file for every set of jobs that have it as input: Snakemake looks at times, and treats the others alike."""
    jobs = {file: frozenset(output.path for output in outputs if file in output.code) for file in FILES}
    return sorted({of_them: file for file, of_them in jobs.items()}.values())


@pytest.mark.slow
def test_an_edit_of_any_kind_of_file_runs_what_depends_on_it(complete, outputs):
    chosen = of_each_kind(outputs)
    assert len(chosen) > 100 and {stale(outputs, file) == set() for file in chosen} == {True, False}
    wrong = {file: pending_after_edit(complete, file) ^ stale(outputs, file) for file in chosen}
    assert {file: found for file, found in wrong.items() if found} == {}


def test_a_figure_redraws_itself_and_a_pattern_refits_nothing(outputs):
    rules = {output.path: output.rule for output in outputs}
    drawn = {rules[path] for path in stale(outputs, "figures/caterpillar.py") if "/figures/" in path}
    assert len(drawn) == 1
    pattern = {rules[path] for path in stale(outputs, "evidence/patterns/burnout.py")}
    assert "evidence" in pattern and not any(rule.startswith(("fit_", "simulate", "sbc", "study")) for rule in pattern)
    model = {rules[path] for path in stale(outputs, "inference/models/service.py") if path.endswith(".nc")}
    assert len(model) == 1

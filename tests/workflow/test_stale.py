"""An edit of any file of the library makes the workflow run exactly what depends on it, and nothing else."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from iatrogenesis.inference.models import FACTS as MODELS
from iatrogenesis.simulation_study.methods import FACTS as METHODS
from iatrogenesis.study.dependencies import Library
from tests.workflow.conftest import ROOT, copy_project, plan

# A rule made in a loop has a name of its own each time, of which the beginning is the same.
RULE = re.compile(
    r'rule ?(\w*):(?:(?!script:).)*?(?:name:\s+f"(\w+)\{.*?)?script:\s+"../../scripts/(\w+/\w+)\.py"', re.DOTALL
)
SOURCE = ROOT / "src" / "iatrogenesis"
LIBRARY = Library(SOURCE)
FITTED = {name: facts["MODEL"] for name, facts in METHODS.items() if "MODEL" in facts}
FILES = sorted(
    path.relative_to(SOURCE).as_posix()
    for path in [*LIBRARY.modules.values(), *(path for found in LIBRARY.other_files.values() for path in found)]
)


class Output(NamedTuple):
    """A line of Snakemake's detailed summary."""

    path: str
    rule: str
    inputs: frozenset[str]
    pending: bool


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
        (project / output.path).parent.mkdir(parents=True, exist_ok=True)
        (project / output.path).touch()
    found = plan(project, "--config", "study=tiny", "--cores", "1", "--touch", "--quiet")
    assert found.returncode == 0, found.stdout + found.stderr
    return project


@pytest.fixture(scope="module")
def outputs(complete) -> list[Output]:
    found = summary(complete)
    assert len(found) > 100 and not any(output.pending for output in found)
    return found


@contextlib.contextmanager
def edited(path: Path) -> Iterator[None]:
    """A file with one more comment, newer than every result; afterwards as it was."""
    content, times = path.read_bytes(), path.stat()
    comment = {".py": b"\n# x\n", ".css": b"\n/* x */\n", ".js": b"\n// x\n"}.get(path.suffix, b"\n{# x #}\n")
    path.write_bytes(content + comment)
    try:
        yield
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def script_of(rule: str) -> str:
    """The script of a rule; those made in a loop share one."""
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        for name, beginning, script in RULE.findall(path.read_text()):
            if name == rule or (not name and rule.startswith(beginning)):
                return script
    raise LookupError(rule)


def chosen_by(output: Output, outputs: list[Output]) -> dict[str, list[str]]:
    """The modules that a rule asks a package for, by what it makes: of its models, its methods, its figures."""
    made = [Path(other.path) for other in outputs if other.rule == output.rule]
    if output.rule.startswith("fit_"):
        return {"inference.models": [path.stem for path in made]}
    if output.rule.startswith("sbc_ranks_"):
        return {"inference.models": [path.stem.rpartition("_")[0] for path in made]}
    if output.rule.startswith("figures_"):
        return {"figures": [path.stem for path in made]}
    if output.rule.startswith("study_batch_"):
        methods = [path.parent.name for path in made]
        return {
            "simulation_study.methods": methods,
            "inference.models": [FITTED[name] for name in methods if name in FITTED],
        }
    if output.rule == "engines":
        return {"inference.models": [Path(path).stem for path in output.inputs if path.endswith(".nc")]}
    if output.rule.startswith("advice_columns_"):
        return {"inference.models": ["null"]}
    if output.rule == "true_effects":
        fitted = {Path(other.path).stem for other in outputs if other.rule.startswith("fit_")}
        return {"inference.models": [name for name in fitted if "LARGE_SAMPLE" in MODELS[name]]}
    return {}


def reached(outputs: list[Output]) -> dict[str, set[str]]:
    """Outputs that an edit makes stale, by file: those of scripts that reach it, and all that is made from them."""
    direct: dict[str, set[str]] = {name: set() for name in FILES}
    closures: dict[str, list[Path]] = {}
    for output in outputs:
        key = f"{output.rule} {Path(output.path).stem if output.rule == 'notebook' else ''}"
        if key not in closures:
            script = ROOT / "scripts" / f"{script_of(output.rule)}.py"
            closures[key] = LIBRARY.closure(script, chosen_by(output, outputs))
            if output.rule == "notebook":
                closures[key] += LIBRARY.closure(ROOT / "notebooks" / f"{Path(output.path).stem}.ipynb")
        for path in closures[key]:
            direct[path.relative_to(SOURCE).as_posix()].add(output.path)
    return {name: _with_descendants(found, outputs) for name, found in direct.items()}


def _with_descendants(stale: set[str], outputs: list[Output]) -> set[str]:
    jobs = {output.path: output.inputs for output in outputs}
    while more := {path for path, inputs in jobs.items() if path not in stale and inputs & stale}:
        stale = stale | more
    return stale


def test_every_rule_with_a_script_has_the_files_that_the_script_reaches():
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        for block in re.split(r"(?m)^ *rule \w*:", path.read_text())[1:]:
            script = re.search(r"scripts/(\w+/\w+)\.py", block)[1]
            code = re.search(r"code=(?:library\(\s*\"([\w/]+)\"|code_of_)", block)
            assert code is not None, script
            assert code[1] in (None, script)


@pytest.mark.parametrize("file", ["figures/caterpillar.py", "evidence/patterns/burnout.py", "core/definitions.py",
                                  "report/style.css", "inference/models/growth.py"])  # fmt: skip
def test_an_edit_runs_what_depends_on_it(complete, outputs, file):
    with edited(complete / "src" / "iatrogenesis" / file):
        pending = {output.path for output in summary(complete) if output.pending}
    assert pending == reached(outputs)[file]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_an_edit_of_any_file_runs_what_depends_on_it(complete, outputs, file):
    with edited(complete / "src" / "iatrogenesis" / file):
        pending = {output.path for output in summary(complete) if output.pending}
    assert pending == reached(outputs)[file]


def test_a_figure_redraws_itself_and_a_pattern_refits_nothing(outputs):
    stale = reached(outputs)
    rules = {output.path: output.rule for output in outputs}
    redrawn = {Path(path).stem for path in stale["figures/caterpillar.py"] if path.endswith(".svg")}
    assert "caterpillar" in redrawn and not redrawn & {"performance", "flagging", "advice", "policies"}
    pattern = {rules[path] for path in stale["evidence/patterns/burnout.py"]}
    assert "evidence" in pattern and not any(rule.startswith(("fit_", "simulate", "sbc", "study")) for rule in pattern)

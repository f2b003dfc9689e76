"""An edit of any file of the library makes the workflow run exactly what depends on it, and nothing else."""

import contextlib
import io
import multiprocessing
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.study.dependencies import Library
from tests.workflow.conftest import ROOT, copy_project

RULE = re.compile(r'rule (\w*):.*?script:\s+"../../scripts/(\w+/\w+)\.py"', re.DOTALL)
SOURCE = ROOT / "src" / "iatrogenesis"
LIBRARY = Library(SOURCE)
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


def _summary(project: Path) -> list[Output]:
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import ConfigSettings, OutputSettings, Quietness, ResourceSettings

    os.chdir(project)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config={"study": "tiny"}),
            snakefile=project / "Snakefile",
        )
        workflow.dag().summary(detailed=True)
    head, *lines = [line.split("\t") for line in said.getvalue().splitlines() if "\t" in line]
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    return [
        Output(row["output_file"], row["rule"], frozenset(row["input-file(s)"].split(",")), row["plan"] != "no update")
        for row in rows
    ]


def summary(project: Path) -> list[Output]:
    """Every output of the tiny study, by a process of its own, because Snakemake keeps state."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(_summary, (project,))


@pytest.fixture(scope="module")
def complete(tmp_path_factory) -> Path:
    """A copy of the project in which every result of the tiny study is there, empty, and newer than its inputs."""
    import snakemake.api

    project = copy_project(tmp_path_factory.mktemp("stale") / "project")
    for output in summary(project):
        (project / output.path).parent.mkdir(parents=True, exist_ok=True)
        (project / output.path).touch()
    found = snakemake(project, "--config", "study=tiny", "--cores", "1", "--touch", "--quiet")
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
    """The script of a rule; rules made in a loop have a name of their own each, which begins with the script's."""
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        for name, script in RULE.findall(path.read_text()):
            if name == rule or (not name and rule.startswith(f"{script.rpartition('/')[2]}_")):
                return script
    raise LookupError(rule)


def chosen_by(rule: str, outputs: list[Output]) -> dict[str, list[str]]:
    """The modules that a rule's jobs ask a package for, by the names of their files: models, methods, figures."""
    own = [Path(output.path) for output in outputs if output.rule == rule]
    match script_of(rule):
        case "inference/fit":
            return {"inference.models": [path.stem for path in own]}
        case "inference/sbc_ranks":
            return {"inference.models": [path.stem.rpartition("_")[0] for path in own]}
        case "simulation_study/study_batch":
            methods = [path.parent.name for path in own]
            models = [FACTS[name]["MODEL"] for name in methods if "MODEL" in FACTS[name]]
            return {"simulation_study.methods": methods, "inference.models": models}
        case "figures/figures":
            return {"figures": [path.stem for path in own]}
    return {}


def reached(outputs: list[Output]) -> dict[str, set[str]]:
    """Outputs that an edit makes stale, by file: those of scripts that reach it, and all that is made from them."""
    direct: dict[str, set[str]] = {name: set() for name in FILES}
    closures: dict[str, list[Path]] = {}
    for output in outputs:
        if output.rule not in closures:
            script = ROOT / "scripts" / f"{script_of(output.rule)}.py"
            closures[output.rule] = LIBRARY.closure(script, chosen_by(output.rule, outputs))
        for path in closures[output.rule]:
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


def test_a_figure_redraws_its_group_and_a_pattern_refits_nothing(outputs):
    stale = reached(outputs)
    rules = {output.path: output.rule for output in outputs}
    figure = {Path(path).stem for path in stale["figures/caterpillar.py"] if rules[path].startswith("figures_")}
    assert "caterpillar" in figure and not figure & {"evidence", "scenarios", "performance"}
    pattern = {rules[path] for path in stale["evidence/patterns/burnout.py"]}
    assert "evidence" in pattern and not any(rule.startswith(("fit_", "simulate", "sbc", "study")) for rule in pattern)

"""What stops before any work starts, and that the workflow is well formed."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from snakemake.scheduling.job_scheduler import JobScheduler

from tests.workflow.conftest import ROOT, copy_project, made, plan

RULES = re.compile(r"^\s*rule (\w+):", re.MULTILINE)
WITHOUT_SCRIPT = {"all", "study"}


@pytest.mark.parametrize("study", ["tiny", "default", pytest.param("full", marks=pytest.mark.slow)])
def test_dry_run(project, study):
    # Forced, since another test may have run the study in this copy already.
    found = plan(project, "-n", "--forceall", "--config", f"study={study}", "--cores", "1")
    assert found.returncode == 0, found.stderr
    assert f"results/{study}/report.html" in found.stdout + found.stderr


def test_lint_is_clean(project):
    found = plan(project, "--lint", "--config", "study=tiny")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "good condition" in found.stdout + found.stderr


def test_what_is_changed_in_snakemake_was_measured_for_the_locked_one():
    """Measure again by `python -m bench.scheduler`, then change the version in the Snakefile, or take the lines out."""
    locked = re.search(r"^snakemake==([0-9]+\.[0-9]+\.)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)[1]
    guard = f'snakemake_version.startswith("{locked}"):\n        workflow.scheduler.job_rate_limiter = None'
    assert guard in (ROOT / "workflow" / "Snakefile").read_text()
    scheduler = inspect.getsource(JobScheduler)
    assert "if self.job_rate_limiter is not None:" in scheduler
    assert "self._schedule_reevalutation(self.job_rate_limiter.timespan)" in scheduler


def test_every_script_has_the_environment_of_the_project(tmp_path):
    copy = copy_project(tmp_path / "project")
    with (copy / "Snakefile").open("a") as snakefile:
        snakefile.write('\n\nprint("ENV", {each.conda_env for each in workflow.rules if each.script}, file=sys.stderr)')
    for rules in (copy / "workflow" / "rules").glob("*.smk"):
        rules.write_text(re.sub(r"\n +conda:\n +\S+", "", rules.read_text()))
    found = plan(copy, "--lint", "--config", "study=tiny")
    assert "good condition" in found.stdout + found.stderr
    assert f"ENV {{'{copy / 'environment.yml'}'}}" in found.stdout + found.stderr


@pytest.mark.trial(kind="refused", what="make report -n: {old} becomes {new}")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("core_minutes:", "core_minuts:", ["tiny.yaml", "core_minuts", "unknown field"]),
        ("services: 4", "services: many", ["tiny.yaml", "services", "many"]),
        ("based_on:", "reference: refernce\nbased_on:", ["tiny.yaml", "unknown scenario 'refernce'", "reference"]),
        ("based_on: default", "based_on: defualt", ["tiny.yaml", "based_on", "'defualt'", "known: default, full"]),
        ("name: tiny", "__use_yte__: true\nname: tiny", ["tiny.yaml", "would run code"]),
    ],
)
def test_a_faulty_study_stops_even_a_dry_run(tmp_path, old, new, words):
    copy = copy_project(tmp_path / "project")
    path = copy / "config" / "tiny.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = plan(copy, "-n", "--config", "study=tiny", "--cores", "1")
    assert found.returncode != 0
    for word in words:
        assert word in found.stdout + found.stderr
    assert "Traceback" not in found.stdout + found.stderr
    assert made(copy) == []


@pytest.mark.trial(kind="refused", what="make report -n: a source that is not in the bibliography")
def test_a_missing_source_stops_even_a_dry_run(tmp_path):
    copy = copy_project(tmp_path / "project")
    path = copy / "config" / "references.bib"
    path.write_text(path.read_text().replace("{maslach1996mbi,", "{somebody1996,"))
    found = plan(copy, "-n", "--config", "study=tiny", "--cores", "1")
    assert found.returncode != 0
    assert "yearly_stability.cite: no source 'maslach1996mbi'" in found.stdout + found.stderr


@pytest.mark.parametrize(("copied", "field"), [("default", "seed"), ("tiny", "simulate")])
def test_a_configuration_file_whole_or_by_difference_works_as_well_and_is_checked_too(project, tmp_path, copied, field):
    path = tmp_path / "mine.yaml"
    text = (project / "config" / f"{copied}.yaml").read_text().replace(f"name: {copied}", "name: mine")
    path.write_text(text)
    found = plan(project, "-n", "--configfile", str(path), "--cores", "1")
    assert found.returncode == 0, found.stderr
    assert "results/mine/report.html" in found.stdout + found.stderr
    path.write_text(text.replace(f"{field}:", "typo:"))
    found = plan(project, "-n", "--configfile", str(path), "--cores", "1")
    said = found.stdout + found.stderr
    assert found.returncode != 0 and re.search(rf"{re.escape(str(path))}: line \d+: typo: unknown field", said), said


def test_a_study_of_ones_own_says_only_what_differs(project, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nbased_on: tiny\nscenarios: [routine_care, no_labelling]\n")
    found = plan(project, "-n", "--config", f"study={path}", "--cores", "1")
    assert found.returncode == 0, found.stderr
    assert "results/mine/twins/no_labelling.parquet" in found.stdout
    assert "results/mine/twins/high_burnout.parquet" not in found.stdout


@pytest.mark.parametrize("workflow", ["study", "own data"])
def test_every_rule_has_its_script_and_every_script_its_rule(workflow):
    own = ROOT / "workflow" / "own_data" / "Snakefile"
    paths = [own] if workflow == "own data" else (ROOT / "workflow" / "rules").glob("*.smk")
    text = "\n".join(path.read_text() for path in paths)
    named = set(re.findall(r"scripts/\w+/(\w+)\.py", text))
    scripts = [
        path for path in (ROOT / "scripts").glob("*/*.py") if (path.parent.name == "own_data") == (workflow != "study")
    ]
    assert named == {path.stem for path in scripts}
    rules = set(RULES.findall(text)) - WITHOUT_SCRIPT
    # Rules that are made in loops have names of their own, and share a script each.
    in_loops = {"fit", "sbc_ranks", "figure", "study_batch", "attribute", "advice_columns"}
    assert rules == (named - in_loops if workflow == "study" else named)


def test_scripts_are_short_and_only_their_last_block_knows_snakemake():
    # Beside the folders lies only what readers run themselves.
    assert [path.name for path in (ROOT / "scripts").glob("*.py")] == ["check_abstract.py"]
    for path in (ROOT / "scripts").glob("*/*.py"):
        text = path.read_text()
        assert len(text.splitlines()) <= 75, path.name
        body, last = text.split('if __name__ == "__main__":')
        assert "snakemake" not in body and "snakemake" in last, path.name


def test_the_library_does_not_know_snakemake():
    for path in (ROOT / "src").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) snakemake", path.read_text(), re.MULTILINE), path


def test_the_library_can_be_used_from_anywhere(tmp_path):
    code = "from iatrogenesis.core.streams import Noise; print(Noise(1).uniform('x'))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(ROOT, "src")), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr

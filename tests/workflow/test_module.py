"""Another repository uses this workflow: as a module of its own, from a host, and as snakedeploy sets it up."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.workflow.conftest import ROOT, copy_project, made, plan, snakemake

MODULE = """\
module iatrogenesis:
    snakefile:
        {snakefile}
    config:
        {config}
    {where}


use rule * from iatrogenesis as ia_*


rule sizes:
    default_target: True
    input:
        "{results}/mine/tables/known_truth.csv",
    output:
        "sizes.txt",
    shell:
        "wc -l {{input}} > {{output}}"
"""
# What snakedeploy 0.17 writes into workflow/Snakefile.
DEPLOYED = """\
from snakemake.utils import min_version


min_version("6.10.0")


configfile: "config/config.yaml"


# declare https://github.com/iatrogenesis/iatrogenesis as a module
module iatrogenesis:
    snakefile:
        {snakefile}
    config:
        config


# use all rules from https://github.com/iatrogenesis/iatrogenesis
use rule * from iatrogenesis
"""
MINE = "name: mine\nbased_on: tiny\n"


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, and return what it says."""
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "init.defaultBranch=main")
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def second(tmp_path) -> Path:
    """Somebody's repository with a study of its own."""
    folder = tmp_path / "second"
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "mine.yaml").write_text(MINE)
    git(folder, "init", "--quiet")
    return folder


def use(folder: Path, project: Path, where: str, results: str) -> None:
    """Write its Snakefile."""
    text = MODULE.format(
        snakefile=repr(str(project / "workflow" / "Snakefile")),
        config={"study": "config/mine.yaml"},
        where=where,
        results=results,
    )
    (folder / "Snakefile").write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Use")


@pytest.mark.slow
def test_a_second_repository_plans_all_of_it_elsewhere(project, second):
    use(second, project, 'pathvars:\n        results="answers",', "answers")
    found = plan(second, "-n", "--cores", "1", "ia_all")
    assert found.returncode == 0, found.stdout + found.stderr
    told = found.stdout + found.stderr
    assert "answers/mine/report.html" in told and "results/mine" not in told
    planned = {name: int(number) for name, number in re.findall(r"^ia_(\w+) +(\d+)$", told, re.MULTILINE)}
    own = plan(project, "-n", "--forceall", "--cores", "1", "--config", f"study={second / 'config' / 'mine.yaml'}")
    assert planned == {
        name: int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", own.stdout, re.MULTILINE) if name != "total"
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "results"),
    [('pathvars:\n        results="answers",', "answers"), ('prefix:\n        "part"', "part/results")],
    ids=["pathvars", "prefix"],
)
def test_a_second_repository_runs_a_target(second, tmp_path, where, results):
    """By the code of the checkout that it names, whatever is installed."""
    project = copy_project(tmp_path / "first one")
    script = project / "src" / "iatrogenesis" / "core" / "logs.py"
    script.write_text(script.read_text() + f"\nPath({str(tmp_path / 'here')!r}).touch()\n")
    assert "from pathlib import Path" in script.read_text()
    use(second, project, where, results)
    found = snakemake(second, "--cores", "1")
    assert found.returncode == 0, found.stdout + found.stderr
    assert (second / "sizes.txt").read_text().split()[1] == f"{results}/mine/tables/known_truth.csv"
    assert (second / results / "mine" / "logs" / "simulate_known_truth.log").exists()
    assert (tmp_path / "here").exists()
    assert made(project) == [] and not (project / ".snakemake").exists()
    again = snakemake(second, "--cores", "1")
    assert "Nothing to be done" in again.stdout + again.stderr


@pytest.fixture(scope="module")
def hosted(tmp_path_factory) -> tuple[Path, str]:
    """Snakemake's cache with the project in it, as after a first fetch from a host; and the commit."""
    project = copy_project(tmp_path_factory.mktemp("hosted") / "project")
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message=All")
    cache = tmp_path_factory.mktemp("cache")
    place = cache / "snakemake" / "snakemake" / "source-cache" / "snakemake-git-cache" / "github.com" / "iatrogenesis"
    place.mkdir(parents=True)
    git(place, "clone", "--quiet", "--bare", str(project), "iatrogenesis")
    return cache, git(project, "rev-parse", "HEAD")


@pytest.mark.slow
def test_what_snakedeploy_sets_up_works_and_has_its_own_configuration(tmp_path, hosted, monkeypatch):
    """Rules come from the host's copy, the library from what is installed, settings from the deployed folder."""
    cache, commit = hosted
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    deployed = tmp_path / "deployed"
    shutil.copytree(ROOT / "config", deployed / "config")
    (deployed / "config" / "mine.yaml").write_text(MINE)
    (deployed / "config" / "config.yaml").write_text("study: mine\n")
    source = f'github("iatrogenesis/iatrogenesis", path="workflow/Snakefile", commit="{commit}")'
    (deployed / "workflow").mkdir()
    (deployed / "workflow" / "Snakefile").write_text(DEPLOYED.format(snakefile=source))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))  # installed
    found = snakemake(deployed, "-n", "--cores", "1", "all")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "results/mine/report.html" in found.stdout + found.stderr
    found = snakemake(deployed, "--cores", "1", "results/mine/tables/known_truth.csv")
    assert found.returncode == 0, found.stdout + found.stderr
    assert (deployed / "results" / "mine" / "tables" / "known_truth.csv").stat().st_size > 0
    path = deployed / "config" / "default.yaml"
    path.write_text(path.read_text().replace("\nscenarios:", "\nscenaros:"))
    found = snakemake(deployed, "-n", "--cores", "1", "all")
    told = found.stdout + found.stderr
    assert found.returncode != 0 and str(path) in told and "scenaros: unknown field" in told


def test_snakedeploy_finds_what_it_looks_for():
    """Otherwise it warns, and writes a Snakefile that cannot work."""
    assert (ROOT / "workflow" / "Snakefile").is_file()
    assert (ROOT / "config" / "config.yaml").read_text().splitlines()[-1] == "study: default"


@pytest.mark.slow
def test_lint_is_clean_as_the_catalogue_runs_it(project):
    """Without any configuration; the catalogue wants rules in files named *.smk, and README to name Snakemake."""
    for snakefile in ("Snakefile", "workflow/Snakefile"):
        found = plan(project, "--lint", "--snakefile", snakefile)
        assert found.returncode == 0, found.stdout + found.stderr
        assert "good condition" in found.stdout + found.stderr
    assert all(path.suffix == ".smk" for path in (ROOT / "workflow" / "rules").iterdir() if path.is_file())
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme and "workflow" in readme


def test_the_catalogue_is_told_how_to_run_it(project):
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))["usage"]
    assert usage["report"] is usage["software-stack-deployment"]["report"] is True
    found = plan(project, "-n", "--forceall", "--cores", "1", *usage["mandatory-flags"]["flags"].split())
    assert found.returncode == 0, found.stdout + found.stderr
    assert "results/default/report.html" in found.stdout + found.stderr


def test_the_top_level_snakefile_has_the_same_targets(project):
    found = [plan(project, "--list-rules", "--snakefile", name) for name in ("Snakefile", "workflow/Snakefile")]
    assert found[0].stdout == found[1].stdout and "run_record" in found[0].stdout

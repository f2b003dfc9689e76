"""The steps of CONTRIBUTING.md, each tried in a copy of the project: the files it names, no other, and it is there.

What is added lies in `additions`, one folder a kind, by its path in the project; lines that a step changes in a file
that is there are in `CHANGED`. All six are added to one copy.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT, copy_project, snakemake

pytestmark = pytest.mark.slow

ADDITIONS = Path(__file__).with_name("additions")
STUDY = "config/default.yaml"
PRIORS = """    probit:
      intercept: {mean: -1.5, sd: 0.5, reason: "probit of 5.8 % deterioration (D01); one SD covers 2 % to 16 %"}
      therapist_sd: {scale: 0.4, reason: "half-normal; the intercept-only model's on the narrower scale of the probit"}
  sampler:"""
ROW = (
    "T01_mor,Median odds ratio of deterioration between two therapists,therapists,1.79,,,none published,0.13,0.06,"
    "converted from the share of variance and its error,predict,odds ratio,saxon2017therapist,"
    '"converted from the share of variance .101 in the abstract",read,\n'
)
# By kind and file: what is there, and what stands in its place.
CHANGED = {
    "mechanism": {
        "config/scenarios/routine_care.yaml": ("  - new_symptoms\n", "  - new_symptoms\n  - haste\n"),
        STUDY: ("scenarios: [routine_care, ", "scenarios: [routine_care, no_haste, "),
    },
    "prevention": {
        "config/scenarios/all_preventions.yaml": ("referral]", "referral, open_notes]"),
        STUDY: ("    - with_monitoring\n", "    - with_monitoring\n    - with_open_notes\n"),
    },
    "model": {
        STUDY: (("growth, dropout]\n  engine", "growth, dropout, probit]\n  engine"), ("  sampler:", PRIORS)),
        "config/tiny.yaml": ("interaction, service]", "interaction, service, probit]"),
    },
    "method": {STUDY: ("  methods: [raw, ", "  methods: [raw, shrunken, ")},
    "figure": {
        "tests/figures/test_figures.py": (
            '        "scenarios": (',
            '        "first_scores": ("clients", lambda: _courses()[0].assign(phq9_first=15)),\n        "scenarios": (',
        )
    },
    "pattern": {"config/evidence.csv": ("D07,", ROW + "D07,")},
}
# By kind: the suites that it has to pass, as CONTRIBUTING.md says.
SUITES = {
    "mechanism": ("tests/world/test_routes.py", "-k", "haste"),
    "prevention": ("tests/world/test_routes.py", "-k", "open_notes"),
    "model": ("tests/inference/test_probit.py", "tests/inference/test_model_family.py", "-k", "probit"),
    "method": ("tests/simulation_study/test_shrunken.py", "tests/simulation_study/test_methods.py", "-k", "shrunken"),
    "figure": ("tests/figures/test_figures.py", "-k", "first_scores"),
    "pattern": ("tests/evidence/test_median_odds.py",),
}
MOST = {"mechanism": 5, "prevention": 5, "model": 4, "method": 3, "figure": 2, "pattern": 3}
"""Files that a step touches, besides those that `make schemas docs` writes: at most two (a model: 5 in all)."""
SEEN = {
    "mechanism": r"results/tiny/twins/no_haste\.parquet",
    "prevention": r"What preventions avert: .*with_open_notes",
    "model": r"results/tiny/posterior/routine_care/probit\.nc",
    "method": r"results/tiny/simulation_study/\w+/shrunken/0\.estimates\.parquet",
    "figure": r"results/tiny/figures/first_scores\.svg",
    "pattern": r"results/tiny/tables/evidence\.csv",
}
"""What a dry run says it would make."""


def add(kind: str, project: Path) -> list[str]:
    """Follow one step; return the files that it touched."""
    touched = []
    for source in sorted(path for path in (ADDITIONS / kind).rglob("*") if path.suffix in (".py", ".yaml")):
        target = project / source.relative_to(ADDITIONS / kind)
        assert not target.exists(), target
        shutil.copy2(source, target)
        touched.append(str(target.relative_to(project)))
    for name, changes in CHANGED[kind].items():
        text = (project / name).read_text(encoding="utf-8")
        for old, new in [changes] if isinstance(changes[0], str) else changes:
            assert old in text, (name, old)
            text = text.replace(old, new, 1)
        (project / name).write_text(text, encoding="utf-8")
        touched.append(name)
    return touched


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> tuple[Path, dict[str, list[str]]]:
    """A copy with its tests in which all steps were followed, and the files that each touched."""
    project = copy_project(tmp_path_factory.mktemp("contributed") / "project")
    shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("__pycache__", "additions"))
    return project, {kind: add(kind, project) for kind in CHANGED}


@pytest.fixture(scope="module")
def planned(extended) -> str:
    """What a dry run of the tiny study says."""
    found = snakemake(extended[0], "-n", "--config", "study=tiny", "--cores", "1")
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]
    return found.stdout + found.stderr


@pytest.mark.parametrize("kind", CHANGED)
def test_a_step_touches_few_files_and_no_code_that_is_there(extended, kind):
    touched = extended[1][kind]
    assert len(touched) == MOST[kind]
    old = [name for name in touched if (ROOT / name).exists()]
    assert all(name.startswith(("config/", "tests/")) for name in old), old


@pytest.mark.parametrize("kind", CHANGED)
def test_the_workflow_has_a_job_for_it(planned, kind):
    assert re.search(SEEN[kind], planned), kind


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Python in the copy, on the copy's library."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"PYTHONPATH": f"{project / 'src'}{os.pathsep}{project}"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", CHANGED)
def test_it_passes_the_suite_that_it_is_promised(extended, kind):
    found = run(extended[0], "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *SUITES[kind])
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-1000:]
    assert re.search(r"\b[1-9]\d* passed", found.stdout), found.stdout


def test_schemas_and_docs_offer_it(extended):
    project, _ = extended
    (project / "docs").mkdir()
    steps = {"schemas": "workflow/schemas"}
    steps |= {"routes_page": "docs/routes.md", "models_page": "docs/models.md", "ademp_page": "docs/ADEMP.md"}
    for module, target in steps.items():
        arguments = [target] if module == "schemas" else ["config", target]
        found = run(project, "-m", f"iatrogenesis.study.{module}", *arguments)
        assert found.returncode == 0, found.stderr[-2000:]
    said = "".join(path.read_text() for path in (project / "docs").iterdir())
    assert all(words in said for words in ("## probit", "haste", "open_notes"))
    schema = (project / "workflow" / "schemas" / "study.schema.json").read_text()
    assert '"probit"' in schema and '"shrunken"' in schema


def test_every_step_that_is_tried_is_written_down():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = text[text.index("## How to add") : text.index("## Tests")]
    for kind in CHANGED:
        assert re.search(rf"^\*\*a {kind}\*\*", steps, flags=re.MULTILINE), kind

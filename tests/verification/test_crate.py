"""The crate of a run: it says what records say, and meets its profiles as their own validator holds them."""

import hashlib
from pathlib import Path

import pytest
import yaml

from iatrogenesis.core.files import write_json
from iatrogenesis.verification.crate import PROFILES, jobs_of, metadata_of_run
from iatrogenesis.verification.records import FOLDER, sha256
from tests.conftest import ROOT
from tests.verification.crates import faults_of_crate

RUN = {
    "study": "small",
    "seed": 5,
    "commit": "0123456789",
    "changed_since_commit": ["README.md"],
    "requirements_lock_sha256": "ab" * 32,
    "platform": {"system": "Linux", "machine": "x86_64", "python": "3.13.1"},
    "versions": {"snakemake": "9.27.1", "numpy": "2.5.0"},
    "wall_time": {"started": "2026-11-27T10:00:00+00:00", "ended": "2026-11-27T10:01:00+00:00", "seconds": 60.0},
}
FILES = {
    "workflow/Snakefile": 'include: "rules/a.smk"\n',
    "workflow/rules/a.smk": "rule simulate:\n",
    "simulated/routine_care/clients.parquet": "PAR1",
    "tables/a table.csv": "x\n1\n",
    "figures/é.svg": "<svg/>",
}


@pytest.fixture
def results(tmp_path) -> Path:
    """A study of three jobs, of which one result was deleted after use."""
    folder = tmp_path / "small"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    known = {name: sha256(folder / name) for name in FILES} | {"parts/0.parquet": "cd" * 32}
    library = {"src/iatrogenesis/world/run.py": "ef" * 32}

    def record(place, rule, script, read, written, given=()):
        code = library | {f"scripts/{script}.py": "01" * 32}
        content = {"rule": rule, "params": "23" * 32, "code": code, "given": dict(given)}
        content |= {"read": {name: known[name] for name in read}, "written": {name: known[name] for name in written}}
        path = folder / FOLDER / f"{place}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(content, path)

    part, clients, table = "parts/0.parquet", "simulated/routine_care/clients.parquet", "tables/a table.csv"
    record(
        "simulate/routine_care",
        "simulate",
        "world/simulate",
        [],
        [part, clients],
        {"config/references.bib": "45" * 32}.items(),
    )
    record("table", "table", "report/table", [part, clients], [table], {"config/references.bib": "67" * 32}.items())
    record("figure", "figure_drawn", "figures/figure", [table], ["figures/é.svg"])
    return folder


@pytest.fixture
def metadata(results) -> dict:
    """What is written of it; the validator reads it from the folder."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    times = {Path("table"): (1000.0, 1003.5)}
    content = metadata_of_run(results, RUN, jobs_of(results), times, list(FILES)[:2], citation)
    write_json(content, results / "ro-crate-metadata.json")
    return content


def entities(content):
    return {entity["@id"]: entity for entity in content["@graph"]}


def ids(value):
    return [one["@id"] for one in (value if isinstance(value, list) else [value])]


def test_it_meets_the_profiles_that_it_names(results, metadata, tmp_path, monkeypatch):
    assert set(ids(entities(metadata)["./"]["conformsTo"])) == set(PROFILES)
    assert faults_of_crate(results, tmp_path / "cache", monkeypatch) == []


MISSING = [
    ("#job/table", "instrument", "The Action MUST have an instrument"),
    ("workflow/Snakefile", "hasPart", "MUST refer to orchestrated tools via hasPart"),
    ("#step/table", "workExample", "A HowToStep must refer to its corresponding tool"),
    ("#organised", "result", "An OrganizeAction must reference the action representing the workflow run"),
    ("./", "license", "must specify a license"),
]


@pytest.mark.trial(kind="altered", what="the crate of a run without a script, a step, a licence, the run, or a file")
def test_the_validator_finds_what_is_missing(results, metadata, tmp_path, monkeypatch):
    for entity, field, _ in MISSING:
        del entities(metadata)[entity][field]
    write_json(metadata, results / "ro-crate-metadata.json")
    (results / "figures" / "é.svg").unlink()
    found = "\n".join(faults_of_crate(results, tmp_path / "cache", monkeypatch))
    for *_, fault in [*MISSING, ("", "", "%C3%A9.svg")]:
        assert fault in found


def test_jobs_have_their_script_files_and_times(metadata):
    found = entities(metadata)
    job = found["#job/table"]
    assert ids(job["instrument"]) == ["#scripts/report/table.py"]
    read = [found[name] for name in ids(job["object"])]
    assert [one.get("name", one["@id"]) for one in read] == [
        "parts/0.parquet, deleted after use",
        "simulated/routine_care/clients.parquet",
        "config/references.bib",
    ]
    assert found[ids(job["result"])[0]]["sha256"] == hashlib.sha256(b"x\n1\n").hexdigest()
    assert (job["startTime"], job["endTime"]) == ("1970-01-01T00:16:40+00:00", "1970-01-01T00:16:43+00:00")
    assert "startTime" not in found["#job/figure"]
    bibliography = [one["sha256"] for one in found.values() if one.get("name") == "config/references.bib"]
    assert sorted(bibliography) == ["45" * 32, "67" * 32]  # changed between two jobs, and not taken for the same


def test_the_run_has_its_parameters_and_what_was_not_committed(metadata):
    found = entities(metadata)
    assert [found[name]["value"] for name in ids(found["#run"]["object"])] == ["small", 5]
    assert "Commit 0123456789, 1 files changed since" in found["#run"]["description"]
    assert found["pkg:pypi/numpy@2.5.0"]["softwareVersion"] == "2.5.0"
    assert found[ids(found["./"]["author"])[0]]["name"] == "Iatrogenesis maintainers"


def test_jobs_after_the_crate_are_of_an_earlier_run_and_left_out(results):
    about = {"rule": "manifest", "params": "", "read": {"ro-crate-metadata.json": "89" * 32}}
    write_json(about, results / FOLDER / "manifest.json")
    assert {place.as_posix() for place in jobs_of(results)} == {"simulate/routine_care", "table", "figure"}


def test_without_records_nothing_is_claimed(tmp_path):
    with pytest.raises(ValueError, match=r"no job left a record; make the results anew"):
        jobs_of(tmp_path)

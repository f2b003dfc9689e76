"""Results that were altered are found, in whichever way, and the next run makes them again."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from iatrogenesis.verification.again import again
from iatrogenesis.verification.chain import (
    ALTERED,
    Chain,
)
from iatrogenesis.verification.manifest import AlteredResults, write_manifest
from iatrogenesis.verification.records import FOLDER
from iatrogenesis.verification.verify import misfits
from tests.verification import jobs
from tests.verification.alterations import (
    CASES,
    code_edited,
    digit,
    digit_with_its_time_kept,
    intermediate_deleted,
    of_another_seed,
    record_deleted,
)
from tests.verification.jobs import finished  # noqa: F401  a fixture


def wrong() -> dict[str, str]:
    """Kind of each misfit by path."""
    return {fault.path: fault.kind for fault in misfits(Chain(jobs.RESULTS), Path())}


TRIALS = [
    pytest.param(change, path, kind, marks=pytest.mark.trial(kind="altered", what=what), id=f"{change.__name__}-{path}")
    for change, path, kind, what in CASES
]


@pytest.mark.parametrize(("change", "path", "kind"), TRIALS)
def test_what_was_altered_is_found(finished, change, path, kind):  # noqa: F811
    assert wrong() == {}
    change()
    assert wrong()[path] == kind


@pytest.mark.parametrize(
    "change", [digit_with_its_time_kept, of_another_seed, intermediate_deleted, record_deleted, code_edited]
)
def test_what_was_altered_is_made_again_and_what_is_read_from_it(finished, change):  # noqa: F811
    """Snakemake is told the files, and makes also what depends on them."""
    before = Chain(jobs.RESULTS).now
    change()
    rules = {fault.rule for fault in Chain(jobs.RESULTS).faults() if fault.rule} or {"compare"}  # whose record is gone
    assert again(jobs.RESULTS)
    first = min(i for i, rule in enumerate(jobs.RULES) if rule[0] in rules)
    jobs.run(*(rule[0] for rule in jobs.RULES[first:]))
    jobs.manifest()
    assert wrong() == {}
    now = Chain(jobs.RESULTS).now
    if change is not code_edited:  # records tell of the code
        assert {path: value for path, value in now.items() if path != "manifest.csv"} == {
            path: value for path, value in before.items() if path != "manifest.csv"
        }


def test_every_flipped_bit_is_found(finished):  # noqa: F811
    content = Path(jobs.CLIENTS).read_bytes()
    noise = np.random.default_rng(18)
    for place, bit in zip(noise.integers(0, len(content), 60), noise.integers(0, 8, 60), strict=True):
        other = bytearray(content)
        other[place] ^= 1 << int(bit)
        Path(jobs.CLIENTS).write_bytes(other)
        assert wrong() == {"simulated/routine_care/clients.parquet": ALTERED}


@pytest.mark.trial(kind="altered", what="one digit of a table, before the next rule read it: no list is written")
def test_what_flowed_on_is_found_and_no_list_is_written(finished):  # noqa: F811
    digit()
    jobs.run("numbers", "report")
    with pytest.raises(AlteredResults) as found:
        jobs.manifest()
    said = str(found.value)
    assert "results/t/tables/scenarios.csv: altered (it is not what the rule compare wrote)" in said
    assert "results/t/tables/numbers.json: made from other files" in said
    assert "make report STUDY=t" in said and "--forcerun results/t/tables/scenarios.csv" in said
    assert not (jobs.RESULTS / FOLDER / "manifest.json").exists()


def test_without_any_record_everything_is_made_again(finished):  # noqa: F811
    shutil.rmtree(jobs.RESULTS / FOLDER)
    with pytest.raises(AlteredResults, match="without a record") as found:
        jobs.manifest()
    assert "tables/scenarios.csv" in str(found.value)


def test_where_jobs_can_leave_no_records_files_are_listed_all_the_same(finished):  # noqa: F811
    shutil.rmtree(jobs.RESULTS / FOLDER)
    sums, listed = (Path(jobs.at(name)) for name in ("SHA256SUMS", "manifest.csv"))
    write_manifest(Chain(jobs.RESULTS), sums, listed, recorded=False)
    assert "tables/scenarios.csv" in sums.read_text() and "tables/scenarios.csv" in listed.read_text()


def test_what_an_earlier_workflow_left_over_is_held_to_its_own_record_only(finished):  # noqa: F811
    """Nothing rests on it any more: that its code has changed since is no fault, that it was altered is one."""
    left = jobs.at("tables/left.csv")
    with jobs.recorded(jobs.job("earlier", {"table": left}, given=["config/evidence.csv"])):
        Path(left).write_text("1\n")
    code_edited()
    jobs.run()
    jobs.manifest()
    assert wrong() == {}
    Path(left).write_text("2\n")
    assert wrong() == {"tables/left.csv": ALTERED}


def test_the_checksums_are_read_by_sha256sum(finished):  # noqa: F811
    found = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=jobs.RESULTS, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")
    listed = {line.split("  ")[1] for line in Path(jobs.at("SHA256SUMS")).read_text().splitlines()}
    there = {str(path.relative_to(jobs.RESULTS)) for path in jobs.RESULTS.rglob("*") if path.is_file()}
    assert {path for path in there - listed if not path.startswith("logs/")} == {"SHA256SUMS", "records/manifest.json"}

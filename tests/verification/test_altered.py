"""Results that were altered are found, in whichever way, and the next run makes them again."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from iatrogenesis.verification.again import again
from iatrogenesis.verification.chain import (
    ADDED,
    ALTERED,
    FED,
    GIVEN,
    MISSING,
    NO_FILE,
    OLDER,
    UNKNOWN,
    Chain,
)
from iatrogenesis.verification.manifest import AlteredResults, write_manifest
from iatrogenesis.verification.records import FOLDER, sha256
from iatrogenesis.verification.verify import misfits
from tests.verification import jobs
from tests.verification.jobs import finished  # noqa: F401  a fixture


def wrong() -> dict[str, str]:
    """Kind of each misfit by path."""
    return {fault.path: fault.kind for fault in misfits(Chain(jobs.RESULTS), Path())}


def replaced(path: str, old: bytes, new: bytes) -> None:
    content = Path(path).read_bytes()
    assert old in content
    Path(path).write_bytes(content.replace(old, new, 1))


def kept_time(change: Callable[[], None], path: str) -> None:
    before = Path(path).stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def digit() -> None:
    replaced(jobs.SCENARIOS, b"13.25", b"12.25")


def digit_with_its_time_kept() -> None:
    kept_time(digit, jobs.SCENARIOS)


def rows_dropped() -> None:
    path = Path(jobs.EVIDENCE)
    path.write_text("\n".join(path.read_text().splitlines()[:-3]) + "\n")


def truncated() -> None:
    content = Path(jobs.CLIENTS).read_bytes()
    Path(jobs.CLIENTS).write_bytes(content[: len(content) // 2])


def flipped() -> None:
    content = bytearray(Path(jobs.CLIENTS).read_bytes())
    content[200] ^= 1
    kept_time(lambda: Path(jobs.CLIENTS).write_bytes(content), jobs.CLIENTS)


def of_another_seed() -> None:
    Path(jobs.POSTERIOR).write_text("draws of another seed")


def of_another_seed_with_its_record() -> None:
    of_another_seed()
    edit_record("fit", jobs.POSTERIOR)


def forged_page() -> None:
    Path(jobs.REPORT).write_text("<p>Therapy never harms.</p>")


def true_rates_deleted() -> None:
    Path(jobs.TRUE).unlink()


def intermediate_deleted() -> None:
    Path(jobs.POSTERIOR).unlink()


def added() -> None:
    Path(jobs.at("tables/better.csv")).write_text("scenario,value\nbase,0\n")


def added_as_a_stamp() -> None:
    """Snakemake's own are empty."""
    Path(jobs.at("tables/.snakemake_timestamp")).write_text("0")


def code_edited() -> None:
    kept_time(lambda: Path("src/code.py").write_text("other code"), "src/code.py")


def data_edited() -> None:
    kept_time(lambda: replaced("config/evidence.csv", b"0.06", b"0.05"), "config/evidence.csv")


def record_deleted() -> None:
    (jobs.RESULTS / FOLDER / "compare.json").unlink()


def manifest_edited() -> None:
    replaced(jobs.at("manifest.csv"), b"compare", b"contrast")


def sums_edited_too() -> None:
    old = sha256(Path(jobs.SCENARIOS)).encode()
    digit()
    replaced(jobs.at("SHA256SUMS"), old, sha256(Path(jobs.SCENARIOS)).encode())


def record_edited_too() -> None:
    digit()
    edit_record("compare", jobs.SCENARIOS)


def edit_record(rule: str, path: str) -> None:
    place = jobs.RESULTS / FOLDER / f"{rule}.json"
    record = json.loads(place.read_text())
    record["written"] = {str(Path(path).relative_to(jobs.RESULTS)): sha256(Path(path))}
    place.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


def list_rests_on_nothing() -> None:
    """The record of the last job is in no list; then code and configuration are altered."""
    place = jobs.RESULTS / FOLDER / "manifest.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | {"read": {"nothing": ""}}))
    code_edited()


def list_has_no_record() -> None:
    (jobs.RESULTS / FOLDER / "manifest.json").unlink()
    data_edited()


def checksums_replaced() -> None:
    """The list itself is held to the record of the job that wrote it."""
    replaced(jobs.at("SHA256SUMS"), b"tables/true_rates.csv", b"tables/true_rates.CSV")


def code_of_the_list_edited() -> None:
    """The script that wrote the list is another one than those of the results."""
    place = jobs.RESULTS / FOLDER / "manifest.json"
    before = {"src/listing.py": sha256(Path("src/code.py"))}
    place.write_text(json.dumps(json.loads(place.read_text()) | {"code": before}))
    Path("src/listing.py").write_text("edited")


def linked_to_elsewhere() -> None:
    """The same bytes, for now."""
    path = Path(jobs.SCENARIOS)
    path.rename("elsewhere.csv")
    path.symlink_to(Path("elsewhere.csv").resolve())


def dangling() -> None:
    Path(jobs.at("tables/better.csv")).symlink_to("nowhere")


def pipe() -> None:
    Path(jobs.SCENARIOS).unlink()
    os.mkfifo(jobs.SCENARIOS)


def pipe_for_a_record() -> None:
    place = jobs.RESULTS / FOLDER / "compare.json"
    place.unlink()
    os.mkfifo(place)


def folder_linked() -> None:
    Path("elsewhere").mkdir()
    Path(jobs.at("more")).symlink_to(Path("elsewhere").resolve(), target_is_directory=True)


CASES = [
    (digit, "tables/scenarios.csv", ALTERED, "one digit of a table"),
    (digit_with_its_time_kept, "tables/scenarios.csv", ALTERED, "one digit of a table, its time kept"),
    (rows_dropped, "tables/evidence.csv", ALTERED, "three rows dropped from a table"),
    (truncated, "simulated/base/clients.parquet", ALTERED, "a truncated parquet file"),
    (flipped, "simulated/base/clients.parquet", ALTERED, "one bit of a parquet file, its time kept"),
    (of_another_seed, "posterior/base/intercept_only.nc", ALTERED, "a posterior of another seed"),
    (of_another_seed_with_its_record, "tables/effects.csv", FED, "a posterior of another seed, with its record"),
    (forged_page, "report.html", ALTERED, "a forged report"),
    (true_rates_deleted, "tables/true_rates.csv", MISSING, "a table deleted"),
    (intermediate_deleted, "posterior/base/intercept_only.nc", MISSING, "a posterior deleted"),
    (added, "tables/better.csv", ADDED, "a table added"),
    (added_as_a_stamp, "tables/.snakemake_timestamp", ADDED, "a file added under the name of Snakemake's stamps"),
    (code_edited, "tables/scenarios.csv", OLDER, "code edited after the run, its time kept"),
    (data_edited, "tables/evidence.csv", GIVEN, "published data edited after the run, their time kept"),
    (record_deleted, "tables/scenarios.csv", UNKNOWN, "the record of a job deleted"),
    (manifest_edited, "manifest.csv", ALTERED, "the list of files edited"),
    (sums_edited_too, "tables/scenarios.csv", ALTERED, "one digit of a table, and its checksum"),
    (record_edited_too, "tables/numbers.json", FED, "one digit of a table, and the record of its job"),
    (list_rests_on_nothing, "tables/scenarios.csv", OLDER, "code, and the list's record, which says it read nothing"),
    (list_rests_on_nothing, "records/manifest.json", ALTERED, "the record of the list of files: it read nothing"),
    (list_has_no_record, "tables/evidence.csv", GIVEN, "published data, and the record of the list of files deleted"),
    (list_has_no_record, "records/manifest.json", MISSING, "the record of the list of files deleted"),
    (code_of_the_list_edited, "SHA256SUMS", OLDER, "the script that lists all files, edited after the run"),
    (checksums_replaced, "SHA256SUMS", ALTERED, "the list of checksums"),
    (linked_to_elsewhere, "tables/scenarios.csv", NO_FILE, "a table replaced by a link to the same bytes elsewhere"),
    (dangling, "tables/better.csv", ADDED, "a link added that leads nowhere"),
    (pipe, "tables/scenarios.csv", NO_FILE, "a table replaced by a pipe"),
    (pipe_for_a_record, "tables/scenarios.csv", UNKNOWN, "the record of a job replaced by a pipe"),
    (folder_linked, "more", ADDED, "a link to a folder added"),
]


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
        assert wrong() == {"simulated/base/clients.parquet": ALTERED}


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

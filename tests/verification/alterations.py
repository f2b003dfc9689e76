"""Ways to alter the finished results of `tests.verification.jobs`, and what is said of each."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from iatrogenesis.verification.chain import ADDED, ALTERED, FED, GIVEN, MISSING, NO_FILE, OLDER, UNKNOWN
from iatrogenesis.verification.records import FOLDER, sha256
from tests.verification import jobs


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
    Path(jobs.at("tables/better.csv")).write_text("scenario,value\nroutine_care,0\n")


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
    (truncated, "simulated/routine_care/clients.parquet", ALTERED, "a truncated parquet file"),
    (flipped, "simulated/routine_care/clients.parquet", ALTERED, "one bit of a parquet file, its time kept"),
    (of_another_seed, "posterior/routine_care/intercept_only.nc", ALTERED, "a posterior of another seed"),
    (of_another_seed_with_its_record, "tables/effects.csv", FED, "a posterior of another seed, with its record"),
    (forged_page, "report.html", ALTERED, "a forged report"),
    (true_rates_deleted, "tables/true_rates.csv", MISSING, "a table deleted"),
    (intermediate_deleted, "posterior/routine_care/intercept_only.nc", MISSING, "a posterior deleted"),
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

"""A finished tiny study whose results are altered: found in seconds, made again by the next run, to the same bytes.

`tests/verification/test_altered.py` tries the other ways, without Snakemake.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from iatrogenesis.core.files import read_parquet, write_parquet
from iatrogenesis.verification.again import again
from iatrogenesis.verification.chain import ALTERED, MISSING, SUMS, Chain
from tests.workflow.conftest import ROOT, snakemake

pytestmark = [pytest.mark.slow]
RESULTS = Path("results", "tiny")
RUN = ("--config", "study=tiny", "--cores", "2")


@pytest.fixture(scope="module")
def project(finished, tmp_path_factory) -> Path:
    """Its own copy, in which Snakemake sees the same times, with the reference."""
    copy = tmp_path_factory.mktemp("altered") / "project"
    shutil.copytree(finished, copy, copy_function=shutil.copy2, symlinks=True)
    kept = copy / "results" / "reference" / "tiny"
    if not kept.exists():
        shutil.copytree(ROOT / "results" / "reference" / "tiny", kept)
    return copy


@pytest.fixture(autouse=True)
def where(project, monkeypatch) -> None:
    monkeypatch.chdir(project)


def verify() -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "iatrogenesis.verification", "tiny"],
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )


def rows() -> pd.DataFrame:
    return pd.read_csv(RESULTS / "verification.csv", keep_default_na=False).set_index("name")


def kept_time(path: Path, content: bytes) -> None:
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_finished_study_is_as_it_was():
    found = verify()
    table = rows()
    assert found.returncode == 0, found.stdout + found.stderr
    assert set(table["what"]) == {"claim", "simulated table", "table", "figure"}
    assert (table["what"] == "claim").sum() > 20
    assert (RESULTS / "verification.html").stat().st_size > 10_000


@pytest.mark.trial(kind="altered", what="one digit of a table of the tiny study, its time kept")
def test_an_altered_digit_is_found_where_snakemake_sees_nothing_to_do():
    table = RESULTS / "tables" / "scenarios.csv"
    before = table.read_bytes()
    value = pd.read_csv(table)["value"].iloc[0]
    digits = f"{value:.4g}".encode()
    kept_time(table, before.replace(digits, digits[:-1] + (b"1" if digits[-1:] != b"1" else b"2"), 1))
    assert "Nothing to be done" in (done := snakemake(Path(), *RUN)).stdout + done.stderr
    assert verify().returncode == 1
    assert ALTERED in rows().loc[["tables/scenarios.csv"], "verdict"].tolist()
    assert rows().loc["counted_net", "verdict"] == "not reproduced"
    assert list(again(RESULTS)) == [str(table)]
    kept_time(table, before)
    assert verify().returncode == 0


@pytest.mark.trial(kind="altered", what="one digit of a table of the tiny study, read by the rules after it")
def test_what_flowed_on_stops_the_run_with_the_name_of_the_file_and_is_made_again():
    table = RESULTS / "tables" / "scenarios.csv"
    before = table.read_bytes()
    table.write_bytes(before.replace(b"1", b"2", 1))
    found = snakemake(Path(), *RUN)
    assert found.returncode != 0 and not (RESULTS / SUMS).exists()
    assert "results/tiny/tables/scenarios.csv: altered" in found.stdout + found.stderr
    made = snakemake(Path(), "--forcerun", *again(RESULTS), *RUN)
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    assert table.read_bytes() == before and verify().returncode == 0


@pytest.mark.trial(kind="altered", what="tables of the tiny study deleted: the next run makes them again")
def test_deleted_tables_are_found_and_would_be_made_again():
    rules = {"true_rates": "true_rates", "differences": "performance", "missing_last_scores": "missing_last_scores"}
    tables = {RESULTS / "tables" / f"{name}.csv": rule for name, rule in rules.items()}
    for table in tables:
        table.rename(table.with_suffix(".away"))
    try:
        assert verify().returncode == 1
        found = rows()["verdict"]
        assert all(found[[f"tables/{table.name}"]].tolist() == [MISSING, "not reproduced"] for table in tables)
        planned = snakemake(Path(), "--dry-run", *RUN).stdout
        assert all(re.search(rf"^{rule} +1$", planned, re.MULTILINE) for rule in tables.values()), planned[-3000:]
    finally:
        for table in tables:
            table.with_suffix(".away").rename(table)
    assert verify().returncode == 0


@pytest.mark.trial(kind="altered", what="clients of the tiny study replaced by others, with a readable parquet file")
def test_other_clients_are_found():
    path = RESULTS / "simulated" / "routine_care" / "clients.parquet"
    before = path.read_bytes()
    write_parquet(read_parquet(path).iloc[::-1], path)
    assert verify().returncode == 1
    verdicts = rows()["verdict"]
    assert verdicts["simulated/routine_care/clients.parquet"].tolist() == [ALTERED, "not reproduced"]
    assert verdicts["therapist_sd"] == "not reproduced" and verdicts["net_median"] == "reproduced"
    path.write_bytes(before)
    assert Chain(RESULTS).faults() == []

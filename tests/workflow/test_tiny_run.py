"""The tiny study from end to end, twice, and with one core."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from iatrogenesis.data.posterior import load
from tests.workflow.conftest import ROOT, copy_project, snakemake

pytestmark = [pytest.mark.slow]
SIMULATED = ("clients", "sessions", "therapists", "therapist_weeks")
TABLES = ("evidence", "scenarios", "therapist_effects", "therapists", "performance", "diagnostics", "checks")


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".parquet", ".csv", ".svg", ".png", ".json", ".html")
    }


@pytest.fixture(scope="module")
def results(project) -> Path:
    found = snakemake(project, "--config", "study=tiny", "--cores", "2")
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    return project / "results" / "tiny"


def test_everything_promised_is_there(results):
    for name in TABLES:
        assert len(pd.read_csv(results / "tables" / f"{name}.csv")) > 0, name
    for name in SIMULATED:
        assert len(pd.read_parquet(results / "simulated" / "base" / f"{name}.parquet")) > 0, name
    assert (results / "tables" / "numbers.json").stat().st_size > 100
    assert len(list((results / "figures").glob("*.svg"))) >= 6
    assert load(results / "posterior" / "base" / "therapist.nc")["posterior"].sizes["chain"] == 4


def test_the_report_opens_without_network(results):
    text = (results / "report.html").read_text()
    assert not re.search(r"""(src|href)=["']?(https?:)?//(?!doi\.org)""", text.replace('href="https://doi.org', ""))
    assert not re.search(r"@import|url\(['\"]?https?:", text)


def test_the_record_of_the_run_tells_how_it_was_made(results):
    record = yaml.safe_load((results / "run.yaml").read_text())
    assert record["seed"] == 20261122
    assert {"config", "commit", "versions", "platform"} <= set(record)


def test_a_second_run_does_nothing(project, results):
    before = hashes(results)
    found = snakemake(project, "--config", "study=tiny", "--cores", "2")
    assert found.returncode == 0
    assert "Nothing to be done" in found.stdout + found.stderr
    assert hashes(results) == before


def test_editing_the_library_reruns_what_uses_it_and_no_more(project, results):
    path = project / "src" / "iatrogenesis" / "evaluate" / "twins.py"
    before = path.read_text()
    try:
        path.write_text(before + "\n# an edit\n")
        found = snakemake(project, "-n", "--config", "study=tiny", "--cores", "2")
    finally:
        path.write_text(before)
    text = found.stdout + found.stderr
    assert "count_twins" in text and "compare_scenarios" in text
    assert "fit_null" not in text


def test_one_core_gives_the_same_bytes(results, tmp_path):
    """Everything up to the posteriors; those are compared by draws below."""
    copy = copy_project(tmp_path / "one core")
    targets = [f"results/tiny/tables/{name}.csv" for name in ("evidence", "scenarios", "true_effects", "true_rates")]
    targets += [f"results/tiny/simulated/{name}/clients.parquet" for name in ("base", "known")]
    found = snakemake(copy, *targets, "--config", "study=tiny", "--cores", "1")
    assert found.returncode == 0, found.stderr[-3000:]
    again, first = hashes(copy / "results" / "tiny"), hashes(results)
    assert len(again) >= 12
    assert again == {name: first[name] for name in again}


def test_the_committed_simulation_is_still_what_the_code_gives(results):
    """Bytes where nothing is sampled; a change here needs a line under Results in the changelog."""
    reference = ROOT / "results" / "reference" / "tiny"
    committed = sorted(path.name for path in reference.glob("*.csv"))
    assert committed
    for name in committed:
        old, new = pd.read_csv(reference / name), pd.read_csv(results / "tables" / name)
        # Other processors may round the last digits of a logarithm differently.
        pd.testing.assert_frame_equal(new, old, rtol=1e-6, atol=1e-9, check_dtype=False)

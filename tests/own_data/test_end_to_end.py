"""From a file to a report, by the commands that people type and the workflow that they start."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml

from iatrogenesis.core.files import read_csv
from iatrogenesis.core.resources import examples_folder

SETTINGS = "examples/simulated_service.yaml"
TABLE = "examples/simulated_service.csv"
RESULTS = Path("results/simulated_service")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Type a command in a folder."""
    command = [sys.executable, "-m", "iatrogenesis.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=1800)


def service(folder: Path, replicates: int = 4, therapists: int | None = None) -> Path:
    """Copy the examples into a folder, with fewer simulated outcomes and perhaps fewer therapists."""
    shutil.copytree(examples_folder(), folder / "examples")
    with (folder / SETTINGS).open("a", encoding="utf-8") as file:
        file.write(f"could_have_shown: {{replicates: {replicates}}}\n")
    if therapists:
        table = pd.read_csv(folder / TABLE, dtype="str")
        kept = table["therapist_id"].isin(sorted(table["therapist_id"].unique())[:therapists])
        table[kept].to_csv(folder / TABLE, index=False)
    return folder


def made(folder: Path) -> dict[str, int]:
    """Every result with the time it was written; without what each run says."""
    root = folder / RESULTS
    paths = [path for path in root.rglob("*") if path.is_file() and ".snakemake" not in path.parts]
    return {str(path.relative_to(root)): path.stat().st_mtime_ns for path in paths if path.parent.name != "logs"}


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """The first example, analysed in a folder with a space in its name."""
    folder = service(tmp_path_factory.mktemp("my service"))
    return folder, run(folder, "analyse", SETTINGS, "--cores", "2")


@pytest.mark.slow
class TestWholeWay:
    def test_it_ends_with_the_verdict_and_what_to_open(self, analysed):
        _, found = analysed
        assert found.returncode == 0, found.stdout + found.stderr
        assert "Of 100 finished courses" in " ".join(found.stdout.split())
        assert found.stdout.rstrip().splitlines()[-1] == f"Open {RESULTS / 'report.html'}"
        assert "Traceback" not in found.stdout + found.stderr

    def test_everything_is_there(self, analysed):
        folder, _ = analysed
        for name in (
            "report.html",
            "report.pdf",
            "run.yaml",
            "checks.html",
            "tables/therapists.csv",
            "tables/flow.csv",
        ):
            assert (folder / RESULTS / name).stat().st_size > 0, name
        assert list((folder / RESULTS / "figures").glob("*.svg"))
        assert {path.stem for path in (folder / RESULTS / "posterior").glob("*.nc")} >= {"intercept_only", "casemix"}
        assert not list((folder / RESULTS).rglob("*.tmp"))
        assert {path.name for path in folder.iterdir()} == {"examples", "results"}

    def test_the_tables_count_the_courses_of_the_file(self, analysed):
        folder, _ = analysed
        table, therapists = read_csv(folder / TABLE), read_csv(folder / RESULTS / "tables" / "therapists.csv")
        finished = table[table["n_sessions"] >= 2]
        assert dict(zip(therapists["therapist_id"], therapists["clients"], strict=True)) == (
            finished["therapist_id"].value_counts().to_dict()
        )
        worse = (finished["phq9_last"] - finished["phq9_first"] >= 6) | (
            finished["gad7_last"] - finished["gad7_first"] >= 4
        )
        better = (finished["phq9_first"] - finished["phq9_last"] >= 6) | (
            finished["gad7_first"] - finished["gad7_last"] >= 4
        )
        assert therapists["deteriorated"].sum() == (worse & ~better).sum()

    def test_the_record_has_fingerprints_and_no_client(self, analysed):
        folder, _ = analysed
        text = (folder / RESULTS / "run.yaml").read_text(encoding="utf-8")
        record = yaml.safe_load(text)
        assert re.fullmatch(r"[0-9a-f]{64}", record["files"][0]["sha256"])
        assert record["seconds"]["wall_all_jobs"] > 0 and record["versions"]["pymc"]
        assert str(folder) not in text

    def test_no_client_stands_in_logs_report_or_tables(self, analysed):
        folder, _ = analysed
        clients = set(read_csv(folder / TABLE)["client_id"])
        for path in (folder / RESULTS).rglob("*"):
            if path.suffix in (".html", ".csv", ".log", ".yaml", ".txt", ".svg"):
                assert not clients & set(re.findall(r"T\d{3}-C\d{4}", path.read_text(encoding="utf-8"))), path

    def test_again_does_nothing_and_a_changed_row_runs_again(self, analysed):
        folder, _ = analysed
        before = made(folder)
        (folder / TABLE).touch()  # newer, but the same
        again = run(folder, "analyse", SETTINGS, "--cores", "2")
        assert again.returncode == 0, again.stdout + again.stderr
        assert made(folder) == before
        lines = (folder / TABLE).read_text(encoding="utf-8").splitlines()
        (folder / TABLE).write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
        changed = run(folder, "analyse", SETTINGS, "--cores", "2")
        assert changed.returncode == 0, changed.stdout + changed.stderr
        after = made(folder)
        assert all(after[name] > before[name] for name in ("prepared/clients.parquet", "report.html", "run.yaml"))


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped_and_others_are_kept_out(tmp_path):
    folder = service(tmp_path, therapists=8)
    command = [sys.executable, "-m", "iatrogenesis.cli", "analyse", SETTINGS, "--cores", "1"]
    with (tmp_path / "out.txt").open("w") as out:
        first = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, start_new_session=True)
    try:
        deadline = time.monotonic() + 600
        while not (folder / RESULTS / "posterior").is_dir() and time.monotonic() < deadline:
            assert first.poll() is None, (tmp_path / "out.txt").read_text()
            time.sleep(0.05)
        second = run(folder, "analyse", SETTINGS)
        assert second.returncode == 1 and f"another run is going on there (process {first.pid}, since" in second.stderr
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert not (folder / RESULTS / "report.html").exists()
    before = made(folder)
    found = run(folder, "analyse", SETTINGS, "--cores", "2")
    assert found.returncode == 0, found.stdout + found.stderr
    assert (folder / RESULTS / "report.html").is_file()
    assert made(folder)["prepared/clients.parquet"] == before["prepared/clients.parquet"]
    assert not list((folder / RESULTS).rglob("*.tmp"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["simulated_export", "simulated_sessions", "simulated_counts"])
def test_the_other_examples(tmp_path, name):
    folder = service(tmp_path)
    path = folder / "examples" / f"{name}.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(settings | {"could_have_shown": {"replicates": 2}}), encoding="utf-8")
    found = run(folder, "analyse", str(path.relative_to(folder)), "--cores", "2")
    assert found.returncode == 0, found.stdout + found.stderr
    assert (folder / "results" / name / "report.pdf").stat().st_size > 0


@pytest.mark.slow
def test_tables_of_the_nhs(tmp_path):
    subprocess.run([sys.executable, "-m", "iatrogenesis.own_data.nhs.example", str(tmp_path)], check=True)
    with (tmp_path / "simulated_nhs.yaml").open("a", encoding="utf-8") as file:
        file.write("could_have_shown: {replicates: 2}\n")
    found = run(tmp_path, "analyse", "simulated_nhs.yaml", "--cores", "2")
    assert found.returncode == 0, found.stdout + found.stderr
    results = tmp_path / "results" / "simulated_nhs"
    agreed = read_csv(results / "tables" / "agreement.csv")
    alike = agreed.loc[agreed["flagged"] == agreed["ours"], "courses"].sum()
    assert alike > 0.9 * agreed.loc[agreed["ours"] != "unknown", "courses"].sum()
    apart = read_csv(results / "tables" / "disagreements.csv")
    unlike = (agreed["flagged"] != agreed["ours"]) & (agreed["ours"] != "unknown")
    assert len(apart) == agreed.loc[unlike, "courses"].sum()
    answers = read_csv(results / "tables" / "sensitivity_attribution.csv")
    assert len(answers) >= 3, "most contacts, last therapist, both"
    assert (results / "report.html").is_file()


def test_a_dry_run_starts_no_job(tmp_path):
    folder = service(tmp_path, therapists=8)
    found = run(folder, "analyse", SETTINGS, "--cores", "3", "--", "--dry-run")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "could_have_shown" in found.stdout + found.stderr
    assert "on 3 cores" in found.stdout + found.stderr, "what is simulated takes all cores"
    assert not (folder / RESULTS / "prepared").exists() and "Open" not in found.stdout


@pytest.mark.parametrize("name", ["größe \U0001f600.yaml", "a: b #1.yaml", 'it\'s "mine" \\n {x}.yaml'])
def test_settings_may_be_called_anything(tmp_path, name):
    folder = service(tmp_path, therapists=8)
    settings = (folder / SETTINGS).rename((folder / SETTINGS).with_name(name))
    found = run(folder, "analyse", str(settings), "--cores", "1", "--", "--dry-run")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "could_have_shown" in found.stdout + found.stderr

"""The tiny study from end to end, twice, and with one core."""

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from iatrogenesis.inference.data.posterior import load
from iatrogenesis.verification.reference import CLAIMS, HASHES
from tests.verification.crates import faults_of_crate
from tests.workflow.conftest import ROOT, copy_project, snakemake

pytestmark = [pytest.mark.slow]
SIMULATED = ("clients", "sessions", "therapists", "therapist_weeks")
TABLES = ("evidence", "scenarios", "therapist_effects", "therapists", "performance", "diagnostics", "checks")
TABLES += ("truth", "cells", "advice", "needed", "policies", "reproductions")
TABLES += ("members", "conclusions", "drivers", "next_studies")
EVERY_METHOD = "[raw, logistic, firth, gee, glmm, intercept_only, casemix, therapist, measurement, growth]"


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".parquet", ".csv", ".svg", ".png", ".pdf", ".json", ".html")
    }


@pytest.fixture(scope="module")
def project(finished) -> Path:
    """The copy that the tiny study was run in."""
    return finished


@pytest.fixture(scope="module")
def results(project) -> Path:
    return project / "results" / "tiny"


def test_everything_promised_is_there(results):
    for name in TABLES:
        assert len(pd.read_csv(results / "tables" / f"{name}.csv")) > 0, name
    for name in SIMULATED:
        assert len(pd.read_parquet(results / "simulated" / "routine_care" / f"{name}.parquet")) > 0, name
    assert (results / "tables" / "numbers.json").stat().st_size > 100
    drawn = {path.stem for path in (results / "figures").glob("*.svg")}
    assert len(drawn) >= 18
    assert {path.name for path in (results / "figures").iterdir()} == {
        f"{name}.{form}" for name in drawn for form in ("svg", "png", "pdf")
    }
    assert load(results / "posterior" / "routine_care" / "therapist.nc")["posterior"].sizes["chain"] == 4


def test_the_report_opens_without_network(results):
    text = (results / "report.html").read_text()
    assert not re.search(r"""(src|href)=["']?(https?:)?//(?!doi\.org)""", text.replace('href="https://doi.org', ""))
    assert not re.search(r"@import|url\(['\"]?https?:", text)


def test_the_typeset_report_and_the_page_for_managers_are_there(results):
    assert (results / "report.pdf").read_bytes().startswith(b"%PDF")
    page = (results / "for_managers.html").read_text()
    assert "What can a service know" in page and "{{" not in page
    assert not re.search(r"""src=["']?(https?:)?//""", page)


def test_snakemakes_own_report_has_captions(project, results):
    target = project / "provenance.html"
    found = snakemake(project, "--config", "study=tiny", "--cores", "1", "--report", str(target))
    assert found.returncode == 0, found.stderr[-2000:]
    text = target.read_text()
    assert "Which analysis finds what burnout does" in text or "The log odds ratio of burnout by every method" in text


def test_the_record_of_the_run_tells_how_it_was_made(results):
    record = yaml.safe_load((results / "run.yaml").read_text())
    assert record["seed"] == 20261122
    assert {"config", "commit", "versions", "platform", "changed_since_commit"} <= set(record)
    assert record["wall_time"]["started"] < record["wall_time"]["ended"]
    assert 1 < record["wall_time"]["seconds"] <= sum(pd.read_csv(results / "tables" / "cost.csv")["wall_seconds"])
    assert record["peak_memory_mb"] > 100 and record["hardware"]["cores"] >= 1


def test_the_crate_of_the_run_meets_its_profiles(results, tmp_path, monkeypatch):
    assert faults_of_crate(results, tmp_path / "cache", monkeypatch) == []
    graph = json.loads((results / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    made = {one["@id"] for one in graph if one["@type"] == "CreateAction"}
    assert {"#run", "#job/report", "#job/simulate/routine_care"} <= made
    assert all("endTime" in one for one in graph if one["@id"] in made - {"#job/run_record", "#job/recompute"})


def test_performance_is_what_the_data_sets_say(results):
    """Recomputed from the files of single data sets, without the library."""
    judged = pd.read_csv(results / "tables" / "performance.csv", keep_default_na=False, na_values=[""])
    judged = judged.set_index(["cell", "method", "estimand", "measure"]).sort_index()
    truth = pd.read_csv(results / "tables" / "truth.csv")
    truth = truth[truth["replicate"].isna()].set_index(["cell", "estimand", "world"]).sort_index()
    seen = 0
    for folder in sorted((results / "simulation_study").glob("*/*/")):
        cell, method = folder.parent.name, folder.name
        parts = [pd.read_parquet(path) for path in sorted(folder.glob("*.estimates.parquet"))]
        for estimand, rows in pd.concat(parts).groupby("estimand"):
            # A method is judged on what it targets only, and where there is a truth.
            if (cell, estimand) not in truth.index or (cell, method, estimand) not in judged.index:
                continue
            worlds, known = truth.loc[(cell, estimand)], judged.loc[(cell, method, estimand)]
            rows = rows.dropna(subset=["estimate"])
            value = worlds["truth"].to_numpy()[rows["replicate"] % len(worlds)]
            rows = rows.assign(value=value, error=rows["estimate"] - value)
            n, whole = len(rows), rows.dropna(subset=["se", "low", "high"])
            mean = sum(rows["error"]) / n
            assert known.loc["bias", "value"] == pytest.approx(mean, rel=1e-8, abs=1e-12)
            # Errors vary around their mean in each world; what differs between worlds is not the method's noise.
            groups = [one["error"] for _, one in rows.groupby(rows["replicate"] % len(worlds))]
            squares = sum(sum((one - sum(group) / len(group)) ** 2 for one in group) for group in groups)
            spread = (squares / (n - len(groups))) ** 0.5 if n > len(groups) else float("nan")
            assert known.loc["empirical_se", "value"] == pytest.approx(spread, rel=1e-8, nan_ok=True)
            if len(worlds) == 1:
                unsure = worlds["truth_mcse"].iloc[0]
                assert known.loc["bias", "mcse"] == pytest.approx((spread**2 / n + unsure**2) ** 0.5, rel=1e-8)
            if len(whole) >= 2:
                covered = sum((whole["low"] <= whole["value"]) & (whole["value"] <= whole["high"]))
                assert known.loc["coverage", "value"] == pytest.approx(covered / len(whole))
            seen += 1
    assert seen > 40


def test_flags_are_what_the_data_sets_say(results):
    judged = pd.read_csv(results / "tables" / "performance.csv", keep_default_na=False, na_values=[""])
    rates = pd.read_parquet(results / "simulation_study" / "reference_cell" / "true_rates.parquet")
    true = {(row.replicate, row.therapist): row.rate for row in rates.itertuples()}
    mean = rates.groupby("replicate")["rate"].mean()
    for method in ("raw", "glmm", "casemix"):
        found = pd.read_parquet(results / "simulation_study" / "reference_cell" / method / "0.therapists.parquet")
        harmful = true_positives = flagged = 0
        for row in found.itertuples():
            harm = true[row.replicate, row.therapist] > 2 * mean[row.replicate]
            harmful += harm
            flagged += row.exceeds >= 0.8
            true_positives += harm and row.exceeds >= 0.8
        own = judged[
            (judged["cell"] == "reference_cell")
            & (judged["method"] == method)
            & (judged["estimand"] == "flag_probable")
        ]
        own = own.set_index("measure")["value"]
        assert own["sensitivity"] == pytest.approx(true_positives / harmful)
        if flagged:
            assert own["mfdr"] == pytest.approx(1 - true_positives / flagged)


def batches_planned(plan: str) -> dict[str, int]:
    """Jobs by group of methods, from the table of jobs, which a dry run prints before the jobs and after them."""
    return {group: int(number) for group, number in re.findall(r"study_batch_(\w+) +(\d+)\n", plan)}


def test_a_lost_batch_is_made_again_to_the_same_bytes(project, results):
    lost = [
        results / "simulation_study" / "reference_cell" / "casemix" / f"0.{kind}.parquet"
        for kind in ("estimates", "therapists")
    ]
    before = {path: path.read_bytes() for path in lost}
    for path in lost:
        path.unlink()
    planned = snakemake(project, "-n", "study", "--config", "study=tiny", "--cores", "1")
    assert batches_planned(planned.stdout) == {"fast": 1}, planned.stdout[-2000:]
    made = snakemake(
        project, *(str(path.relative_to(project)) for path in lost), "--config", "study=tiny", "--cores", "1"
    )
    assert made.returncode == 0, made.stderr[-2000:]
    assert {path: path.read_bytes() for path in lost} == before
    again = snakemake(project, "--config", "study=tiny", "--cores", "2")
    assert again.returncode == 0, again.stderr[-2000:]


@pytest.mark.parametrize(
    ("old", "new", "batches"),
    [
        ("cells: [reference_cell, world]", "cells: [reference_cell, world, small]", 1),
        ("cells: [reference_cell, world]", f"cells: [reference_cell, world]\n  methods: {EVERY_METHOD}", 4),
        ("coverage_mcse: 0.1\n", "coverage_mcse: 0.09\n", 2),
    ],
)
def test_a_new_cell_or_method_runs_only_what_is_new(project, results, old, new, batches):
    """Two cells by the fast methods are there; dear ones may run there too; more data sets change every last batch."""
    path = project / "config" / "tiny.yaml"
    before = path.read_text()
    assert old in before
    try:
        path.write_text(before.replace(old, new, 1))
        found = snakemake(project, "-n", "study", "--config", "study=tiny", "--cores", "1")
    finally:
        path.write_text(before)
    assert sum(batches_planned(found.stdout).values()) == batches, found.stdout[-3000:] + found.stderr[-500:]


def test_a_second_run_does_nothing(project, results):
    before = hashes(results)
    found = snakemake(project, "--config", "study=tiny", "--cores", "2")
    assert found.returncode == 0
    assert "Nothing to be done" in found.stdout + found.stderr
    assert hashes(results) == before


def test_editing_the_library_reruns_what_uses_it_and_no_more(project, results):
    path = project / "src" / "iatrogenesis" / "harm" / "twins.py"
    before = path.read_text()
    try:
        path.write_text(before + "\n# an edit\n")
        found = snakemake(project, "-n", "--config", "study=tiny", "--cores", "2")
    finally:
        path.write_text(before)
    text = found.stdout + found.stderr
    assert "count_twins" in text and "compare_scenarios" in text
    assert "fit_collapsed" not in text


def test_one_core_gives_the_same_bytes(results, tmp_path):
    """Everything up to the posteriors; those are compared by draws below."""
    copy = copy_project(tmp_path / "one core")
    targets = [f"results/tiny/tables/{name}.csv" for name in ("evidence", "scenarios", "true_effects", "true_rates")]
    targets += [f"results/tiny/simulated/{name}/clients.parquet" for name in ("routine_care", "known")]
    found = snakemake(copy, *targets, "--config", "study=tiny", "--cores", "1")
    assert found.returncode == 0, found.stderr[-3000:]
    again, first = hashes(copy / "results" / "tiny"), hashes(results)
    assert len(again) >= 12
    assert again == {name: first[name] for name in again}


def test_models_that_the_tiny_study_leaves_out_are_fitted_and_checked_too(project, results, study):
    """Each is compiled, which takes as long as the rest of the tiny study."""
    left_out = ["measurement", "ordinal", "growth", "dropout"]
    assert not set(left_out) & set(study.config.fit.models)
    path = project / "sampled.yaml"
    # As many draws as the default study takes: tiny's are too few for R-hat of the ordinal model.
    sampler = "{chains: 4, draws: 1000, tune: 500, target_accept: 0.9}"
    fit = f"{{models: [{', '.join(left_out)}], sampler: {sampler}}}"
    path.write_text(f"name: sampled\nbased_on: tiny\nfit: {fit}\n")
    tables = [f"results/sampled/tables/{name}.csv" for name in ("diagnostics", "therapist_effects", "predictive")]
    found = snakemake(project, *tables, "--config", f"study={path}", "--cores", "2")
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    judged, effects = (pd.read_csv(project / table) for table in tables[:2])
    assert set(judged["model"]) == set(effects["model"]) == set(left_out)
    assert judged["passed"].all(), judged.to_string()


def test_the_committed_simulation_is_still_what_the_code_gives(results):
    """Bytes where nothing is sampled; a change here needs a line under Results in the changelog."""
    reference = ROOT / "results" / "reference" / "tiny"
    committed = sorted({path.name for path in reference.glob("*.csv")} - {CLAIMS, HASHES})
    assert committed
    for name in committed:
        old, new = pd.read_csv(reference / name), pd.read_csv(results / "tables" / name)
        # Other processors may round the last digits of a logarithm differently.
        pd.testing.assert_frame_equal(new, old, rtol=1e-6, atol=1e-9, check_dtype=False)

"""What a study costs: the plan's own batches, in proportion to its replicates, and as much as was measured."""

import subprocess
import sys

import pandas as pd
import pytest

from iatrogenesis.core.marked import with_part
from iatrogenesis.simulation_study.methods import GROUPS
from iatrogenesis.simulation_study.plan import START_SECONDS, plan
from iatrogenesis.study import cluster_page
from iatrogenesis.study.cost import as_text, bytes_of, cost
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG, ROOT

COSTS = ROOT / "results" / "reference" / "cost.csv"
METHODS = "methods: "


@pytest.fixture(scope="module")
def full():
    return load_study(CONFIG / "full.yaml", CONFIG)


@pytest.fixture(scope="module")
def measured():
    return pd.read_csv(COSTS)


@pytest.mark.parametrize("times", [1, 7])
def test_jobs_are_the_plans_batches(full, measured, times):
    """Counted here one by one, by replicates of each method."""
    replicates = {name: times * n for name, n in full.config.simulation_study.replicates_by_method.items()}
    batches = list(plan(list(full.cells.values()), replicates))
    table = cost(full, measured, times).set_index("part")
    for group in GROUPS:
        assert table.loc[METHODS + group, "jobs"] == sum(batch.group == group for batch in batches)
    if times == 1:
        assert len(batches) == len(full.batches) == table.filter(like=METHODS, axis=0)["jobs"].sum()


def test_a_hundred_times_the_replicates_cost_a_hundred_times(full, measured):
    """But for starting jobs, which are cut alike however many replicates there are."""
    once, often = (cost(full, measured, times).set_index("part").filter(like=METHODS, axis=0) for times in (1, 100))
    started = START_SECONDS / 3600
    work = [table["core_hours"] - started * table["jobs"] for table in (once, often)]
    fast = METHODS + "fast"
    assert work[1][fast] == pytest.approx(100 * work[0][fast], rel=1e-9)
    assert (often["core_hours"] <= 100.001 * once["core_hours"]).all()
    assert (often["jobs"] <= 100 * once["jobs"]).all() and (often["jobs"] >= 50 * once["jobs"]).all()
    # Files are fewer for as many data sets, so bytes grow a little less.
    ratio = often["megabytes"] / once["megabytes"]
    assert ((ratio > 60) & (ratio <= 100)).all()


def test_what_no_replicate_adds_to_stays(full, measured):
    once, often = (cost(full, measured, times).set_index("part") for times in (1, 100))
    for part in ("advice", "all else, as in the default study"):
        assert once.loc[part].equals(often.loc[part])


def test_the_last_row_is_the_sum(full, measured):
    table = cost(full, measured).set_index("part")
    assert table.drop(index="together").sum().to_numpy() == pytest.approx(table.loc["together"].to_numpy(dtype=float))


def test_planned_seconds_are_about_those_measured(measured):
    default = load_study(CONFIG / "default.yaml", CONFIG)
    spent = measured.set_index("rule").loc["study_batch"]
    assert spent["jobs"] == len(default.batches)
    assert 0.5 < sum(batch.seconds for batch in default.batches) / spent["core_seconds"] < 2


@pytest.mark.slow
def test_bytes_are_about_those_written(finished, study):
    folder = finished / "results" / "tiny" / "simulation_study"
    written = sum(path.stat().st_size for path in folder.glob("*/*/*.parquet"))
    assert 0.5 < sum(bytes_of(batch, study.cells[batch.cell]) for batch in study.batches) / written < 2


def test_fewer_than_its_own_replicates_are_refused(full, measured):
    with pytest.raises(ValueError, match="and not 0 times"):
        cost(full, measured, 0)


def test_the_command_prints_the_table(measured):
    def told(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "iatrogenesis.study.cost", str(CONFIG), str(COSTS), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    found = told("tiny", "3")
    assert found.stdout == as_text(cost(load_study(CONFIG / "tiny.yaml", CONFIG), measured, 3)) + "\n"
    wrong = told("tiny", "some")
    assert wrong.returncode == 1 and wrong.stderr == "TIMES: a whole number is needed, and not 'some'\n"


def test_the_page_is_what_make_docs_writes(measured):
    text = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    assert text == with_part(text, "page", cluster_page.MARKS, cluster_page.section(CONFIG, measured)), (
        "run `make docs`"
    )


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="written by make docs"):
        with_part("nothing", "page", cluster_page.MARKS, "text")

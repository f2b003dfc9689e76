"""The committed results of the full study: made again by the present code, and measured by another way."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from iatrogenesis.core.files import read_csv
from iatrogenesis.core.former_names import CELLS, METHODS
from iatrogenesis.simulation_study.run import run
from iatrogenesis.study.study import load_study

ROOT = Path(__file__).resolve().parents[2]
FULL = ROOT / "results" / "reference" / "full"
CELL, METHOD = "small", "crude"  # the cell whose data sets are made fastest
PRINTED = 5e-6  # tables are rounded to six digits


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """What one method says of all data sets of a cell, made anew."""
    study = load_study(ROOT / "config" / "full.yaml", ROOT / "config")
    cell = study.cells[CELL]
    data_sets = range(study.config.simulation_study.replicates)
    ((_, estimates, _),) = run([METHOD], cell, study.surroundings(cell), study.method_settings(cell), data_sets)
    return estimates


def measures(estimates: pd.DataFrame, truth: float) -> dict[str, float]:
    """Performance measures by their formulas, of one estimand; Morris et al. 2019, table 6."""
    estimate, n = estimates["estimate"].to_numpy(), len(estimates)
    covers = ((estimates["low"] <= truth) & (truth <= estimates["high"])).to_numpy()
    empirical, model = estimate.std(ddof=1), np.sqrt(np.mean(estimates["se"] ** 2))
    return {
        "bias": estimate.sum() / n - truth,
        "empirical_se": empirical,
        "mse": np.mean((estimate - truth) ** 2),
        "model_se": model,
        "model_se_error": model / empirical - 1,
        "coverage": covers.sum() / n,
        "width": np.mean(estimates["high"] - estimates["low"]),
        "power": estimates["rejects"].astype(float).mean(),
    }


def differing(answers: pd.DataFrame) -> list[tuple[str, str]]:
    """Estimands and measures whose committed value is not that of these answers."""
    performance, truths = read_csv(FULL / "performance.csv"), read_csv(FULL / "truth.csv")
    committed = performance[(performance["cell"] == CELL) & (performance["method"] == METHOD)]
    committed = committed.set_index(["estimand", "measure"])["value"]
    truths = truths[truths["cell"] == CELL].set_index("estimand")["truth"]
    named = [name for name in answers["estimand"].unique() if name.startswith("log_odds_ratio_marginal[")]
    assert len(named) == 3
    found = []
    for name in named:
        own = measures(answers[answers["estimand"] == name], truths[name])
        tolerance = {measure: PRINTED * (1 + abs(value)) for measure, value in own.items()}
        found += [(name, one) for one, value in own.items() if not abs(value - committed[name, one]) < tolerance[one]]
    return found


@pytest.mark.slow
def test_committed_performance_is_what_the_present_code_makes(answers):
    assert len(answers["replicate"].unique()) == 475
    assert differing(answers) == []


@pytest.mark.slow
def test_intervals_a_tenth_shorter_would_be_noticed(answers):
    half = 0.45 * (answers["high"] - answers["low"])
    middle = (answers["high"] + answers["low"]) / 2
    shorter = differing(answers.assign(low=middle - half, high=middle + half))
    assert {measure for _, measure in shorter} == {"coverage", "width"}
    assert len(shorter) >= 5  # of one estimand by chance the same number of intervals may cover


def test_committed_parts_are_whole_and_of_the_frozen_protocol():
    about = yaml.safe_load((FULL / "protocol.yaml").read_text())
    frozen = yaml.safe_load((ROOT / "docs" / "protocol.yaml").read_text())
    assert {name: about[name] for name in ("plan", "seed", "fingerprint", "code")} == {
        name: frozen[name] for name in ("plan", "seed", "fingerprint", "code")
    }
    planned = {CELLS.get(cell, cell): methods for cell, methods in frozen["cells"].items()}
    cells = [CELLS.get(cell, cell) for part in about["parts"] for cell in part["cells"]]
    assert len(cells) == len(set(cells)) and set(cells) <= set(planned)
    performance, batches = read_csv(FULL / "performance.csv"), read_csv(FULL / "batches.csv")
    asked = {(cell, METHODS.get(method, method)) for cell in cells for method in planned[cell]}
    for table in (performance, batches):
        assert set(zip(table["cell"], table["method"], strict=True)) == asked
    sets = (batches["last"] - batches["first"] + 1).groupby([batches["cell"], batches["method"]]).sum()
    assert set(sets) == {frozen["data_sets"]}
    assert performance.loc[performance["measure"] == "failed", "replicates"].eq(frozen["data_sets"]).all()

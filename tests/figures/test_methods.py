"""What the figures of the simulation study make of its table."""

import pandas as pd
import pytest

from iatrogenesis.core.montecarlo import share_interval
from iatrogenesis.core.proportions import clopper_pearson
from iatrogenesis.figures.methods import of_flagged

ROWS = [
    # method, estimand, measure, value, mcse, replicates
    ("raw", "flag_fdr", "flagged", 0.0084, 0.004, 475),
    ("raw", "flag_fdr", "mfdr", 1.0, 0.0, 475),
    ("raw", "flag_fdr", "fdr", 0.0084, 0.004, 475),
    ("glmm", "flag_fdr", "flagged", 0.0, 0.0, 475),
    ("glmm", "flag_fdr", "mfdr", float("nan"), float("nan"), 475),
    ("glmm", "action", "mfdr", 0.4, 0.02, 475),
]


def test_a_rate_among_the_flagged_is_as_sure_as_they_are_many():
    columns = ["method", "estimand", "measure", "value", "mcse", "replicates"]
    table = pd.DataFrame(ROWS, columns=columns).assign(cell="small")
    found = of_flagged(table)
    assert found.drop(columns="replicates").equals(table.drop(columns="replicates"))
    assert found["replicates"].tolist() == [475, 4, 475, 475, 1, 475]  # 475 x .0084 flagged; none; nobody counted them
    low, high = share_interval(1.0, 0.0, int(found["replicates"][1]))
    assert (low, high) == pytest.approx([float(end) for end in clopper_pearson(4, 4)]) and low < 0.5

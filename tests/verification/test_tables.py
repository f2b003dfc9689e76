"""Tables that rest on draws or estimates are held to those of the accepted run, cell by cell."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.files import read_csv
from iatrogenesis.verification.tables import table_verdict
from iatrogenesis.verification.verdicts import NOT, WITHIN
from tests.conftest import ROOT

KEPT = ROOT / "results" / "reference" / "tiny" / "tables"


def kept(name: str) -> pd.DataFrame:
    return read_csv(KEPT / f"{name}.csv")


def changed(name: str, chosen: dict[str, str], column: str, times: float) -> str:
    """Verdict of the reference's own table, with one cell multiplied."""
    table = kept(name)
    rows = (table[list(chosen)] == pd.Series(chosen)).all(axis="columns")
    assert rows.sum() == 1 and (table.loc[rows, column] != 0).all()
    return table_verdict(
        name, table.assign(**{column: table[column].where(~rows, table[column] * times)}), table
    ).verdict


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*.csv")))
def test_every_table_is_within_itself_and_not_with_a_column_renamed_or_a_row_less(name):
    table = kept(name)
    assert table_verdict(name, table, table).verdict == WITHIN
    swapped = table.rename(columns=dict(zip(table.columns[:2], table.columns[1::-1], strict=True)))
    assert table_verdict(name, swapped, table).verdict == NOT
    assert table_verdict(name, table.iloc[1:], table).verdict == (NOT if len(table) else WITHIN)


GLMM = {"cell": "reference_cell", "method": "glmm", "estimand": "log_odds_ratio_rated[burnout]", "measure": "bias"}


@pytest.mark.parametrize(
    ("row", "column", "times", "verdict"),
    [
        (GLMM, "value", 1 + 1e-7, WITHIN),
        (GLMM, "value", 1.12, NOT),
        (GLMM, "mcse", 1.1, NOT),
        (GLMM, "replicates", 2, NOT),
        (GLMM | {"method": "therapist"}, "value", 1.01, WITHIN),
        (GLMM | {"method": "therapist"}, "mcse", 3, NOT),
        (GLMM | {"method": "therapist", "measure": "power"}, "value", 0.8, WITHIN),  # one of five data sets
        (GLMM | {"method": "therapist", "measure": "power"}, "value", 0.6, NOT),
        (GLMM | {"measure": "power"}, "value", 0.8, NOT),
    ],
)
def test_performance_is_that_of_the_same_data_sets(row, column, times, verdict):
    assert changed("performance", row, column, times) == verdict


@pytest.mark.trial(kind="altered", what="performance, checks and therapists forged, with records that agree")
def test_forged_tables_are_found():
    therapists = kept("therapists")
    for one, other in (("rate_low", "rate_high"), ("rate", "raw_rate"), ("rank_low", "rank_high")):
        swapped = therapists.assign(**{one: therapists[other], other: therapists[one]})
        assert table_verdict("therapists", swapped, therapists).verdict == NOT, one
    assert table_verdict("therapists", therapists.assign(grade="many"), therapists).verdict == NOT
    assert table_verdict("therapists", therapists.assign(rate="many"), therapists).verdict == NOT
    checks = kept("checks")
    assert table_verdict("checks", checks.assign(passed=~checks["passed"].astype(bool)), checks).verdict == NOT
    forged = checks.assign(passed=[*checks["passed"].astype(str)[:-1], "no"])
    found = table_verdict("checks", forged, checks)
    assert found.verdict == NOT and "passed in row" in found.reason
    performance = kept("performance")
    better = performance.assign(value=performance["value"].where(performance["measure"] != "bias", 0.0))
    assert table_verdict("performance", better, performance).verdict == NOT


def test_other_draws_are_within_their_errors():
    table = kept("therapist_effects")
    noise = np.random.default_rng(3).normal(size=len(table)) * table["mcse"]
    assert table_verdict("therapist_effects", table.assign(estimate=table["estimate"] + noise), table).verdict == WITHIN
    moved = table.assign(estimate=table["estimate"] + 8 * table["mcse"])
    assert table_verdict("therapist_effects", moved, table).verdict == NOT

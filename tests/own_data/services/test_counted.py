"""Counts as they come: periods in order, rounding told from the counts, faults named."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.services.counted import counted
from iatrogenesis.own_data.services.labels import in_order
from tests.own_data.services.simulated import rounded, simulated


@pytest.mark.parametrize(
    ("labels", "horizon", "found"),
    [
        (["2019-20", "2017-18"], 1, ("2017-18", "2018-19", "2019-20", "2020-21")),
        (["1998/99", "1999/00"], 1, ("1998/99", "1999/00", "2000/01")),
        (["2019", "2021"], 2, ("2019", "2020", "2021", "2022", "2023")),
        (["2020 Q4", "2020 Q3"], 1, ("2020 Q3", "2020 Q4", "2021 Q1")),
        (["2020Q4"], 1, ("2020Q4", "2021Q1")),
        (["2020-11", "2021-01"], 1, ("2020-11", "2020-12", "2021-01", "2021-02")),
        (["spring", "autumn"], 1, ("autumn", "spring", "spring + 1")),
        (["all"], 0, ("all",)),
    ],
)
def test_periods_come_in_order_with_the_next_one(labels, horizon, found):
    assert in_order(labels, horizon) == found


@pytest.mark.trial(kind="refused", what="periods far apart")
def test_periods_far_apart_are_refused():
    with pytest.raises(DataError, match="'19' to '2019' leave too many without data"):
        in_order(["19", "2019"])


def test_exact_counts_are_exact_and_gaps_are_empty():
    table, _ = simulated(units=6, periods=4)
    gap = table[table["period"] != "2016-17"]
    data = counted(gap.sample(frac=1, random_state=1))
    assert data.periods == ("2015-16", "2016-17", "2017-18", "2018-19")
    assert data.rounding == 1
    assert not data.seen[:, 1].any()
    assert np.array_equal(data.low, data.high)
    wide = gap.pivot(index="unit_id", columns="period", values="deteriorated")
    assert np.array_equal(data.low[:, [0, 2, 3]], wide.to_numpy())


def test_rounded_counts_are_ranges_that_hold_the_truth():
    table, _ = simulated(units=40, periods=3, courses=150)
    data = counted(rounded(table))
    true = table.pivot(index="unit_id", columns="period", values="deteriorated").to_numpy()
    assert data.rounding == 5
    assert np.isnan(data.shown).sum() == np.count_nonzero(true < 5) > 5
    assert np.all(data.low <= true)
    assert np.all(true <= data.high)
    assert np.all(data.low[data.shown == 5] == 5)
    assert np.all(data.high - data.low <= 4)


def test_missing_outcomes_of_exact_counts_are_left_out():
    table, _ = simulated(units=6, periods=2)
    table["deteriorated"] = table["deteriorated"].astype("Int64")
    table.loc[0, "deteriorated"] = pd.NA
    assert counted(table).seen.sum() == 11


def _changed(column, row, value):
    table, _ = simulated(units=6, periods=2)
    table = table.astype({column: object})
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (_changed("unit_id", 3, " "), r"mine: column 'unit_id' is empty; every row needs it \(row 3"),
        (_changed("period", 1, "2015-16"), r"column 'unit_id' has a second row in the same period; keep one \(row 1"),
        (_changed("n", 2, -5), r"column 'n' must hold whole numbers from 0 \(row 2: -5"),
        (_changed("n", 2, "many"), r"column 'n' must hold numbers, not text.* \(row 2: 'many'"),
        (_changed("deteriorated", 4, 3.5), r"column 'deteriorated' must hold whole numbers from 0 \(row 4: 3.5"),
        (_changed("deteriorated", 4, 10**6), r"column 'deteriorated' is more than 'n'; correct the row \(row 4"),
        (simulated(units=4)[0], "4 units with counts. How much units differ cannot be told from fewer than 5"),
        (simulated(units=6)[0].drop(columns="n"), "column 'n' is missing"),
        (simulated(units=6)[0].iloc[:0], "the table has no rows"),
    ],
)
def test_faults_are_named_with_row_and_value(table, words):
    with pytest.raises(DataError, match=words):
        counted(table, "mine")

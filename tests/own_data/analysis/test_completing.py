"""Gaps in the case mix: filled in by expectation, from neither outcome nor therapist, beside complete cases."""

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import Noise
from iatrogenesis.own_data.analysis.completing import completed, expected, with_indicators

ROWS = 3000


def correlated(share: float) -> tuple[np.ndarray, np.ndarray]:
    """Two normal columns with a correlation of .8, and the same with gaps in the second where the first is high."""
    noise, who = Noise(3), np.arange(ROWS)
    first = noise.normal("first", client=who)
    second = 10 + 2 * (0.8 * first + 0.6 * noise.normal("second", client=who))
    whole = np.column_stack([first, second])
    likely = np.where(first > 0, 1.6, 0.4) * share
    gaps = whole.copy()
    gaps[noise.uniform("gap", client=who) < likely, 1] = np.nan
    return whole, gaps


def test_a_gap_takes_what_the_other_columns_lead_to_expect():
    whole, gaps = correlated(0.3)
    found, gone = expected(gaps, np.zeros((ROWS, 0))), np.isnan(gaps[:, 1])
    np.testing.assert_array_equal(found[~gone], gaps[~gone])
    np.testing.assert_allclose(found[gone, 1], 10 + 1.6 * whole[gone, 0], atol=0.25)
    # The mean of those that are there would be too low by a third of an SD.
    assert abs(found[:, 1].mean() - whole[:, 1].mean()) < 0.08 < whole[:, 1].mean() - np.nanmean(gaps[:, 1])


def test_categories_take_the_most_frequent_level_and_tell_of_numbers():
    noise, who = Noise(4), np.arange(ROWS)
    group = np.where(noise.uniform("group", client=who) < 0.3, "b", "a").astype(object)
    score = np.where(group == "b", 20.0, 10.0) + noise.normal("score", client=who)
    table = pd.DataFrame({"x_group": group, "score": score})
    table.loc[::50, "score"] = np.nan
    table.loc[1::50, "x_group"] = None
    found = completed(table, ["x_group", "score"])
    assert found.missing == {"x_group": 60, "score": 60}
    assert set(found.clients["x_group"].iloc[1::50]) == {"a"}
    filled = found.clients.iloc[::50]
    near = np.where(filled["x_group"] == "b", 20.0, 10.0)
    np.testing.assert_allclose(filled["score"], near, atol=0.6)


def test_a_table_without_gaps_stays_as_it_is():
    table = pd.DataFrame({"score": [1.0, 2.0, 3.0]})
    assert completed(table, ["score"]).clients is table


def test_indicators_say_what_was_missing():
    table = pd.DataFrame({"x_waited": [1.0, np.nan, 3.0, 4.0], "score": [1.0, 2.0, 3.0, 4.0]})
    found, marks = with_indicators(table, ["x_waited", "score"])
    assert marks == ("x_missing_waited",)
    assert found["x_missing_waited"].tolist() == [0.0, 1.0, 0.0, 0.0]

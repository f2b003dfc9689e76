from dataclasses import replace

import pandas as pd
import pytest

from tests.own_data.checks.clean import changing, setting, unreadable, with_counts
from tests.own_data.checks.faults import Fault, assert_named_alone, line, named, run


def fault(check, severity, words, change, examples="", **others):
    return Fault(check, severity, words, change, examples, start=with_counts, **others)


def _total(table):
    total = table.groupby("period", as_index=False)[["n", "deteriorated"]].sum().assign(unit_id="England")
    total.index = range(100, 103)
    return pd.concat([table, total])


FAULTS = [
    fault(
        "more deteriorated than courses",
        "error",
        "1 row with more deteriorated",
        setting("n", 5, 4, "counts"),
        "row 5: 22 of 4",
    ),
    fault(
        "counts impossible",
        "error",
        "1 count negative or not whole",
        setting("deteriorated", 5, -3, "counts"),
        "row 5, DETERIORATED: -3",
    ),
    fault(
        "counts impossible",
        "error",
        "not rates or per cent",
        setting("deteriorated", 5, 5.4, "counts"),
        "DETERIORATED: 5.4",
    ),
    fault(
        "counts suppressed or missing",
        "warning",
        "(1 cell '*')",
        unreadable("deteriorated", "whole number", {5: "*"}, "counts"),
        "row 5",
    ),
    fault(
        "counts suppressed or missing", "error", "more than half", setting("deteriorated", range(2, 20), None, "counts")
    ),
    fault("counts rounded", "note", "multiples of 5", changing(lambda t: t.assign(n=5 * (t["n"] // 5)), "counts")),
    fault(
        "unit and period twice",
        "error",
        "2 rows share unit and period",
        setting("period", 3, "2021-22", "counts"),
        "unit 'service 0'",
    ),
    fault(
        "unit and period twice",
        "error",
        "24 rows share",
        changing(lambda t: t.drop(columns="period"), "counts"),
        "unit 'service 0'",
    ),
    fault("counts without a unit", "warning", "1 row without a unit", setting("unit_id", 4, None, "counts"), "row 4"),
    fault("totals among units", "error", "3 rows with about the sum", changing(_total, "counts"), "row 100"),
    fault("too few units", "error", "4 units, but", changing(lambda t: t.head(12), "counts")),
    fault(
        "counts of outcomes",
        "error",
        "above 30 %",
        changing(lambda t: t.assign(deteriorated=t["n"] - t["deteriorated"]), "counts"),
    ),
    fault("counts of outcomes", "error", "None of", setting("deteriorated", range(2, 26), 0, "counts")),
    fault(
        "order of periods",
        "warning",
        "2 periods whose order",
        changing(lambda t: t.assign(period=t["period"].replace({"2021-22": "first", "2022-23": "second"})), "counts"),
        "row 2",
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_counts_is_named_alone(fault):
    assert_named_alone(fault)


def test_rows_without_a_count_are_left_out():
    checked = run(setting("n", [3, 4], None, "counts")(with_counts()))
    assert list(checked.excluded["row"]) == [3, 4]
    assert len(checked.counts) == 22


def test_suppressed_cells_are_not_text_among_numbers():
    found = unreadable("deteriorated", "whole number", {5: "*"}, "counts")(with_counts())
    other = replace(found, unconverted=found.unconverted.assign(value="some"))
    assert run(found).table.set_index("check").loc["text among numbers", "severity"] == "passed"
    assert run(other).table.set_index("check").loc["text among numbers", "severity"] == "warning"


def test_a_large_unit_may_by_chance_be_as_large_as_all_others():
    def change(table, rows, events):
        n, total = table["n"].copy(), table.groupby("period")["n"].transform("sum")
        n.loc[rows] = (total - n).loc[rows]
        bad, rest = table["deteriorated"].copy(), table.groupby("period")["deteriorated"].transform("sum")
        bad.loc[rows] = (rest - bad).loc[rows] + events
        return table.assign(n=n, deteriorated=bad)

    def severity(rows, events):
        checked = run(changing(lambda table: change(table, rows, events), "counts")(with_counts()))
        return line(checked, "totals among units")["severity"]

    assert severity([2, 3, 4], 0) == "error"
    assert severity([2], 0) == "warning"  # in one period of three
    assert severity([2, 3, 4], 40) == "passed"  # as many courses, but not as many who deteriorated

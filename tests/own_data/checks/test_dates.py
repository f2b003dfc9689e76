import pandas as pd
import pytest

from tests.own_data.checks.clean import clean, setting, unreadable
from tests.own_data.checks.faults import Fault, assert_named_alone, named, run

FAULTS = [
    Fault(
        "dates out of order",
        "warning",
        "In 1 course the end lies before",
        setting("ended", 8, pd.Timestamp("2022-12-01")),
        "to 2022-12-01",
    ),
    Fault(
        "dates in the future",
        "warning",
        "1 date in the future",
        setting("ended", 8, pd.Timestamp("2942-03-01")),
        "row 8, ENDED: 2942-03-01",
    ),
    Fault(
        "dates too early",
        "warning",
        "1 date before 1990",
        setting("started", 8, pd.Timestamp("1900-01-01")),
        "row 8, STARTED: 1900-01-01",
    ),
    Fault(
        "dates not readable",
        "warning",
        "1 date cannot be read",
        unreadable("ended", "date", {8: "31.02.2024"}),
        "'31.02.2024'",
        also=("missing values by column",),
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_dates_is_named_alone(fault):
    assert_named_alone(fault)


def test_impossible_dates_are_taken_as_missing_and_the_course_is_kept():
    checked = run(setting("ended", 8, pd.Timestamp("2022-12-01"))(clean()))
    assert checked.kept.loc[8, ["started", "ended"]].isna().all()
    assert checked.kept.loc[9, ["started", "ended"]].notna().all()
    assert len(checked.kept) == 400

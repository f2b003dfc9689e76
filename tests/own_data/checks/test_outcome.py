import numpy as np
import pandas as pd
import pytest

from tests.own_data.checks.clean import changing, clean, setting, settings
from tests.own_data.checks.faults import Fault, assert_named_alone, line, loud, named, run

SCORES = ["phq9_first", "phq9_last", "gad7_first", "gad7_last"]
TRUE = np.arange(400) % 20 == 7


def given(deteriorated, drop=True):
    """A fault: the outcome is given, instead of the scores or beside them."""

    def alter(table):
        table = table.drop(columns=SCORES) if drop else table
        return table.assign(deteriorated=pd.array(deteriorated, dtype="boolean"))

    return changing(alter)


def some(share):
    return np.arange(400) % 100 < 100 * share


FAULTS = [
    Fault(
        "outcome can be judged",
        "error",
        "No usable course is left",
        setting("n_sessions", range(2, 402), -1),
        also=("numbers of sessions",),
    ),
    Fault(
        "outcome can be judged", "error", "No outcome. Name columns.first", changing(lambda t: t.drop(columns=SCORES))
    ),
    Fault(
        "outcome can be judged",
        "error",
        "None of 400 usable courses can be judged",
        setting("n_sessions", range(2, 402), 1),
        also=("short courses", "change without sessions"),
    ),
    Fault("outcomes all alike", "error", "Of 400 judged courses all deteriorated", given(np.ones(400, bool))),
    Fault("outcomes all alike", "error", "Of 400 judged courses none deteriorated", given(np.zeros(400, bool))),
    Fault("rate too high to be true", "error", "388 courses of 400 deteriorated (97 %)", given(some(0.97))),
    Fault("rate too high to be true", "error", "above 30 %", given(some(0.31))),
    Fault("few deteriorated", "warning", "Only 4 courses of 400", given(some(0.01))),
    Fault(
        "outcome reversed", "error", "contradicts the scores in 400 courses of 400", given(~TRUE, drop=False), "row 2"
    ),
    Fault(
        "outcome against scores", "warning", "differ in 4 courses of 400", given(TRUE ^ some(0.01), drop=False), "row 2"
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_the_outcome_is_named_alone(fault):
    assert_named_alone(fault)


def test_a_high_rate_can_be_allowed():
    assert loud(run(given(some(0.31))(clean()), settings(outcome={"highest_rate": 0.35}))) == {}


def test_a_given_outcome_that_agrees_passes():
    checked = run(given(TRUE, drop=False)(clean()))
    assert line(checked, "outcome reversed")["severity"] == "passed"
    assert line(checked, "outcome against scores")["severity"] == "passed"


def test_without_scores_in_tables_of_the_nhs_their_fields_are_named():
    own = settings(data={"nhs": {"referrals": "r.csv", "contacts": "c.csv", "activities": "a.csv"}}, columns={})
    found = line(run(changing(lambda t: t.drop(columns=SCORES))(clean()), own), "outcome can be judged")
    assert "CodedAssToolType" in found["found"] and "columns." not in found["found"]

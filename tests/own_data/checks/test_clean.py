"""A service without a fault passes every check that looks at it."""

import pytest

from iatrogenesis.own_data.checks import CHECKS
from tests.own_data.checks.clean import clean, with_counts, with_sessions
from tests.own_data.checks.faults import loud, run


@pytest.mark.parametrize("start", [clean, with_sessions, with_counts])
def test_nothing_is_said_about_clean_data(start):
    checked = run(start())
    assert loud(checked) == {}
    assert checked.fatal == ()
    assert checked.excluded.empty


def test_each_check_has_one_row_and_is_looked_at_somewhere():
    tables = [run(start()).table for start in (clean, with_sessions, with_counts)]
    for table in tables:
        assert list(table["check"]) == [check.name for check in CHECKS]
    passed = {name for table in tables for name in table.loc[table["severity"] == "passed", "check"]}
    assert {check.name for check in CHECKS} - passed == {
        "outcome reversed",  # these need an outcome beside the scores
        "outcome against scores",
        "courses with several therapists",
        "courses without a service",
        "dates not readable",
        "tables that belong together",  # of the NHS data set
    } & ({check.name for check in CHECKS} - passed)
    assert len({check.name for check in CHECKS}) == len(CHECKS)

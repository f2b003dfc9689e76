import pandas as pd
import pytest

from tests.own_data.checks.clean import changing, clean, setting
from tests.own_data.checks.faults import Fault, assert_named_alone, line, named, run


def _again(table, **changes):
    """The first three rows once more, at the end of the file."""
    more = table.head(3).assign(**changes)
    more.index = range(table.index[-1] + 1, table.index[-1] + 4)
    return pd.concat([table, more]).rename_axis("row")


def _later(table):
    return _again(
        table,
        started=table["started"].head(3) + pd.Timedelta(days=700),
        ended=table["ended"].head(3) + pd.Timedelta(days=700),
    )


def _sessions(table):
    plain = table.drop(columns=["started", "ended"])
    plain["client_id"] = [f"c{i // 8}" for i in range(len(plain))]
    return plain


FAULTS = [
    Fault("numbers of sessions", "error", "more than 10 %", setting("n_sessions", range(2, 50), -1)),
    Fault(
        "repeated courses", "warning", "3 rows repeat an earlier row", changing(_again), "rows 2, 402 are one course"
    ),
    Fault(
        "repeated courses",
        "error",
        "6 rows share their client and dates",
        changing(lambda t: _again(t, deprivation=11.0)),
    ),
    Fault(
        "repeated courses",
        "error",
        "client and course",
        changing(lambda t: _later(t.assign(course_id="1"))),
        also=("clients with several courses",),
    ),
    Fault("clients with several courses", "note", "3 clients with several courses, 6 rows", changing(_later)),
    Fault("clients with several courses", "error", "8.0 rows per client", changing(_sessions)),
    Fault(
        "numbers of sessions",
        "warning",
        "1 course with a number of sessions",
        setting("n_sessions", 8, -3),
        "row 8, N_SESSIONS: -3",
    ),
    Fault(
        "numbers of sessions", "warning", "code for missing", setting("n_sessions", 8, 999), "row 8, N_SESSIONS: 999"
    ),
    Fault("numbers of sessions", "warning", "not whole", setting("n_sessions", 8, 4.5), "row 8, N_SESSIONS: 4.5"),
    Fault(
        "short courses",
        "note",
        "2 courses of 400 with fewer than 2 sessions",
        changing(
            lambda t: t.assign(
                n_sessions=t["n_sessions"].where(t.index > 3, 1),
                phq9_last=t["phq9_last"].where(t.index > 3, t["phq9_first"]),
                gad7_last=t["gad7_last"].where(t.index > 3, t["gad7_first"]),
            )
        ),
    ),
    Fault(
        "change without sessions",
        "warning",
        "1 course with fewer than 2 sessions",
        setting("n_sessions", 4, 1),
        "row 4",
        also=("short courses",),
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_courses_is_named_alone(fault):
    assert_named_alone(fault)


def test_most_courses_short_is_a_warning():
    checked = run(setting("n_sessions", range(2, 250), 1)(clean()))
    assert line(checked, "short courses")["severity"] == "warning"


def test_the_first_of_repeated_rows_is_kept():
    checked = run(changing(_again)(clean()))
    assert list(checked.excluded["row"]) == [402, 403, 404]
    assert list(checked.kept.index) == list(range(2, 402))

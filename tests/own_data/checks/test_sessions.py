import pandas as pd
import pytest

from tests.own_data.checks.clean import changing, setting, settings, with_sessions
from tests.own_data.checks.faults import Fault, assert_named_alone, line, named, run


def fault(check, severity, words, change, examples="", **others):
    return Fault(check, severity, words, change, examples, start=with_sessions, **others)


def _two_therapists(table):
    return table.assign(n_therapists=[2] * 7 + [1] * (len(table) - 7))


FAULTS = [
    fault(
        "clients without sessions",
        "warning",
        "2 clients of 400 without a session",
        changing(lambda t: t[~t["client_id"].isin(["c0003", "c0007"])], "sessions"),
        "rows 5, 9",
    ),
    fault(
        "sessions of unknown clients",
        "warning",
        "1 session of 1 client",
        setting("client_id", 5, "stranger", "sessions"),
        "row 5",
        also=("gaps between sessions", "numbers of sessions disagree"),
    ),
    fault(
        "sessions of unknown clients",
        "error",
        "both files write the ids alike",
        changing(lambda t: t.assign(client_id="0" + t["client_id"]), "sessions"),
        also=("clients without sessions",),
    ),
    fault(
        "sessions twice",
        "warning",
        "1 session with a number",
        setting("session", 4, 1, "sessions"),
        "row 4, session 1",
        also=("gaps between sessions",),
    ),
    fault(
        "gaps between sessions",
        "note",
        "1 client of 400 with a gap",
        changing(lambda t: t.drop(index=3), "sessions"),
        "row 2",
        also=("numbers of sessions disagree",),
    ),
    fault(
        "numbers of sessions disagree",
        "warning",
        "1 client whose number",
        setting("n_sessions", 2, 30),
        "row 2: 30, but",
    ),
    fault(
        "scores of sessions outside the range",
        "warning",
        "1 score of single sessions",
        setting("phq9", 5, 99.0, "sessions"),
        "row 5, PHQ9: 99",
    ),
    fault(
        "courses with several therapists",
        "note",
        "7 courses with several therapists",
        changing(_two_therapists),
        "rows 2, 3",
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_sessions_is_named_alone(fault):
    assert_named_alone(fault)


def test_attribution_is_said_in_words():
    own = settings(analysis={"attribution": "last"})
    found = line(run(changing(_two_therapists)(with_sessions()), own), "courses with several therapists")
    assert "the last therapist" in found["found"]


def test_only_sessions_that_can_be_used_are_kept():
    found = setting("phq9", 5, 99.0, "sessions")(with_sessions())
    stranger = pd.DataFrame({"client_id": ["nobody"], "session": [1], "phq9": [4.0]}, index=[9999])
    checked = run(changing(lambda t: pd.concat([t, stranger]), "sessions")(found))
    assert 9999 not in checked.sessions.index
    assert pd.isna(checked.sessions.loc[5, "phq9"])
    assert len(checked.sessions) == len(found.sessions)


def _dated(table, backwards=()):
    date = pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * table["session"], unit="D")
    return table.assign(date=date.mask(table.index.isin(backwards), pd.Timestamp("2023-01-01")))


def test_numbers_against_dates_are_named_by_client_and_row():
    quiet = run(changing(_dated, "sessions")(with_sessions()))
    assert line(quiet, "order of sessions")["severity"] == "passed"
    found = line(run(changing(lambda t: _dated(t, [3, 4]), "sessions")(with_sessions())), "order of sessions")
    assert (
        found["severity"] == "warning"
        and "1 client of 400" in found["found"]
        and found["examples"] == "row 3, session 2"
    )

"""Every number less those that were left out is the next one, whatever is left out."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from iatrogenesis.own_data.flow import COLUMNS, JUDGED, RECORDS, USABLE, Flow

ID = st.one_of(st.none(), st.integers(0, 4).map(str))
ROWS = st.lists(st.tuples(ID, ID), max_size=30)
EXCLUSIONS = st.lists(st.tuples(st.sampled_from([USABLE, JUDGED]), st.sets(st.integers(2, 32))), max_size=6)


def assert_adds_up(table: pd.DataFrame, name: str) -> None:
    before, gone = None, 0
    for line in table.itertuples(index=False):
        number = getattr(line, name)
        if line.reason:
            gone += number
        else:
            assert before is None or before - gone == number
            before, gone = number, 0


@given(ROWS, EXCLUSIONS)
@settings(max_examples=60, deadline=None)
def test_steps_add_up_in_rows_clients_and_therapists(ids, exclusions):
    table = pd.DataFrame(ids, columns=["client", "therapist"], index=range(2, len(ids) + 2), dtype=object)
    flow = Flow(table["client"], table["therapist"], table.index)
    for step in (USABLE, JUDGED):
        for number, (of_step, rows) in enumerate(exclusions):
            if of_step == step:
                flow.leave_out(step, f"reason {number}", list(rows))
        flow.reach(step)
    found = flow.table()
    assert list(found.columns) == list(COLUMNS)
    for name in ("rows", "clients", "therapists"):
        assert_adds_up(found, name)
    gone = set().union(*(rows for _, rows in exclusions))
    kept = table[~table.index.isin(gone)]
    last = found.iloc[-1]
    assert (last["rows"], last["clients"], last["therapists"]) == (
        len(kept), kept["client"].nunique(), kept["therapist"].nunique(),
    )  # fmt: skip


def test_a_row_leaves_once_and_people_when_their_last_row_does():
    ids = pd.DataFrame({"client": ["a", "a", "b"], "therapist": ["T", "T", "U"]}, index=[2, 3, 4])
    flow = Flow(ids["client"], ids["therapist"], ids.index)
    flow.leave_out(USABLE, "first", [2])
    flow.leave_out(USABLE, "second", [2, 3])
    flow.leave_out(USABLE, "nothing", [2])
    flow.reach(USABLE)
    assert flow.table().to_dict("split")["data"] == [
        [RECORDS, "", 3, 2, 2],
        [USABLE, "first", 1, 0, 0],
        [USABLE, "second", 1, 1, 1],
        [USABLE, "", 1, 1, 1],
    ]


def test_counts_have_no_clients():
    table = Flow(None, pd.Series(["A", "B"], index=[2, 3]), [2, 3]).table()
    assert table.loc[0, "clients"] is pd.NA
    assert table.loc[0, "therapists"] == 2

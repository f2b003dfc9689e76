"""Table 1 counts and averages the courses that are judged, beside the others."""

import pandas as pd
import pytest

from iatrogenesis.own_data.prepared import About, KnownInstrument, Prepared
from iatrogenesis.own_data.privacy import write_table
from iatrogenesis.own_data.settings import Privacy
from iatrogenesis.own_data.table1 import COLUMNS, PEOPLE, RATES, WITHIN, table1

PHQ9 = KnownInstrument(name="PHQ-9", minimum=0, maximum=27, reliable_change=6, source="here")
CLIENTS = pd.DataFrame(
    {
        "client_id": list("abcde"),
        "therapist_id": ["1", "1", "2", "2", "3"],
        "finished": [True, True, True, True, False],
        "deteriorated": pd.array([True, False, False, None, None], dtype="boolean"),
        "completed": pd.array([True, False, None, True, False], dtype="boolean"),
        "phq9_first": [10.0, 14.0, None, 20.0, 8.0],
        "x_problem": ["panic", "panic", "other", None, "panic"],
    }
)
ABOUT = About(
    name="mine", title="Mine", kind="clients", case_mix=("phq9_first", "x_problem"), instruments={"phq9": PHQ9}
)


@pytest.fixture
def found():
    return table1(Prepared(ABOUT, {"clients": CLIENTS})).set_index(["characteristic", "category"])


def test_courses_that_are_judged(found):
    assert tuple(found.reset_index().columns) == COLUMNS
    assert found.loc[("courses", ""), "n"] == 3 and found.loc[("courses", ""), "share"] == pytest.approx(0.6)
    assert found.loc[("therapists", ""), "n"] == 2


def test_numbers(found):
    row = found.loc[("PHQ-9, at the first session", "")]
    assert (row["n"], row["missing"], row["mean"], row["mean_not_judged"]) == (2, 1, 12.0, 14.0)
    assert row["sd"] == pytest.approx(8**0.5)


def test_categories(found):
    panic = found.loc[("problem", "panic")]
    assert panic["n"] == 2 and panic["share"] == pytest.approx(2 / 3) and panic["share_not_judged"] == 1.0
    assert found.loc[("problem", "other"), "n"] == 1
    completed = found.loc[("completed", "yes")]
    assert completed["n"] == 1 and completed["share"] == 0.5 and completed["missing"] == 1


def test_therapists_differ_by_the_sd_of_their_means():
    clients = pd.concat([CLIENTS.assign(finished=True, deteriorated=True)] * 5, ignore_index=True)
    row = table1(Prepared(ABOUT, {"clients": clients})).set_index("characteristic").loc["PHQ-9, at the first session"]
    assert row["sd_therapists"] == pytest.approx(pd.Series([12.0, 20.0, 8.0]).std())
    problem = table1(Prepared(ABOUT, {"clients": clients})).set_index(["characteristic", "category"])
    assert problem.loc[("problem", "panic"), "sd_therapists"] == pytest.approx(pd.Series([1.0, 0.0, 1.0]).std())


def test_small_numbers_take_their_shares_along(tmp_path):
    few = pd.concat([CLIENTS] * 6, ignore_index=True)
    few["x_problem"] = few["x_problem"].where(few.index != 0, "rare")
    made = table1(Prepared(ABOUT, {"clients": few}))
    path = tmp_path / "table1.csv"
    write_table(made, path, Privacy(small_numbers="nhs"), counts=PEOPLE, rates=RATES, within=WITHIN)
    found = pd.read_csv(path).set_index(["characteristic", "category"])
    assert found.loc[("problem", "rare"), "n"] == "*" and pd.isna(found.loc[("problem", "rare"), "share"])
    assert list(found.loc["problem", "n"]).count("*") == 2  # so that it does not follow from the others
    assert found.loc[("problem", "panic"), "n"] == "10" and found.loc[("problem", "panic"), "share"] > 0


def test_counts_alone():
    counts = pd.DataFrame(
        {"unit_id": ["a", "a", "b"], "period": ["1", "2", "1"], "n": [10, 20, 30], "deteriorated": [1, 2, 3]}
    )
    found = table1(Prepared(About(name="mine", title="Mine", kind="counts"), {"counts": counts})).set_index(
        "characteristic"
    )
    assert found["n"].dropna().to_dict() == {
        "units": 2,
        "periods": 2,
        "finished courses": 60,
        "of these, deteriorated": 6,
    }

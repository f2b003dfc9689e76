from dataclasses import replace

import pytest

from tests.own_data.checks.clean import changing, clean, setting, settings, unreadable
from tests.own_data.checks.faults import Fault, assert_named_alone, line, named, run


def _swapped(table):
    return table.assign(phq9_first=table["phq9_last"], phq9_last=table["phq9_first"])


LENIENT = settings(outcome={"highest_rate": 0.9})
FAULTS = [
    Fault(
        "scores outside the range",
        "warning",
        "1 score in 1 row outside the range",
        setting("phq9_first", 8, 270.0),
        "row 8, PHQ9_FIRST: 270",
    ),
    Fault(
        "scores outside the range",
        "warning",
        "gad7 0 to 21",
        setting("gad7_last", [8, 11], [22.0, -2.0]),
        "row 11, GAD7_LAST: -2",
    ),
    Fault(
        "scores outside the range", "error", "12 % of all rows: too many", setting("phq9_first", range(2, 50), 270.0)
    ),
    Fault(
        "codes for missing",
        "warning",
        "codes for missing (99)",
        setting("gad7_first", [8, 9], 99.0),
        "row 8, GAD7_FIRST: 99",
    ),
    Fault("codes for missing", "warning", "data.missing: [-9]", setting("phq9_last", 8, -9.0), "row 8, PHQ9_LAST: -9"),
    Fault("codes for missing", "warning", "-1, 999", setting("phq9_last", [8, 12], [-1.0, 999.0])),
    Fault("codes for missing", "error", "too many to leave out", setting("phq9_last", range(2, 60), 99.0)),
    Fault(
        "scores not whole",
        "warning",
        "1 score not in whole points",
        setting("phq9_first", 8, 12.5),
        "row 8, PHQ9_FIRST: 12.5",
    ),
    Fault(
        "last scores copied",
        "error",
        "First and last score of phq9 are the same in 400 courses",
        changing(lambda t: t.assign(phq9_last=t["phq9_first"])),
        also=("outcomes all alike", "few deteriorated"),
    ),
    Fault(
        "scores carried forward",
        "warning",
        "of phq9 are the same in",
        changing(lambda t: t.assign(phq9_last=t["phq9_last"].where(t.index % 3 > 0, t["phq9_first"]))),
        also=("few deteriorated",),
    ),
    Fault(
        "zeros for missing",
        "warning",
        "100 scores of 400 are 0",
        setting("phq9_last", range(2, 402, 4), 0.0),
        "row 2; row 6",
        also=("few deteriorated",),
    ),
    Fault(
        "scores that rise",
        "warning",
        "phq9:",
        changing(_swapped),
        also=("rate too high to be true",),
        own=LENIENT,
    ),
    Fault(
        "questionnaires against each other",
        "warning",
        "gad7 run against each other",
        changing(lambda t: t.assign(gad7_first=21 - t["gad7_first"], gad7_last=21 - t["gad7_last"])),
        also=("scores that rise",),
    ),
    Fault(
        "text among numbers",
        "warning",
        "in 1 cell",
        unreadable("phq9_first", "number", {8: "twelve"}),
        "row 8, PHQ9_FIRST: 'twelve'",
        also=("missing values by column", "missing outcomes"),
    ),
    Fault(
        "text among numbers",
        "error",
        "more than 10 %",
        unreadable("deprivation", "number", {row: "high" for row in range(2, 60)}),
        also=("missing values by column",),
    ),
    Fault(
        "decimal commas",
        "error",
        "1 number with a decimal comma",
        unreadable("deprivation", "number", {8: "4,5"}),
        "'4,5'",
        also=("missing values by column",),
    ),
    Fault(
        "texts for missing",
        "warning",
        "'#NULL!'",
        unreadable("n_sessions", "whole number", {8: "#NULL!"}),
        "row 8",
        also=("missing values by column",),
    ),
    Fault(
        "answers not understood",
        "warning",
        "yes or no",
        unreadable("completed", "yes or no", {8: "perhaps"}),
        "'perhaps'",
        also=("missing values by column",),
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_scores_is_named_alone(fault):
    assert_named_alone(fault)


def test_several_faults_are_named_at_once():
    found = setting("gad7_first", 8, 99.0)(setting("phq9_first", 9, 270.0)(setting("therapist_id", 10, None)(clean())))
    checked = run(found)
    assert set(checked.excluded.itertuples(index=False, name=None)) == {
        (10, "no therapist"), (9, "score outside the questionnaire's range"), (8, "score is a code for missing"),
    }  # fmt: skip
    for name in ("missing ids", "scores outside the range", "codes for missing"):
        assert line(checked, name)["severity"] == "warning"


def test_a_code_within_the_range_is_suspected_if_common():
    def long_scale(table):
        scores = {name: table[name].astype(float) * 5 for name in ("phq9_first", "phq9_last")}
        return table.assign(oq45_first=scores["phq9_first"], oq45_last=scores["phq9_last"])

    own = settings(outcome={"instruments": ["phq9", "gad7"]})
    clean_long = changing(long_scale)(clean())
    assert line(run(clean_long, own), "codes for missing")["severity"] == "passed"
    found = line(run(setting("oq45_first", range(2, 32), 99.0)(clean_long), own), "codes for missing")
    assert found["severity"] == "warning"
    assert "30 scores of 99" in found["found"]


def test_scores_that_were_turned_round_are_shown_as_in_the_file():
    found = replace(setting("phq9_first", 8, 27 - 99.0)(clean()), reversed={"phq9": (0.0, 27.0)})
    assert line(run(found), "codes for missing")["examples"] == "row 8, PHQ9_FIRST: 99"


def test_examples_of_values_are_left_out_where_ids_are():
    own = settings(privacy={"anonymise": True})
    checked = run(unreadable("phq9_first", "number", {8: "Jane Doe"})(clean()), own)
    assert line(checked, "text among numbers")["examples"] == "row 8"
    assert "Jane" not in checked.table.to_csv()

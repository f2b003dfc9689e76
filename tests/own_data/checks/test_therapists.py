import pytest

from tests.own_data.checks.clean import changing, clean, setting
from tests.own_data.checks.faults import Fault, assert_named_alone, line, named, run


def _first(number):
    return changing(lambda table: table.head(40 * number))


def _uneven(table):
    therapist = table["therapist_id"].where(table.index != 2, "T98")
    return table.assign(therapist_id=therapist.where(~table.index.isin(range(50, 58)), "T97"))


FAULTS = [
    Fault(
        "a therapist for each course",
        "error",
        "Each of 400 judged courses",
        changing(lambda t: t.assign(therapist_id=[f"P{i}" for i in range(len(t))])),
    ),
    Fault(
        "a single therapist",
        "error",
        "the same therapist",
        setting("therapist_id", range(2, 402), "T01"),
        also=(
            "services with few therapists",
            "therapists in several services",
            "ratings that differ within a therapist",
        ),
    ),
    Fault(
        "too few therapists",
        "error",
        "4 therapists with judged courses",
        _first(4),
        "therapist 'T00'",
        also=("few deteriorated",),
    ),
    Fault(
        "therapists with very few clients",
        "note",
        "1 therapist of 12 with fewer than 5",
        changing(_uneven),
        "'T98'",
        also=("therapists not named",),
    ),
    Fault(
        "therapists not named",
        "note",
        "1 therapist of 12 with 5 to 9",
        changing(_uneven),
        "'T97'",
        also=("therapists with very few clients", "ratings that differ within a therapist"),
    ),
    Fault(
        "one therapist with most clients",
        "warning",
        "240 of 400 judged courses",
        setting("therapist_id", range(2, 242), "T00"),
        "'T00'",
        also=(
            "therapists in several services",
            "ratings that differ within a therapist",
            "services with few therapists",
        ),
    ),
    Fault(
        "services with few therapists",
        "warning",
        "1 service of 3 with fewer than 3",
        setting("service_id", range(2, 42), "east"),
        "'east'",
    ),
    Fault(
        "therapists in several services",
        "warning",
        "1 therapist in several services",
        setting("service_id", range(2, 8), "south"),
        "'T00'",
    ),
    Fault(
        "courses without a service", "warning", "1 course without a service", setting("service_id", 8, None), "row 8"
    ),
    Fault(
        "ratings that differ within a therapist",
        "note",
        "Ratings of 1 therapist differ",
        setting("burnout_rating", 8, 4.0),
        "'T00'",
    ),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_therapists_is_named_alone(fault):
    assert_named_alone(fault)


def test_five_therapists_are_enough():
    checked = run(_first(5)(clean()))
    assert line(checked, "too few therapists")["severity"] == "passed"


def test_therapists_are_counted_by_judged_courses_only():
    few = setting("n_sessions", range(2 + 160, 402), 1)(clean())
    assert "4 therapists with judged" in line(run(few), "too few therapists")["found"]

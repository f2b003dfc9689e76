"""To whom a course with several therapists belongs, by hand."""

import pandas as pd
import pytest

from iatrogenesis.own_data.attribution import attributed

# Therapists of each course, contact by contact.
COURSES = {"a": "XXXXXY", "b": "XYYX", "c": "XXXXYYYZ", "d": "X", "e": "XYZ"}


def by(rule: str) -> dict[str, dict]:
    rows = [(course, therapist) for course, text in COURSES.items() for therapist in text]
    course, therapist = (pd.Series(part, dtype="str") for part in zip(*rows, strict=True))
    return attributed(course, therapist, rule).to_dict("index")


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        # Whom the course counts for, the other therapist, and that one's share of the contacts with either.
        (
            "most_contacts",
            {"a": ("X", "Y", 1 / 6), "b": ("X", "Y", 1 / 2), "c": ("X", "Y", 3 / 7), "e": ("Z", "Y", 1 / 2)},
        ),
        ("last", {"a": ("Y", "X", 5 / 6), "b": ("X", "Y", 1 / 2), "c": ("Z", "X", 4 / 5), "e": ("Z", "Y", 1 / 2)}),
        (
            "membership",
            {"a": ("Y", "X", 5 / 6), "b": ("X", "Y", 1 / 2), "c": ("Y", "X", 4 / 7), "e": ("Z", "Y", 1 / 2)},
        ),
    ],
)
def test_the_two_therapists_of_a_course_are_never_the_same(rule, wanted):
    found = by(rule)
    for course, (own, other, share) in wanted.items():
        one = found[course]
        assert (one["therapist_id"], one["first_therapist_id"]) == (own, other), course
        assert one["first_share"] == pytest.approx(share)
    assert found["d"]["therapist_id"] == "X" and pd.isna(found["d"]["first_therapist_id"])


def test_the_rules_stand_side_by_side_whichever_is_used():
    for rule in ("most_contacts", "last", "membership"):
        found = by(rule)
        assert {course: one["most_therapist_id"] for course, one in found.items()} == dict(
            zip("abcde", "XXXXZ", strict=True)
        )
        assert {course: one["last_therapist_id"] for course, one in found.items()} == dict(
            zip("abcde", "YXZXZ", strict=True)
        )
        assert [one["n_therapists"] for one in found.values()] == [2, 2, 3, 1, 3]

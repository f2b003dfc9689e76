"""Numbers as people write them: no more digits than their uncertainty leaves."""

import pytest

from iatrogenesis.report.population import three_digits
from iatrogenesis.report.rounding import rounded, with_error, with_interval


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (57.61, 1.04, "57.6"),
        (57.61, 11.0, "58"),
        (0.09437, 0.0054, "0.0944"),
        (-0.123, 0.05, "−0.123"),
        (-0.0001, 0.5, "0.00"),
        (1234567, None, "1,234,567"),
        (0.0, None, "0"),
        (3.14159, None, "3.14"),
        (1234.5, 300.0, "1,234"),
    ],
)
def test_rounding_follows_the_error(value, error, text):
    assert rounded(value, error) == text


def test_what_stands_around_a_number():
    assert with_interval(57.7, 48.8, 66.7) == "57.7 (48.8 to 66.7)"
    assert with_error(0.30, 0.011) == "0.300 (0.011)"
    assert with_error(1.0, 0.0) == "1"


@pytest.mark.parametrize(
    ("value", "mcse", "shown"),
    [
        (18.541, 0.08, "18.5 (0.1)"),
        (16.652, 0.04, "16.7"),
        (4.683, 0.044, "4.68 (0.04)"),
        (0.0, 0.0, "0"),
        (-0.61, 0.027, "\u22120.610 (0.027)"),
        (236_090.0, 0.0, "236,090"),
    ],
)
def test_beside_published_values_three_digits_are_enough(value, mcse, shown):
    assert three_digits(value, mcse) == shown

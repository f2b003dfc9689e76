"""Cells become numbers, dates, ids, truth values and age bands; what does not is marked, never guessed silently."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.own_data.converting.ages import to_ages
from iatrogenesis.own_data.converting.covariates import to_covariate
from iatrogenesis.own_data.converting.dates import day_comes_first, to_dates
from iatrogenesis.own_data.converting.ids import to_ids
from iatrogenesis.own_data.converting.missing import without_codes
from iatrogenesis.own_data.converting.numbers import parsed, to_numbers, to_whole_numbers, usual_mark
from iatrogenesis.own_data.converting.yes_no import to_yes_no


def texts(*values):
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-3", -3),
        ("\u22123", -3),
        ("12,5", 12.5),
        ("12.5", 12.5),
        (".5", 0.5),
        ("0,125", 0.125),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567),
        ("1 234", 1234),
        ("1'234.5", 1234.5),
        ("1e3", 1000),
        ("12 points", None),
        ("12..5", None),
        ("1,23,4", None),
        ("", None),
        (",", None),
        ("inf", None),
        ("1e999", None),
        ("nan", None),
        ("1/2", None),
        ("0x10", None),
        ("1_000", None),
    ],
)
def test_numbers_in_every_usual_form(text, number):
    assert parsed(text, ".") == number


def test_three_digits_behind_a_mark_are_read_as_the_rest_of_the_column():
    commas = to_numbers(texts("1,234", "12,5", "7"))
    assert commas.values.tolist() == [1.234, 12.5, 7.0]
    assert to_numbers(texts("1,234", "12.5")).values.tolist() == [1234.0, 12.5]
    alone = to_numbers(texts("1,234", "7"), usual=",")
    assert alone.values.tolist() == [1.234, 7.0]
    assert {kind for kind, _, _ in alone.remarks} == {"unsure mark"}
    assert to_numbers(texts("1,234")).values.tolist() == [1234.0]


def test_a_decimal_mark_that_is_said_is_the_only_one():
    found = to_numbers(texts("12,5", "12.5", "1.234"), ",")
    assert found.values.tolist()[0] == 12.5 and found.failed.tolist() == [False, True, False]
    assert found.values.iloc[2] == 1234.0


def test_mixed_marks_are_read_and_said():
    found = to_numbers(texts("12,5", "13.5"))
    assert found.values.tolist() == [12.5, 13.5]
    assert {kind for kind, _, _ in found.remarks} == {"decimal comma", "two decimal marks"}


def test_the_usual_mark_of_a_file_is_that_of_most_numbers():
    assert usual_mark(pd.DataFrame({"a": texts("1,5", "2,5"), "b": texts("1.5", "x")})) == ","
    assert usual_mark(pd.DataFrame({"a": texts("1", "1,234")})) is None


def test_whole_numbers():
    found = to_whole_numbers(texts("3", "4.0", "4.5", "many"))
    assert found.values.tolist()[:2] == [3, 4] and found.failed.tolist() == [False, False, True, True]


def test_dates_and_durations_are_no_numbers():
    days = pd.Series(pd.to_datetime(["2024-01-01", None]))
    assert to_numbers(days).failed.tolist() == [True, False]
    assert to_numbers(days - days.iloc[0]).failed.tolist() == [True, False]


def test_infinite_numbers_of_a_file_fail():
    assert to_numbers(pd.Series([1.0, np.inf, np.nan])).failed.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-04", "2024-03-04"),
        ("2024-03-04T10:30:00Z", "2024-03-04"),
        ("04/03/2024", "2024-03-04"),
        ("4.3.24", "2024-03-04"),
        ("04-Mar-2024", "2024-03-04"),
        ("4 March 2024", "2024-03-04"),
        ("4. März 2024", "2024-03-04"),
        ("March 4, 2024", "2024-03-04"),
        ("20240304", "2024-03-04"),
        ("01.01.70", "1970-01-01"),
        ("31/02/2024", None),
        ("99/99/9999", None),
        ("soon", None),
        ("2024", None),
    ],
)
def test_dates_in_every_usual_form(text, day):
    found = to_dates(texts(text), day_first=True)
    assert found.failed.tolist() == [day is None]
    assert day is None or found.values.dt.strftime("%Y-%m-%d").tolist() == [day]


def test_days_above_12_tell_the_order_of_all():
    assert day_comes_first([texts("03/04/2024"), texts("25/04/2024")]) is True
    assert day_comes_first([texts("03/04/2024", "04/25/2024")]) is False
    assert day_comes_first([texts("03/04/2024")]) is None
    unsure = to_dates(texts("03/04/2024"))
    assert unsure.values.dt.month.tolist() == [4] and unsure.remarks[0][0] == "unsure dates"
    assert to_dates(texts("03/04/2024"), day_first=False).values.dt.month.tolist() == [3]


def test_day_numbers_of_spreadsheets():
    found = to_dates(pd.Series([45355.0, np.nan, 45356.0]))
    assert found.values.dt.strftime("%Y-%m-%d").tolist()[::2] == ["2024-03-04", "2024-03-05"]
    assert found.remarks[0][0] == "day numbers"
    assert to_dates(texts("45355")).values.dt.year.tolist() == [2024]
    assert to_dates(pd.Series([12.0, 13.0])).failed.all()


def test_ids_stay_texts():
    assert to_ids(texts("000001", "A-7")).values.tolist() == ["000001", "A-7"]
    assert to_ids(pd.Series([101.0, np.nan, 102.0])).values.tolist()[::2] == ["101", "102"]
    assert to_ids(texts("101.0", "102.0")).values.tolist() == ["101", "102"]
    assert to_ids(texts("101,0", "102", "7.00")).values.tolist() == ["101", "102", "7"]
    assert to_ids(texts("1.000", "2.000")).values.tolist() == ["1.000", "2.000"]
    assert to_ids(texts("101.0", "A.0")).values.tolist() == ["101.0", "A.0"]  # not all are numbers
    assert to_ids(pd.Series([1.5, 2.0])).values.tolist() == ["1.5", "2"]
    assert to_ids(pd.Series([12345678901234567890, 2], dtype="UInt64")).values.iloc[0] == "12345678901234567890"
    assert to_ids(texts("Mu\u0308ller", "Müller")).values.nunique() == 1
    assert to_ids(texts("1.2E+05")).remarks[0][0] == "shortened ids"
    for like in ("03-May", "3. Mai", "5-ene", "Sep-07"):
        assert to_ids(texts(like)).remarks[0][0] == "ids like dates"
    for other in ("3-5", "May", "03-Mayer", "T-May", "12-north"):
        assert to_ids(texts(other)).remarks == ()


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        (
            "completed",
            ["yes", "No", "JA", "nein", "1", "0", "TRUE", "f"],
            [True, False, True, False, True, False, True, False],
        ),
        ("completed", ["completed", "dropped out", "Abgebrochen"], [True, False, False]),
        ("attended", ["Attended", "DNA", "did not  attend"], [True, False, False]),
        ("deteriorated", ["Reliable deterioration", "no change"], [True, False]),
    ],
)
def test_yes_and_no(field, values, expected):
    found = to_yes_no(texts(*values), field)
    assert found.values.tolist() == expected and not found.failed.any()


def test_what_is_neither_yes_nor_no_fails():
    assert to_yes_no(texts("yes", "perhaps", None), "completed").failed.tolist() == [False, True, False]
    assert to_yes_no(pd.Series([1.0, 2.0]), "completed").failed.tolist() == [False, True]
    labelled = to_yes_no(pd.Series([1.0, 2.0]), "completed", {1.0: "no", 2.0: "yes"})
    assert labelled.values.tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("34", "26-64"),
        ("25.9", "18-25"),
        ("34 years", "26-64"),
        ("18-25", "18-25"),
        ("18–25", "18-25"),
        ("18 to 25", "18-25"),
        ("Aged 65 to 74", "65-74"),
        ("30-39", "26-64"),
        ("75+", "75-89"),
        ("75 and over", "75-89"),
    ],
)
def test_ages_in_years_and_bands(text, band):
    found, _ = to_ages(texts(text))
    assert found.values.tolist() == [band] and not found.failed.any()


def test_ages_outside_are_missing_and_bands_across_ours_fail():
    found, years = to_ages(texts("17", "92", "20-30", "old"))
    assert found.values.isna().all()
    assert found.failed.tolist() == [False, False, True, True]
    assert years.tolist()[:2] == [17.0, 92.0]


def test_codes_for_missing_are_found_however_they_are_written():
    column, count = without_codes(texts("99", "99.0", "99,0", "9", "-9", "x"), ("99", "-9"))
    assert column.isna().tolist() == [True, True, True, False, True, False] and count == 4
    dates, count = without_codes(pd.Series(pd.to_datetime(["1900-01-01", "2024-05-06"])), ("01/01/1900", "99"))
    assert dates.isna().tolist() == [True, False] and count == 1
    numbers, count = without_codes(pd.Series([99.0, 1.0]), ("99",))
    assert numbers.isna().tolist() == [True, False] and count == 1


def test_covariates_are_numbers_or_categories():
    assert to_covariate(texts("1,5", "2")).values.tolist() == [1.5, 2.0]
    assert to_covariate(texts("f", "m", "1")).values.tolist() == ["f", "m", "1"]
    many = to_covariate(texts(*map(str, range(20)), "unknown"))
    assert many.values.dtype == float and many.failed.sum() == 1
    assert to_covariate(pd.Series([1.0, 2.0]), {1.0: "female", 2.0: "male"}).values.tolist() == ["female", "male"]
    ends = to_covariate(pd.Series([0.0, 3.0, 5.0, 7.0, 10.0]), {0.0: "none", 10.0: "worst"})
    assert ends.values.tolist() == [0.0, 3.0, 5.0, 7.0, 10.0]  # only the ends have labels

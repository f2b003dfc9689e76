import numpy as np
import pytest

from tests.own_data.checks.clean import changing, clean, setting, settings
from tests.own_data.checks.faults import Fault, assert_named_alone, line, loud, named, run

FAULTS = [
    Fault("columns named", "error", "The table has no rows", changing(lambda t: t.head(0))),
    Fault("missing values by column", "note", "DEPRIVATION 4 (1 %)", setting("deprivation", range(2, 6), None)),
    Fault("missing values by column", "warning", "DEPRIVATION 100 (25 %)", setting("deprivation", range(2, 102), None)),
    Fault("missing values by column", "warning", "BURNOUT_RATING 200", setting("burnout_rating", range(2, 202), None)),
    Fault(
        "missing outcomes",
        "note",
        "1 finished course of 400",
        setting("phq9_last", 8, None),
        "row 8",
        also=("missing values by column",),
    ),
    Fault(
        "missing outcomes",
        "warning",
        "Find out why",
        setting("phq9_last", range(2, 402, 3), None),
        also=("missing values by column",),
    ),
    Fault(
        "missing outcomes by therapist",
        "warning",
        "1 therapist of 10",
        setting("phq9_last", range(2, 37), None),
        "'T00'",
        also=("missing values by column", "missing outcomes", "therapists not named"),
    ),
    Fault(
        "columns named", "error", "columns.therapist is not named", changing(lambda t: t.drop(columns="therapist_id"))
    ),
    Fault(
        "covariates of no use",
        "warning",
        "DEPRIVATION is the same in every row",
        setting("deprivation", range(2, 402), 5.0),
    ),
    Fault(
        "covariates of no use",
        "warning",
        "X_GENDER is empty",
        setting("x_gender", range(2, 402), None),
        also=("missing values by column",),
    ),
    Fault(
        "covariates of no use",
        "warning",
        "X_GENDER has 400 different texts",
        changing(lambda t: t.assign(x_gender=[f"note {i}" for i in range(400)])),
    ),
    Fault(
        "covariates that say the same",
        "warning",
        "DEPRIVATION and x_decile",
        changing(lambda t: t.assign(x_decile=10.0 * t["deprivation"])),
    ),
    Fault(
        "covariates that say the same",
        "warning",
        "X_GENDER and x_sex",
        changing(lambda t: t.assign(x_sex=t["x_gender"].map({"man": "m", "woman": "f"}))),
    ),
    Fault(
        "spellings of categories",
        "warning",
        "differ only by blanks or capitals, in 2 rows",
        setting("x_gender", [4, 9], "Woman"),
        "row 4, X_GENDER: 'Woman'",
    ),
    Fault(
        "ages that nobody has",
        "warning",
        "1 age that nobody has",
        setting("age_years", 8, 999.0),
        "row 8, AGE_YEARS: 999",
    ),
    Fault(
        "codes among covariates",
        "warning",
        "Codes for missing among covariates",
        setting("deprivation", 8, 99.0),
        "row 8, DEPRIVATION: 99",
    ),
    Fault("codes among covariates", "warning", "in 1 row", setting("deprivation", 8, -9.0), "DEPRIVATION: -9"),
    Fault("ratings all alike", "warning", "BURNOUT_RATING", setting("burnout_rating", range(2, 402), 3.0)),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_columns_is_named_alone(fault):
    assert_named_alone(fault)


def test_codes_among_covariates_are_taken_as_missing():
    checked = run(setting("deprivation", 8, 99.0)(clean()))
    assert np.isnan(float(checked.kept.loc[8, "deprivation"]))
    assert checked.kept["deprivation"].max() == 10


def test_99_of_a_wide_scale_is_no_code():
    wide = changing(lambda t: t.assign(x_income=np.linspace(0, 120, len(t)).round()))(clean())
    assert loud(run(wide)) == {}


def test_a_text_of_each_row_names_its_column():
    assert (
        line(run(setting("x_gender", range(2, 402), "woman")(clean())), "covariates of no use")["columns"] == "X_GENDER"
    )


def test_covariates_that_are_known_only_afterwards():
    columns = {"client": "C", "therapist": "T", "n_sessions": "n", "first": {"phq9": "pre"}, "last": {"phq9": "Post"}}

    def found(**covariates):
        own = settings(columns=columns | {"covariates": covariates})
        return line(run(clean(), own), "covariates known only afterwards")

    assert found(end="post ")["severity"] == "error" and "the outcome itself" in found(end="post")["found"]
    assert found(length="n")["severity"] == "warning" and "'n'" in found(length="n")["found"]
    assert found(gender="gender")["severity"] == "passed"

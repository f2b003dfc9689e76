"""Every way of handing a fit wrong data is refused, in words that say what, where and what to do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData, counts
from iatrogenesis.inference.models.therapist import COVARIATES, TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    design = LogitNormal(clients_per_therapist=(60, 40, 50, 30), intercept=-1.0, therapist_sd=0.5, reliability=0.7)
    return simulate(design, Noise(1)).clients


@pytest.fixture
def good(clients) -> OutcomeData:
    return from_clients(clients, ("phq9_first", "fit_rating"), dataset="good")


def test_good_data_pass(good):
    assert good.validate() is good
    assert good.clients.tolist() == [60, 40, 50, 30]


@pytest.mark.trial(kind="refused", what="{field} = {value} in a row of outcomes")
@pytest.mark.parametrize(
    ("field", "row", "value", "words"),
    [
        ("therapist", 3, 4, r"therapist must be an index from 0 to 3.*row 3: 4"),
        ("therapist", 5, -1, r"therapist must be an index from 0 to 3.*row 5: -1"),
        ("deteriorated", 7, 2, r".*between 0 and trials.*row 7: \(2, 1\)"),
        ("deteriorated", 7, -1, r".*between 0 and trials.*row 7: \(-1, 1\)"),
        ("trials", 2, -1, r"trials must not be negative.*row 2: -1"),
    ],
)
def test_a_wrong_number_is_refused_with_its_row(good, field, row, value, words):
    values = getattr(good, field).copy()
    values[row] = value
    with pytest.raises(DataError, match=f"good: {words}"):
        replace(good, **{field: values}).validate()


@pytest.mark.trial(kind="refused", what="{field} with {value}")
@pytest.mark.parametrize("field", ["deteriorated", "trials", "therapist"])
@pytest.mark.parametrize("value", [0.9, np.nan, np.inf])
def test_fractions_and_missing_values_are_refused(good, field, value):
    values = getattr(good, field).astype(float)
    values[4] = value
    with pytest.raises(DataError, match=f"good: {field} must be whole numbers.*row 4"):
        replace(good, **{field: values}).validate()


def test_whole_numbers_stored_as_floats_or_truths_are_refused(good):
    with pytest.raises(DataError, match="found type float64"):
        replace(good, deteriorated=good.deteriorated.astype(float)).validate()
    with pytest.raises(DataError, match="found type bool"):
        replace(good, deteriorated=good.deteriorated.astype(bool)).validate()


@pytest.mark.trial(kind="refused", what="outcomes and therapists of unequal length")
def test_unequal_lengths_are_refused(good):
    with pytest.raises(DataError, match="therapist has 179 rows but deteriorated has 180"):
        replace(good, therapist=good.therapist[:-1]).validate()
    with pytest.raises(DataError, match=r"covariates must have shape \(180, 3\)"):
        replace(good, covariates=good.covariates[:-1]).validate()
    with pytest.raises(DataError, match="scale must hold 3 finite numbers above 0"):
        replace(good, scale=np.array([1.0, 0.0, 1.0])).validate()


@pytest.mark.trial(kind="refused", what="outcomes of nobody")
def test_nobody_is_refused():
    with pytest.raises(DataError, match="there are no rows"):
        counts("none", (), np.array([], dtype=int), np.array([], dtype=int))
    with pytest.raises(DataError, match="nobody finished"):
        counts("none", ("a", "b"), [0, 0], [0, 0], allow_empty=True)


def test_therapists_without_clients_are_named_unless_allowed():
    with pytest.raises(DataError, match=r"therapists without clients: b. .*allow_empty=True"):
        counts("some", ("a", "b"), [1, 0], [9, 0])
    assert counts("some", ("a", "b"), [1, 0], [9, 0], allow_empty=True).clients.tolist() == [9, 0]


@pytest.mark.trial(kind="refused", what="a therapist named twice")
def test_a_therapist_named_twice_is_refused():
    with pytest.raises(DataError, match="duplicate 'a' in therapist_ids"):
        counts("twice", ("a", "b", "a"), [1, 0, 1], [9, 9, 9])


@pytest.mark.trial(kind="refused", what="a missing value of a covariate")
def test_a_missing_covariate_value_is_refused(good):
    covariates = good.covariates.copy()
    covariates[11, 0] = np.nan
    with pytest.raises(DataError, match=r"covariate 'phq9_first' is missing or infinite.*row 11"):
        replace(good, covariates=covariates).validate()


@pytest.mark.trial(kind="refused", what="covariates that say nothing new")
def test_covariates_that_say_nothing_new_are_refused(good):
    same = good.covariates.copy()
    same[:, 0] = 1.5
    with pytest.raises(DataError, match="'phq9_first' is the same in every row"):
        replace(good, covariates=same).validate()
    double = good.covariates.copy()
    double[:, 1] = -2 * double[:, 0]
    with pytest.raises(DataError, match="'fit_rating_within' repeats what 'phq9_first'"):
        replace(good, covariates=double).validate()
    mixed = good.covariates.copy()
    mixed[:, 2] = mixed[:, 0] + mixed[:, 1]
    with pytest.raises(DataError, match="'fit_rating_between' repeats"):
        replace(good, covariates=mixed).validate()


@pytest.mark.trial(kind="refused", what="a table of clients, refused with: {words}")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="finished"), "column 'finished' is missing"),
        (lambda t: t.drop(columns="age_band"), "column 'age_band' is missing"),
        (lambda t: t.iloc[:0], "the table has no rows"),
        (lambda t: t.assign(finished=False), "'finished' is false in every row"),
        (lambda t: _set(t, "phq9_first", 3, "twelve"), r"'phq9_first' must hold numbers.*row 3: 'twelve'"),
        (lambda t: _set(t, "phq9_first", 3, None), r"'phq9_first' holds a missing.*row 3"),
        (lambda t: _set(t, "deteriorated", 6, None), r"'deteriorated' is missing for a finished course.*row 6"),
        (lambda t: _set(t, "deteriorated", 6, "yes"), r"'deteriorated' must be true or false.*row 6: 'yes'"),
        (lambda t: _set(t, "deteriorated", 6, 0.5), r"'deteriorated' must be true or false.*row 6: 0.5"),
        (lambda t: _set(t, "client_id", 6, "T00000-00000"), r"'client_id' holds the same client.*row 6"),
        (lambda t: _set(t, "therapist_id", 6, None), r"'therapist_id' is missing a value.*row 6"),
        (lambda t: t.assign(therapist_id=7), r"'therapist_id' must hold texts.*row 0: 7"),
        (lambda t: _set(t, "age_band", 2, "18 to 25"), r"'age_band' must be one of.*row 2: '18 to 25'"),
        (lambda t: _set(t, "replicate", 2, 5), "holds 2 replicates"),
        (lambda t: t.assign(deprivation=4), "'deprivation' is the same in every row"),
        (
            lambda t: t.assign(burnout_rating=t["competence_rating"]),
            "'burnout_rating' repeats what 'competence_rating'",
        ),
        (lambda t: t.assign(finished=t["therapist_id"] != "T00002"), "therapists without clients: T00002"),
    ],
)
def test_a_faulty_table_is_refused(clients, change, words):
    with pytest.raises(DataError, match=f"faulty: .*{words}"):
        from_clients(change(clients), COVARIATES, dataset="faulty")


def _set(table: pd.DataFrame, column: str, row: int, value: object) -> pd.DataFrame:
    values = table[column].astype(object)
    values.iloc[row] = value
    return table.assign(**{column: values})


def test_rows_keep_their_number_when_unfinished_courses_go_before_them(clients):
    table = _set(clients, "phq9_first", 30, "x").assign(finished=np.arange(len(clients)) >= 10)
    with pytest.raises(DataError, match="row 30: 'x'"):
        from_clients(table, ("phq9_first",), dataset="d")


@pytest.mark.trial(kind="refused", what="a covariate that is not there")
def test_an_unknown_covariate_is_refused_with_the_known_ones(clients):
    with pytest.raises(DataError, match=r"'phq'.*choose among phq9_first"):
        from_clients(clients, ("phq",), dataset="d")


@pytest.mark.trial(kind="refused", what="therapists outside the given list")
def test_therapists_not_in_the_given_list_are_refused(clients):
    with pytest.raises(DataError, match=r"'therapist_id' names a therapist who is not in the given.*T00001"):
        from_clients(clients, dataset="d", therapist_ids=("T00000",))
    with pytest.raises(DataError, match="duplicate therapist"):
        from_clients(clients, dataset="d", therapist_ids=("T00000", "T00000"))


def test_without_covariates_clients_are_counted_per_therapist(clients):
    data = from_clients(clients, dataset="d")
    expected = clients.groupby("therapist_id")["deteriorated"].sum()
    assert data.trials.tolist() == [60, 40, 50, 30]
    assert data.deteriorated.tolist() == expected.tolist()


def test_only_finished_courses_count(clients):
    half = clients.assign(finished=np.arange(len(clients)) % 2 == 0)
    half.loc[~half["finished"], "deteriorated"] = pd.NA
    assert from_clients(half, dataset="d").trials.sum() == 90
    assert from_clients(half, ("phq9_first",), dataset="d").trials.size == 90


def test_columns_are_centred_and_can_be_read_back(clients):
    data = from_clients(clients, TRUE_STATES, dataset="d")
    assert data.covariate_names == (
        *("phq9_first", "gad7_first", "deprivation", "age[18-25]", "age[65-74]", "age[75-89]"),
        *("competence", "burnout", "fit_within", "fit_between"),
    )
    np.testing.assert_allclose(data.covariates.mean(axis=0), 0, atol=1e-12)
    back = data.centre + data.scale * data.covariates
    np.testing.assert_allclose(back[:, 0], clients["phq9_first"])
    np.testing.assert_allclose(back[:, 3], clients["age_band"] == "18-25", atol=1e-12)
    np.testing.assert_allclose(back[:, 6], clients["competence"])
    np.testing.assert_allclose(back[:, 8] + back[:, 9], clients["fit"])
    np.testing.assert_allclose(data.covariates[:, :3].std(axis=0), 1)
    means = clients.groupby("therapist_id")["fit"].transform("mean")
    np.testing.assert_allclose(back[:, 9], means)


def test_the_order_of_covariates_is_the_order_asked_for(clients):
    data = from_clients(clients, ("deprivation", "phq9_first"), dataset="d")
    assert data.covariate_names == ("deprivation", "phq9_first")


def test_data_can_be_put_among_more_therapists():
    wide = counts("d", ("b", "a"), [1, 2], [9, 8]).over(("a", "b", "c"))
    assert wide.clients.tolist() == [8, 9, 0]
    assert wide.events.tolist() == [2, 1, 0]
    with pytest.raises(DataError, match="'b' is not in the given"):
        counts("d", ("b", "a"), [1, 2], [9, 8]).over(("a", "c"))


def test_an_age_band_that_nobody_is_in_has_no_column(clients):
    table = clients.assign(age_band=lambda t: t["age_band"].replace("75-89", "26-64"))
    assert "age[75-89]" not in from_clients(table, ("age",), dataset="x").covariate_names

"""The statistical data-generating mechanism: its keyed noise, and its truth."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.models.therapist import COVARIATES, TRUE_STATES
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate, truth

EFFECTS = Coefficients(
    phq9_first=0.3,
    gad7_first=0.1,
    deprivation=0.2,
    age_18_25=0.1,
    age_65_74=-0.3,
    competence=-0.2,
    burnout=0.2,
    fit=-0.3,
)
DESIGN = LogitNormal(
    clients_per_therapist=(30, 50, 20, 40, 30, 30), intercept=-1.0, therapist_sd=0.6, coefficients=EFFECTS
)


def test_the_same_seed_gives_the_same_clients_and_another_replicate_others():
    one, again, other = simulate(DESIGN, Noise(4)), simulate(DESIGN, Noise(4)), simulate(DESIGN, Noise(4), replicate=1)
    pd.testing.assert_frame_equal(one.clients, again.clients)
    assert not one.clients["fit"].equals(other.clients["fit"])


def test_adding_clients_and_therapists_changes_nobody():
    more = DESIGN.model_copy(update={"clients_per_therapist": (35, 50, 20, 40, 30, 30, 10)})
    few, many = simulate(DESIGN, Noise(4)).clients, simulate(more, Noise(4)).clients
    same = many[many["client_id"].isin(few["client_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, same)


def test_states_do_not_depend_on_any_parameter():
    other = DESIGN.model_copy(update={"therapist_sd": 2.0, "intercept": 0.0, "coefficients": Coefficients()})
    one, two = simulate(DESIGN, Noise(4)), simulate(other, Noise(4))
    pd.testing.assert_frame_equal(one.clients.drop(columns="deteriorated"), two.clients.drop(columns="deteriorated"))
    np.testing.assert_allclose(one.therapists["effect"] / 0.6, two.therapists["effect"] / 2.0)


def test_truth_on_the_scale_of_the_data_gives_back_every_clients_log_odds():
    drawn = simulate(DESIGN, Noise(4))
    data = from_clients(drawn.clients, TRUE_STATES, dataset="d")
    true = truth(DESIGN, data)
    slopes = np.array([true[f"log_odds_ratio[{name}]"] for name in data.covariate_names])
    found = true["intercept"] + data.covariates @ slopes
    table = drawn.clients
    age = table["age_band"].map({"18-25": 0.1, "26-64": 0.0, "65-74": -0.3, "75-89": 0.0})
    expected = (
        -1.0 + age
        + 0.3 * (table["phq9_first"] - 14) / 6 + 0.1 * (table["gad7_first"] - 13) / 5
        + 0.2 * (table["deprivation"] - 5.5) / 3
        - 0.2 * table["competence"] + 0.2 * table["burnout"] - 0.3 * table["fit"]
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert true["therapist_sd"] == 0.6


def test_truth_is_refused_where_there_is_none():
    clients = simulate(DESIGN, Noise(4)).clients
    with pytest.raises(DataError, match="'competence_rating' is measured with error"):
        truth(DESIGN, from_clients(clients, COVARIATES, dataset="d"))
    casemix = ("phq9_first", "gad7_first", "deprivation", "age")
    with pytest.raises(DataError, match="'burnout' has an effect but is not among the covariates"):
        truth(DESIGN, from_clients(clients, (*casemix, "competence"), dataset="d"))


def test_moments_and_reliability_are_those_asked_for():
    design = LogitNormal(clients_per_therapist=(20,) * 4000, intercept=-2.0, therapist_sd=0.6, reliability=0.64)
    drawn = simulate(design, Noise(9))
    n = 4000
    assert drawn.therapists["effect"].std() == pytest.approx(0.6, abs=4.5 * 0.6 / np.sqrt(2 * n))
    assert drawn.therapists["effect"].mean() == pytest.approx(0.0, abs=4.5 * 0.6 / np.sqrt(n))
    first = drawn.clients.groupby("therapist_id")[["competence", "competence_rating"]].first()
    assert first.corr().iloc[0, 1] == pytest.approx(0.8, abs=4.5 * (1 - 0.64) / np.sqrt(n))
    assert drawn.clients[["fit", "fit_rating"]].corr().iloc[0, 1] == pytest.approx(0.8, abs=0.01)
    risk = expit(-2.0 + drawn.clients["therapist_id"].map(drawn.therapists.set_index("therapist_id")["effect"]))
    error = np.sqrt((risk * (1 - risk)).sum()) / len(risk)
    assert drawn.clients["deteriorated"].mean() == pytest.approx(risk.mean(), abs=4.5 * error)


def test_ratings_of_a_therapist_are_the_same_for_all_clients():
    clients = simulate(DESIGN, Noise(4)).clients
    for name in ("competence", "burnout", "competence_rating", "burnout_rating"):
        assert clients.groupby("therapist_id")[name].nunique().max() == 1


def test_impossible_designs_are_refused():
    for wrong in ({"therapist_sd": -1}, {"clients_per_therapist": ()}, {"clients_per_therapist": (0,)}, {"sd": 1}):
        with pytest.raises(ValidationError):
            LogitNormal.model_validate(DESIGN.model_dump() | wrong)

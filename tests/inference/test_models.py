"""Names of models, priors, and what each model asks of its data (no sampling here)."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import halfnorm, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.hospitals import hospital_outcomes
from iatrogenesis.inference.models import MODELS
from iatrogenesis.inference.models.by_name import UnknownModel, model
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate

REASON = "for a test, not for a study"
PRIORS = Priors.model_validate(
    {
        "intercept": {"mean": -2.8, "sd": 1.0, "reason": REASON},
        "coefficient": {"sd": 0.5, "reason": REASON},
        "therapist_sd": {"scale": 0.5, "reason": REASON},
    }
)
CLIENTS = simulate(LogitNormal(clients_per_therapist=(40, 30, 50), intercept=-1, therapist_sd=0.5), Noise(1)).clients


@pytest.mark.trial(kind="refused", what="a model that is not there")
def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(UnknownModel, match="'nul' is not known; choose among intercept_only, casemix, therapist"):
        model("nul")


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_covariates_and_says_what_it_asks(name):
    module = model(name)
    assert isinstance(module.COVARIATES, tuple)
    assert "~" in module.__doc__
    assert "?" in module.__doc__


@pytest.mark.trial(kind="refused", what="a prior: {wrong}")
@pytest.mark.parametrize(
    "wrong",
    [
        {"intercept": {"mean": float("nan"), "sd": 1.0, "reason": REASON}},
        {"intercept": {"mean": 0.0, "sd": 0.0, "reason": REASON}},
        {"coefficient": {"sd": -1.0, "reason": REASON}},
        {"coefficient": {"sd": float("inf"), "reason": REASON}},
        {"coefficient": {"sd": 1.0}},
        {"coefficient": {"sd": 1.0, "reason": ""}},
        {"therapist_sd": {"scale": 1.0, "sd": 1.0, "reason": REASON}},
        {"theraptist_sd": {"scale": 1.0, "reason": REASON}},
    ],
)
def test_priors_without_sense_or_reason_are_refused(wrong):
    with pytest.raises(ValidationError):
        Priors.model_validate(PRIORS.model_dump() | wrong)


@pytest.mark.trial(kind="refused", what="data of another kind for a model")
def test_models_refuse_data_of_another_kind():
    with pytest.raises(DataError, match=r"intercept-only model has no covariates, found phq9_first"):
        model("intercept_only").build(from_clients(CLIENTS, ("phq9_first",), dataset="d"), PRIORS)
    with pytest.raises(DataError, match="casemix needs covariates"):
        model("casemix").build(hospital_outcomes(), PRIORS)
    with pytest.raises(DataError, match="therapist model needs a covariate on burnout"):
        model("therapist").build(from_clients(CLIENTS, ("competence_rating", "fit"), dataset="d"), PRIORS)


@pytest.mark.parametrize("centred", [False, True])
def test_the_density_is_the_one_written_in_the_model(centred):
    data = from_clients(CLIENTS, ("phq9_first", "deprivation"), dataset="d")
    built = model("casemix").build(data, PRIORS, centred=centred)
    intercept, slopes, sd, effect = -1.2, np.array([0.3, -0.2]), 0.7, np.array([0.5, -0.4, 0.1])
    therapists = {"therapist_log_odds": intercept + effect} if centred else {"therapist_standard": effect / sd}
    point = {"intercept": intercept, "coefficients": slopes, "therapist_sd_log__": np.log(sd)} | therapists
    found = built.compile_logp(mode="FAST_COMPILE")({name: np.asarray(value) for name, value in point.items()})
    log_odds = intercept + data.covariates @ slopes + effect[data.therapist]
    likelihood = np.sum(data.deteriorated * log_odds - data.trials * np.logaddexp(0, log_odds))
    prior = norm.logpdf(intercept, -2.8, 1) + norm.logpdf(slopes, 0, 0.5).sum() + halfnorm.logpdf(sd, scale=0.5)
    of_therapists = norm.logpdf(effect, 0, sd).sum() if centred else norm.logpdf(effect / sd).sum()
    assert float(found) == pytest.approx(likelihood + prior + of_therapists + np.log(sd))  # log sd: the Jacobian


def test_dimensions_are_named_after_therapists_and_covariates():
    data = from_clients(CLIENTS, ("phq9_first", "deprivation"), dataset="d")
    built = model("casemix").build(data, PRIORS)
    assert built.coords["therapist"] == ("T00000", "T00001", "T00002")
    assert built.coords["covariate"] == ("phq9_first", "deprivation")
    assert built.named_vars_to_dims["covariates"] == ("row", "covariate")

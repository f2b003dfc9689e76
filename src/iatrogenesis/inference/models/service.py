"""Model `service`: clients of therapists of services.

How much of the difference between therapists is one between the services they work in?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + service_effect[service of therapist_r] + therapist_effect[therapist_r]
    service_effect_s   ~ Normal(0, service_sd)
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    service_sd   ~ HalfNormal(scale)
    therapist_sd ~ HalfNormal(scale)

With few services the data say little about `service_sd`, and its prior much: the report shows both.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import Tables, by_service
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import generative, intercept_only
from iatrogenesis.inference.models.answered import of_deterioration
from iatrogenesis.inference.models.generative import Point
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import LATENT_VARIANCE

PLACE = 6
COVARIATES: tuple[str, ...] = ()
PARAMETERS = {
    "intercept": (None, "intercept"),
    "service_sd": (None, "service_sd"),
    "service_effect": ("service", None),
    "therapist_sd": (None, "therapist_sd"),
    "therapist_effect": ("therapist", None),
}
OWN_PRIORS = {"service_sd": ("HalfNormal", "Standard deviation of the services' log odds.")}
UNITS = {"service_sd": "log odds", "vpc_service": "share"}
TABLES = ("clients",)
DATASETS = ("routine_care",)
COLLAPSED = "nested"
STANDARDISED = True


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> OutcomeData:
    """Return counts per therapist, and each therapist's service."""
    return by_service(intercept_only.prepare(tables, dataset, truth=truth), tables["clients"])


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations.

    Raises
    ------
    DataError
        If the services are not given, or the data fail a check.
    """
    from iatrogenesis.inference.models import base

    data.validate()
    if not data.service_ids:
        raise DataError(f"{data.dataset}: the service model needs services. Build the data with service.prepare.")
    with base.model_of(data) as model:
        services = base.effects("service", base.spread("service_sd", priors.section("service_sd").scale))
        therapists = base.therapist_log_odds(priors, centred) + services[model["service_index"]]
        base.deterioration(model, therapists[model["therapist_index"]])
    return model


def estimands(posterior) -> dict:
    """Return the spread between therapists and between services, each one's share of the variance over all."""
    therapists, services = posterior["therapist_sd"], posterior["service_sd"]
    total = therapists**2 + services**2 + LATENT_VARIANCE
    shares = {"service_sd": services, "vpc": therapists**2 / total, "vpc_service": services**2 / total}
    return of_deterioration(posterior) | shares


def prior_point(data: OutcomeData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    sd = generative.positive(noise, "service_sd", priors.section("service_sd").scale)
    services = sd * generative.many(noise, "service_effect", len(data.service_ids))
    return generative.prior_point(data, priors, noise) | {"service_sd": sd, "service_effect": services}


def _log_odds(data: OutcomeData, point: Point) -> np.ndarray:
    return generative.log_odds(data, point) + point["service_effect"][data.service][data.therapist]


def log_likelihood(data: OutcomeData, point: Point) -> np.ndarray:
    """Return each row's log likelihood without the binomial coefficient, shape (rows,)."""
    return generative.log_density(data, _log_odds(data, point))


def replicate(data: OutcomeData, point: Point, noise: Noise) -> OutcomeData:
    """Return the same clients with outcomes drawn anew from the model at one point."""
    odds = _log_odds(data, point)
    return replace(data, deteriorated=generative.binomial(noise, "deteriorated", data.trials, expit(odds)))

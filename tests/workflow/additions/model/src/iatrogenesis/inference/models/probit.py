"""Model `probit`: therapists differ, on the probit scale.

Does it matter to the spread between therapists which link is assumed?

    deteriorated_r ~ Binomial(trials_r, p_r)
    p_r = Phi(intercept + therapist_effect[therapist_r])
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    therapist_sd ~ HalfNormal(scale)

Its share of variance between therapists should be about that of the model `intercept_only`, though its therapist SD is
smaller by the ratio of the two latent scales.
"""

from dataclasses import replace

import numpy as np
from scipy.special import log_ndtr, ndtr

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import generative
from iatrogenesis.inference.models.generative import Point
from iatrogenesis.inference.models.intercept_only import prepare
from iatrogenesis.inference.models.priors import Priors

PLACE = 10
COVARIATES: tuple[str, ...] = ()
PARAMETERS = {
    "intercept": (None, "probit.intercept"),
    "therapist_sd": (None, "probit.therapist_sd"),
    "therapist_effect": ("therapist", None),
}
OWN_PRIORS = {"probit": ({"intercept": "Normal", "therapist_sd": "HalfNormal"}, "On the probit scale.")}
UNITS = {"therapist_sd_probit": "probits"}
TABLES = ("clients",)
DATASETS = ("routine_care", "known")

__all__ = ["prepare"]


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; effects are never centred.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm

    from iatrogenesis.inference.models import base

    prior = priors.section("probit")
    with base.model_of(data.validate()) as model:
        intercept = pm.Normal("intercept", prior.intercept.mean, prior.intercept.sd)
        effect = base.effects("therapist", base.spread("therapist_sd", prior.therapist_sd.scale))
        x = intercept + effect[model["therapist_index"]]
        worse, standard = model["deteriorated"], pm.Normal.dist(0.0, 1.0)
        better = model["trials"] - worse
        pm.Potential("deterioration", (worse * pm.logcdf(standard, x) + better * pm.logcdf(standard, -x)).sum())
    return model


def prior_point(data: OutcomeData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    prior = priors.section("probit")
    sd = generative.positive(noise, "therapist_sd", prior.therapist_sd.scale)
    return {
        "intercept": prior.intercept.mean + prior.intercept.sd * noise.normal("intercept"),
        "therapist_sd": sd,
        "therapist_effect": sd * generative.many(noise, "therapist_effect", len(data.therapist_ids)),
    }


def log_likelihood(data: OutcomeData, point: Point) -> np.ndarray:
    """Return each row's log likelihood without the binomial coefficient, shape (rows,)."""
    x = generative.log_odds(data, point)
    return data.deteriorated * log_ndtr(x) + (data.trials - data.deteriorated) * log_ndtr(-x)


def replicate(data: OutcomeData, point: Point, noise: Noise) -> OutcomeData:
    """Return the same clients with outcomes drawn anew from the model at one point."""
    rate = ndtr(generative.log_odds(data, point))
    return replace(data, deteriorated=generative.binomial(noise, "deteriorated", data.trials, rate))


def estimands(posterior) -> dict:
    """Return the spread between therapists: SD, and share of the latent variance, whose rest is 1."""
    variance = posterior["therapist_sd"] ** 2
    return {"therapist_sd_probit": posterior["therapist_sd"], "vpc": variance / (variance + 1.0)}

"""Model `skewed`: case mix, and therapists whose effects lean to one side.

Are there a few therapists far above the others, rather than as many far above as far below?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + x_r coefficients + therapist_effect[therapist_r]
    therapist_effect_j = therapist_sd (exp(g z_j - g^2 / 2) - 1) / sqrt(exp(g^2) - 1) sign(g),   g = therapist_skew
    z_j ~ Normal(0, 1)

    intercept      ~ Normal(mean, sd)
    coefficients   ~ Normal(0, sd), one per covariate
    therapist_sd   ~ HalfNormal(scale)
    therapist_skew ~ Normal(0, sd)

The effects have mean 0 and standard deviation therapist_sd whatever the skew (Tukey's g distribution, a shifted log
normal); at a skew of 0 the model is `casemix`. With .5 the skewness is 1.75: the worst one of forty therapists lies 2.4
SD above the average and the best one 1.4 below.
"""

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import prepare_outcomes
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import casemix, generative
from iatrogenesis.inference.models.answered import of_deterioration
from iatrogenesis.inference.models.generative import log_likelihood, replicate
from iatrogenesis.inference.models.priors import Priors

PLACE = 11
COVARIATES = casemix.COVARIATES
PARAMETERS = {
    "intercept": (None, "intercept"),
    "coefficients": ("covariate", "coefficient"),
    "therapist_sd": (None, "therapist_sd"),
    "therapist_skew": (None, "therapist_skew"),
    "therapist_effect": ("therapist", None),
}
OWN_PRIORS = {"therapist_skew": ("CentredNormal", "How far the therapists' log odds lean to one side; 0 is normal.")}
UNITS = {"therapist_skew": "g of Tukey's distribution"}
TABLES = ("clients",)
DATASETS = ("routine_care",)
COLLAPSED = "skewed"
COMPARED = True

__all__ = ["bent", "build", "estimands", "log_likelihood", "prepare", "prior_point", "replicate"]
prepare = prepare_outcomes(COVARIATES)


def bent(standard: np.ndarray, skew) -> np.ndarray:
    """Return effects of mean 0 and variance 1 that standard normals become; `skew` a number, or one for the last axis.

    With a skew of 0 they are the normals themselves.
    """
    g = np.where(np.abs(skew) < 1e-8, 1e-8, skew)
    return np.expm1(g * standard - 0.5 * g**2) / (g * np.sqrt(np.expm1(g**2) / g**2))


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations. Therapists' effects are never centred.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    with base.model_of(data.validate()) as model:
        sd = base.spread("therapist_sd", priors.therapist_sd.scale)
        skew = pm.Normal("therapist_skew", 0.0, priors.section("therapist_skew").sd)
        standard = pm.Normal("therapist_standard", 0.0, 1.0, dims="therapist")
        g = pt.switch(pt.abs(skew) < 1e-8, 1e-8, skew)  # the limit at 0, where the formula has none
        unit = pt.expm1(g * standard - 0.5 * g**2) / (g * pt.sqrt(pt.expm1(g**2) / g**2))
        effect = pm.Deterministic("therapist_effect", sd * unit, dims="therapist")
        odds = base.intercept_of(priors) + effect[model["therapist_index"]]
        if data.covariate_names:
            odds = odds + base.covariate_sum(model, priors)
        base.deterioration(model, odds)
    return model


def estimands(posterior) -> dict:
    """Return the spread between therapists, its skew, and one odds ratio per covariate."""
    return of_deterioration(posterior) | {"therapist_skew": posterior["therapist_skew"]}


def prior_point(data: OutcomeData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    point = generative.prior_point(data, priors, noise)
    skew = priors.section("therapist_skew").sd * noise.normal("therapist_skew")
    standard = generative.many(noise, "therapist_effect", len(data.therapist_ids))
    return point | {"therapist_skew": skew, "therapist_effect": point["therapist_sd"] * bent(standard, skew)}

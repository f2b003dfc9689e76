"""Model `classes`: case mix, and two classes of therapists, one with raised odds of deterioration.

Is there a small class of therapists who do harm, and the others are much alike?

    deteriorated_r ~ Binomial(trials_r, p_r)
    logit p_r      = intercept + x_r coefficients + therapist_effect[therapist_r]
    therapist_effect_j ~ Normal((1 - q) d, class_sd) with probability q, else Normal(-q d, class_sd)
    q = class_share,   d = class_log_odds,   therapist_sd = sqrt(class_sd^2 + q (1 - q) d^2)

    intercept      ~ Normal(mean, sd)
    coefficients   ~ Normal(0, sd), one per covariate
    class_share    ~ Beta(a, b)
    class_log_odds ~ HalfNormal(scale)
    class_sd       ~ HalfNormal(scale)

class_share is the share of therapists whose log odds are raised by class_log_odds; within a class they differ with an
SD of class_sd. The effects have mean 0 and standard deviation therapist_sd over both classes, as in the other models,
and with class_log_odds at 0 the model is `casemix`. therapist_raised is the probability that a therapist is of the
raised class, given the effect. Few data tell two classes from a normal distribution: then the class stays where its
priors put it.
"""

import numpy as np
from scipy.special import betaincinv, expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import prepare_outcomes
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models import casemix, generative
from iatrogenesis.inference.models.answered import of_deterioration
from iatrogenesis.inference.models.generative import log_likelihood, replicate
from iatrogenesis.inference.models.priors import Priors

PLACE = 12
COVARIATES = casemix.COVARIATES
PARAMETERS = {
    "intercept": (None, "intercept"),
    "coefficients": ("covariate", "coefficient"),
    "class_share": (None, "therapist_classes.share"),
    "class_log_odds": (None, "therapist_classes.log_odds"),
    "class_sd": (None, "therapist_sd"),
    "therapist_sd": (None, None),
    "therapist_effect": ("therapist", None),
    "therapist_raised": ("therapist", None),
}
OWN_PRIORS = {
    "therapist_classes": (
        {"share": "Beta", "log_odds": "HalfNormal"},
        "Share of therapists in the raised class, and by how much their log odds are raised.",
    )
}
UNITS = {"class_share": "share", "class_log_odds": "log odds", "class_sd": "log odds"}
TABLES = ("clients",)
DATASETS = ("routine_care",)
COLLAPSED = "classes"
COMPARED = True

__all__ = ["build", "estimands", "log_likelihood", "prepare", "prior_point", "raised", "replicate", "spread"]
prepare = prepare_outcomes(COVARIATES)


def spread(share, log_odds, within):
    """Return the standard deviation of therapists' log odds over both classes; numbers or arrays."""
    return (within**2 + share * (1.0 - share) * log_odds**2) ** 0.5


def raised(effect, share, log_odds, within):
    """Return the log odds of an effect's being one of the raised class; numbers or arrays that fit each other."""
    # Of two normals with one SD the logarithm of their ratio is a line.
    return np.log(share / (1.0 - share)) + log_odds * (effect + (share - 0.5) * log_odds) / within**2


def build(data: OutcomeData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations. Therapists' effects are drawn as such.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    prior = priors.section("therapist_classes")
    with base.model_of(data.validate()) as model:
        # As doubles: the logarithm of the beta function would be worked out in single precision otherwise.
        share = pm.Beta(
            "class_share", *(pt.constant(value, dtype="float64") for value in (prior.share.a, prior.share.b))
        )
        log_odds = pm.HalfNormal("class_log_odds", prior.log_odds.scale)
        within = base.spread("class_sd", priors.therapist_sd.scale)
        pm.Deterministic("therapist_sd", spread(share, log_odds, within))
        # In units of the SD within a class, so that a small one leaves no funnel.
        apart = log_odds / within
        standard = pm.NormalMixture(
            "therapist_standard",
            pt.stack([1.0 - share, share]),
            pt.stack([-share * apart, (1.0 - share) * apart]),
            pt.ones(2),
            dims="therapist",
        )
        effect = pm.Deterministic("therapist_effect", within * standard, dims="therapist")
        chance = pt.sigmoid(raised(effect, share, log_odds, within))
        pm.Deterministic("therapist_raised", chance, dims="therapist")
        odds = base.intercept_of(priors) + effect[model["therapist_index"]]
        if data.covariate_names:
            odds = odds + base.covariate_sum(model, priors)
        base.deterioration(model, odds)
    return model


def estimands(posterior) -> dict:
    """Return the spread between therapists, the classes, and one odds ratio per covariate."""
    return of_deterioration(posterior) | {name: posterior[name] for name in UNITS}


def prior_point(data: OutcomeData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    prior, therapists = priors.section("therapist_classes"), len(data.therapist_ids)
    point = generative.prior_point(data, priors, noise)
    share = betaincinv(prior.share.a, prior.share.b, noise.uniform("class_share"))
    log_odds = generative.positive(noise, "class_log_odds", prior.log_odds.scale)
    within = generative.positive(noise, "class_sd", priors.therapist_sd.scale)
    high = noise.uniform("class", client=np.arange(therapists)) < share
    effect = log_odds * (high - share) + within * generative.many(noise, "therapist_effect", therapists)
    return point | {
        "class_share": share,
        "class_log_odds": log_odds,
        "class_sd": within,
        "therapist_sd": spread(share, log_odds, within),
        "therapist_effect": effect,
        "therapist_raised": expit(raised(effect, share, log_odds, within)),
    }

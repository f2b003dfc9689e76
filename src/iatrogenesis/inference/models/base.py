"""The pieces that PyMC models are put together from.

A model file reads: data, intercept, coefficients, therapists, likelihood. What is common is here once. Model files
import this module when they build, because PyMC takes seconds to import and most of the pipeline does without.
"""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy.special import expit

from iatrogenesis.inference.data.outcomes import FitData, OutcomeData
from iatrogenesis.inference.models.priors import Priors

# Centring pays when the data tell more about a therapist than the population does: when the information of the typical
# therapist's clients, n p (1 - p), times a typical variance (0.5 squared) exceeds this. Measured, effective draws of
# the therapist SD among 4,000: at 80 therapists with 75 clients and 6-8 % (here 1.0 to 1.4) not centring gave 1,300 to
# 1,700 whatever the SD, centring 1,500 at a large one and 33 at a small one; with the thousands of courses of 199
# services (here 40) not centring gave 600 to 1,000, centring 2,000 to 2,200.
CENTRE_ABOVE = 4.0
TYPICAL_VARIANCE = 0.25


def model_of(data: FitData) -> pm.Model:
    """Return an empty model with the data as containers that can be swapped, and the names of its dimensions."""
    with pm.Model(coords={name: list(values) for name, values in data.coords().items()}) as model:
        for name, (dims, values) in data.arrays().items():
            pm.Data(name, values, dims=dims)
    return model


def covariate_sum(model: pm.Model, priors: Priors, name: str = "coefficients"):
    """Return the covariates' part of the log odds, one value per row."""
    return pt.dot(model["covariates"], pm.Normal(name, 0.0, priors.coefficient.sd, dims="covariate"))


def intercept_of(priors: Priors):
    """Return the log odds of the average client with the average therapist."""
    return pm.Normal("intercept", priors.intercept.mean, priors.intercept.sd)


def spread(name: str, scale: float):
    """Return a standard deviation with a half-normal prior."""
    return pm.HalfNormal(name, scale)


def therapist_log_odds(priors: Priors, centred: bool):
    """Return intercept + therapist effect, one value per therapist, the effects Normal(0, therapist_sd).

    Both parametrisations are the same model: centred, the therapists' log odds are drawn around the intercept; not
    centred, standard normals are scaled and shifted.
    """
    intercept, sd = intercept_of(priors), spread("therapist_sd", priors.therapist_sd.scale)
    if centred:
        log_odds = pm.Normal("therapist_log_odds", intercept, sd, dims="therapist")
        pm.Deterministic("therapist_effect", log_odds - intercept, dims="therapist")
        return log_odds
    return intercept + effects("therapist", sd)


def effects(unit: str, sd, dims: str | None = None, name: str | None = None):
    """Return effects Normal(0, sd), not centred, as `<unit>_effect`; sd is one number or one per unit."""
    standard = pm.Normal(f"{unit}_standard", 0.0, 1.0, dims=dims or unit)
    return pm.Deterministic(name or f"{unit}_effect", sd * standard, dims=dims or unit)


def deterioration(model: pm.Model, log_odds):
    """Add the likelihood: deteriorated ~ Binomial(trials, inverse logit of the log odds), one per row.

    Written out as y x - n log(1 + e^x), without the binomial coefficient, which no parameter enters: 4 s instead of 9
    (Bernoulli) or 15 (Binomial) for 4,500 clients, 8 covariates and 6,000 draws, the same posterior; and it serves
    clients and counts alike.
    """
    return pm.CustomDist(
        "deterioration",
        model["trials"],
        log_odds,
        logp=lambda deteriorated, trials, x: deteriorated * x - trials * pt.softplus(x),
        # pyrefly: ignore[missing-attribute]: PyMC always gives a generator
        random=lambda trials, x, rng=None, size=None: rng.binomial(trials, expit(x), size=size),
        dtype="int64",
        observed=model["deteriorated"],
        dims="row",
    )


def centring_pays(data: OutcomeData) -> bool:
    """Whether the centred parametrisation suits these data (many clients per therapist)."""
    rate = data.deteriorated.sum() / data.trials.sum()
    information = np.median(data.clients[data.clients > 0]) * rate * (1 - rate)
    return bool(information * TYPICAL_VARIANCE > CENTRE_ABOVE)

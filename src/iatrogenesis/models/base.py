"""The pieces that the deterioration models are put together from.

A model file reads: data, intercept, coefficients, therapists, likelihood. What is common is here once.
"""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy.special import expit

from iatrogenesis.models.data import OutcomeData
from iatrogenesis.models.priors import Priors

# Centring pays when the data tell more about a therapist than the population does: when the information of the typical
# therapist's clients, n p (1 - p), times a middling variance (0.5 squared) exceeds this. Measured, effective draws of
# the therapist SD among 4,000: at 80 therapists with 75 clients and 6-8 % (here 1.0 to 1.4) not centring gave 1,300 to
# 1,700 whatever the SD, centring 1,500 at a large one and 33 at a small one; with the thousands of courses of 199
# services (here 40) not centring gave 600 to 1,000, centring 2,000 to 2,200.
CENTRE_ABOVE = 4.0
MIDDLING_VARIANCE = 0.25


def model_of(data: OutcomeData) -> pm.Model:
    """Return an empty model with the data as containers that can be swapped, and the names of its dimensions.

    Containers: `deteriorated`, `trials`, `therapist_index` (dims row) and, where there are any, `covariates`
    (dims row x covariate). The sampler takes their memory as it is, so they are contiguous.
    """
    coords = {"therapist": list(data.therapist_ids)}
    if data.covariate_names:
        coords["covariate"] = list(data.covariate_names)
    with pm.Model(coords=coords) as model:
        for name, values in containers(data).items():
            pm.Data(name, values, dims=("row", "covariate")[: values.ndim])
    return model


def containers(data: OutcomeData) -> dict[str, np.ndarray]:
    """Return the arrays of the data containers, contiguous and of the types the model is compiled for."""
    found = {"deteriorated": data.deteriorated, "trials": data.trials, "therapist_index": data.therapist}
    found = {name: np.ascontiguousarray(values, dtype=np.int64) for name, values in found.items()}
    if data.covariate_names:
        found["covariates"] = np.ascontiguousarray(data.covariates, dtype=np.float64)
    return found


def covariate_sum(model: pm.Model, priors: Priors):
    """Return the covariates' part of the log odds, one value per row."""
    coefficients = pm.Normal("coefficients", 0.0, priors.coefficient.sd, dims="covariate")
    return pt.dot(model["covariates"], coefficients)


def therapist_log_odds(priors: Priors, centred: bool):
    """Return intercept + therapist effect, one value per therapist, the effects Normal(0, therapist_sd).

    Both parametrisations are the same model: centred, the therapists' log odds are drawn around the intercept; not
    centred, standard normals are scaled and shifted.
    """
    intercept = pm.Normal("intercept", priors.intercept.mean, priors.intercept.sd)
    sd = pm.HalfNormal("therapist_sd", priors.therapist_sd.scale)
    if centred:
        log_odds = pm.Normal("therapist_log_odds", intercept, sd, dims="therapist")
        pm.Deterministic("therapist_effect", log_odds - intercept, dims="therapist")
        return log_odds
    standard = pm.Normal("therapist_standard", 0.0, 1.0, dims="therapist")
    return intercept + pm.Deterministic("therapist_effect", sd * standard, dims="therapist")


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
        random=lambda trials, x, rng=None, size=None: rng.binomial(trials, expit(x), size=size),
        dtype="int64",
        observed=model["deteriorated"],
        dims="row",
    )


def centring_pays(data: OutcomeData) -> bool:
    """Whether the centred parametrisation suits these data (many clients per therapist)."""
    rate = data.deteriorated.sum() / data.trials.sum()
    information = np.median(data.clients[data.clients > 0]) * rate * (1 - rate)
    return bool(information * MIDDLING_VARIANCE > CENTRE_ABOVE)

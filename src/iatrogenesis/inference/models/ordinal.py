"""Model `ordinal`: deteriorated, unchanged, improved, recovered, in one model.

Do competence, burnout and fit move clients along the whole range of outcomes, as they move them into deterioration?

    P(outcome_i at or below step k) = inverse logit(cutpoint_k + x_i coefficients + therapist_effect[therapist_i])
    therapist_effect_j ~ Normal(0, therapist_sd)

    cutpoint_k   = logit(share_1 + ... + share_k)
    share        ~ Dirichlet(concentration), the four outcomes of the average client with the average therapist
    coefficients ~ Normal(0, sd), one per covariate
    therapist_sd ~ HalfNormal(scale)

Steps go from worst to best, so a coefficient above 0 is a log odds ratio of a *worse* outcome, wherever the line is
drawn (proportional odds). All clients inform it and not only the few who deteriorate, which is much more power; the
price is the assumption that what makes deterioration likelier makes recovery less likely by the same odds ratio. The
predictive checks show whether that holds.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit, logit
from scipy.stats import gamma

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import Tables
from iatrogenesis.inference.data.ordinal import CATEGORIES, OrdinalData, outcome_of
from iatrogenesis.inference.models import generative, therapist
from iatrogenesis.inference.models.answered import of_deterioration, per_name
from iatrogenesis.inference.models.generative import Point
from iatrogenesis.inference.models.priors import Priors

PLACE = 7
COVARIATES = therapist.COVARIATES
TRUE_STATES = therapist.TRUE_STATES
PARAMETERS = {
    "shares": ("category", "outcome_shares"),
    "cutpoints": ("threshold", None),
    "coefficients": ("covariate", "coefficient"),
    "therapist_sd": (None, "therapist_sd"),
    "therapist_effect": ("therapist", None),
}
OWN_PRIORS = {
    "outcome_shares": ("Dirichlet", "Shares of the four outcomes with the average client and therapist."),
}
TABLES = ("clients",)
DATASETS = ("routine_care",)


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> OrdinalData:
    """Return each client's outcome with the covariates of the model `therapist`."""
    clients = therapist.prepare(tables, dataset, truth=truth)
    return OrdinalData(clients, outcome_of(tables["clients"], dataset)).validate()


def build(data: OrdinalData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations. Effects are never centred: thresholds take that part.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    concentration = priors.section("outcome_shares").concentration
    with base.model_of(data.validate()) as model:
        shares = pm.Dirichlet("shares", np.full(len(CATEGORIES), concentration), dims="category")
        below = pt.cumsum(shares)[:-1]
        cutpoints = pm.Deterministic("cutpoints", pt.log(below) - pt.log1p(-below), dims="threshold")
        therapists = base.effects("therapist", base.spread("therapist_sd", priors.therapist_sd.scale))
        odds = therapists[model["therapist_index"]] + base.covariate_sum(model, priors)
        pm.Potential("outcome_density", _log_share(pt, cutpoints, odds, model["outcome"]).sum())
    return model


def _log_share(pt, cutpoints, odds, outcome):
    """Log probability of each row's step: log of a difference of two inverse logits, without loss near 0 and 1."""
    last = len(CATEGORIES) - 1
    upper = odds + cutpoints[pt.minimum(outcome, last - 1)]
    lower = odds + cutpoints[pt.maximum(outcome - 1, 0)]
    first, final = pt.eq(outcome, 0), pt.eq(outcome, last)
    # expit(u) - expit(l) = expit(u) expit(-l) (1 - exp(l - u)); only the middle steps have both borders
    gap = pt.switch(first | final, -1.0, lower - upper)
    both = -pt.softplus(-upper) - pt.softplus(lower) + pt.log(-pt.expm1(gap))
    return pt.switch(first, -pt.softplus(-upper), pt.switch(final, -pt.softplus(lower), both))


def estimands(posterior) -> dict:
    """Return spread, odds ratios of a worse outcome, and the shares of the outcomes."""
    return of_deterioration(posterior) | per_name(posterior, "shares", "share[{}]")


def prior_point(data: OrdinalData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    point = generative.prior_point(data.people, priors, noise)
    del point["intercept"]
    uniform = noise.uniform("shares", client=np.arange(len(CATEGORIES)))
    shares = gamma.ppf(uniform, priors.section("outcome_shares").concentration)
    shares = shares / shares.sum()
    return point | {"shares": shares, "cutpoints": logit(np.cumsum(shares)[:-1])}


def log_likelihood(data: OrdinalData, point: Point) -> np.ndarray:
    """Return each client's log likelihood, shape (rows,)."""
    odds = generative.log_odds(data.people, {**point, "intercept": np.zeros(())})
    reached = np.pad(expit(odds[:, None] + point["cutpoints"]), ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    rows = np.arange(len(odds))
    return np.log(reached[rows, data.outcome + 1] - reached[rows, data.outcome])


def replicate(data: OrdinalData, point: Point, noise: Noise) -> OrdinalData:
    """Return the same clients with outcomes drawn anew from the model at one point."""
    odds = generative.log_odds(data.people, {**point, "intercept": np.zeros(())})
    reached = expit(odds[:, None] + point["cutpoints"])
    uniform = noise.uniform("outcome", client=np.arange(len(odds)))
    outcome = (uniform[:, None] > reached).sum(axis=1).astype(np.int64)
    return replace(data, outcome=outcome, people=replace(data.people, deteriorated=(outcome == 0).astype(np.int64)))

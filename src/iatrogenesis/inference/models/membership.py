"""Model `membership`: a referred client belongs to two therapists, each in proportion to the sessions.

How much do therapists differ, where clients who do badly with one are referred to another?

    deteriorated_i ~ Bernoulli(p_i)
    logit p_i      = intercept + x_i coefficients + w_i therapist_effect[first_i] + (1 - w_i) therapist_effect[last_i]
    therapist_effect_j ~ Normal(0, therapist_sd)

    intercept    ~ Normal(mean, sd)
    coefficients ~ Normal(0, sd), one per covariate
    therapist_sd ~ HalfNormal(scale)

w is the share of the sessions with the first therapist, known, and 0 for clients with one therapist: where nobody is
referred this is `casemix`. To count a referred client wholly with who finished, as `casemix` does, charges that
therapist with what the first one did, and makes therapists look more alike than they are. The weights are an
assumption: that a session counts the same whenever it was. That clients are referred *because* they do badly is not in
the model.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import Tables
from iatrogenesis.inference.data.membership import MembershipData, from_referrals, with_referrals
from iatrogenesis.inference.models import casemix, generative
from iatrogenesis.inference.models.answered import of_deterioration as estimands
from iatrogenesis.inference.models.casemix import COVARIATES, PARAMETERS
from iatrogenesis.inference.models.generative import Point
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.statistics import statistics

PLACE = 10
TABLES = ("clients", "sessions")
DATASETS = ("routine_care",)
COLLAPSED = "linked"
STANDARDISED = True

__all__ = ["COVARIATES", "PARAMETERS", "build", "estimands", "log_likelihood", "prepare", "prior_point", "replicate"]


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> MembershipData:
    """Return one row per finished course, with both therapists; sessions are only needed to count shares."""
    return from_referrals(with_referrals(tables, dataset), casemix.COVARIATES, dataset=dataset)


def build(data: MembershipData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations.

    Raises
    ------
    DataError
        If the data have no covariates, or fail a check.
    """
    from iatrogenesis.inference.models import base

    data.validate()
    if not data.covariate_names:
        raise DataError(f"{data.dataset}: membership needs covariates, found none. Build the data with {COVARIATES}.")
    with base.model_of(data) as model:
        therapists, share = base.therapist_log_odds(priors, centred), model["first_share"]
        # Shares add up to 1, and so the intercept that is in both stays one.
        both = share * therapists[model["first_index"]] + (1 - share) * therapists[model["therapist_index"]]
        base.deterioration(model, both + base.covariate_sum(model, priors))
    return model


def prior_point(data: MembershipData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    return generative.prior_point(data.people, priors, noise)


def log_odds(data: MembershipData, point: Point) -> np.ndarray:
    """Return each client's log odds, shape (rows,)."""
    effect, last = point["therapist_effect"], data.people.therapist
    return generative.log_odds(data.people, point) + data.share * (effect[data.first] - effect[last])


def log_likelihood(data: MembershipData, point: Point) -> np.ndarray:
    """Return each client's log likelihood, shape (rows,)."""
    return generative.log_density(data.people, log_odds(data, point))


def replicate(data: MembershipData, point: Point, noise: Noise) -> MembershipData:
    """Return the same clients with outcomes drawn anew from the model at one point."""
    drawn = generative.binomial(noise, "deteriorated", data.people.trials, expit(log_odds(data, point)))
    return replace(data, people=replace(data.people, deteriorated=drawn))


@statistics.register
def _(data: MembershipData) -> dict[str, float]:
    return statistics(data.people)

"""From log odds of therapists to standardised rates, ranks, grades and actions.

A standardised rate is what a therapist's rate would be with all clients of the data. Ranks have confidence sets where
log odds are independent unbiased estimates with standard errors, and credible sets where they are predictions shrunk
towards the mean (`iatrogenesis.inference.answers.rank_sets`). Grades take either for the means of independent normal
posteriors. Actions minimise the expected loss of predictions, and the loss at the estimates where a method makes none.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.polynomial.chebyshev import chebfit, chebval
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import betaincc, betaincinv, expit, logit, ndtr, ndtri

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.decisions import decided
from iatrogenesis.inference.answers.grades import graded, pairs_of_draws, pairs_of_normals
from iatrogenesis.inference.answers.rank_sets import confidence, credible
from iatrogenesis.inference.answers.standardise import gauss
from iatrogenesis.inference.engines.profile import hermite
from iatrogenesis.simulation_study.methods.answer import LEVEL

BLOCK = 4_000_000
DRAWS = 500  # from a distribution of each therapist's rate
PARTS = 40  # equally probable parts of a normal distribution, each stood for by its middle
KNOTS = 100  # of the curve from log odds to rates; for 25 log odds from end to end it is within 1e-5
POINTS = 24  # that stand for the clients: rates are within 1e-9 where their parts have an SD of 1
DEGREE = 31  # of polynomials that stand for beta quantiles, which are then within 1e-8
LEAST = 0.3  # shape for which that holds
ROOTS, WEIGHTS = hermite(15)


def standardised(log_odds: np.ndarray, case_mix: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the mean rate of all clients at each log odds, shape of `log_odds`.

    Parameters
    ----------
    log_odds
        Of therapists, shape (m,).
    case_mix
        The clients' parts, shape (clients,).
    weights
        Of the clients, adding up to 1; equal by default.
    """
    found, block = np.empty(len(log_odds)), max(1, BLOCK // max(len(case_mix), 1))
    for first in range(0, len(log_odds), block):
        rates = expit(log_odds[first : first + block, None] + case_mix)
        found[first : first + block] = rates.mean(axis=1) if weights is None else rates @ weights
    return found


def condensed(case_mix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a few points that stand for the clients' parts, and their weights, for `standardised`."""
    if len(case_mix) <= POINTS:
        return case_mix, np.full(len(case_mix), 1 / len(case_mix))
    points, weights = gauss(case_mix[None, :], np.full(len(case_mix), 1 / len(case_mix)), POINTS)
    return points[0], weights[0]


class Predicted(NamedTuple):
    """Predictive distributions of therapists' log odds at average case mix: mixtures of normal ones.

    Attributes
    ----------
    log_odds, se
        The prediction and the root of its mean squared error, shape (therapists,).
    centres, sds
        Of the parts, shape (parts, therapists).
    weights
        Of the parts, adding up to 1, shape (parts,).
    """

    log_odds: np.ndarray
    se: np.ndarray
    centres: np.ndarray
    sds: np.ndarray
    weights: np.ndarray


def predicted_table(therapist: np.ndarray, told: Predicted, case_mix: np.ndarray, replicate: int = 0) -> pd.DataFrame:
    """Return the therapists' table of a method that predicts log odds; see `Answer.therapists`.

    The rate is the mean of the predictive distribution: the inverse logit is not linear, and at the most likely log
    odds it is too low where events are rare. As the coefficients' error is averaged over too, it is a little too high
    in small services. Intervals, sets of ranks and grades take log odds as normal around the mode.

    Parameters
    ----------
    therapist
        Positions among the ids, shape (therapists,).
    told
        Of the same therapists.
    case_mix
        The clients' parts, shape (clients,).
    replicate
        Of the data set: which draws the sets of ranks take.

    Raises
    ------
    DataError
        If a prediction is not finite or a standard error not a positive number.
    """
    log_odds, se = told.log_odds, told.se
    _check(log_odds, se)
    clients = condensed(case_mix)
    places = told.centres + told.sds * ROOTS[:, None, None]
    rate = np.einsum("n,p,npt->t", WEIGHTS, told.weights, standardised(places.ravel(), *clients).reshape(places.shape))
    reach = ndtri(0.5 + LEVEL / 2) * se
    limit = log_odds_at(harmful_rate(rate.mean()), *clients)
    middle = told.centres + told.sds * ndtri((np.arange(PARTS) + 0.5) / PARTS)[:, None, None]
    knots = np.linspace(middle.min() - 0.5, middle.max() + 0.5, KNOTS)
    draws = CubicSpline(knots, standardised(knots, *clients))(middle).reshape(-1, len(se))
    return pd.DataFrame(
        {
            "therapist": therapist,
            "score": rate,
            "rate": rate,
            "low": standardised(log_odds - reach, *clients),
            "high": standardised(log_odds + reach, *clients),
            "exceeds": told.weights @ ndtr((told.centres - limit) / told.sds),
            **credible(log_odds + se * ndtri(uniforms(len(se), replicate)), LEVEL).columns(),
            "grade": graded(pairs_of_normals(log_odds, se)).grade,
            "action": decided(draws, float(rate.mean()), weights=np.tile(told.weights, PARTS)),
        }
    )


def ranked(
    log_odds: np.ndarray, se: np.ndarray, rate: np.ndarray, mean: float, replicate: int = 0
) -> dict[str, np.ndarray]:
    """Return the columns `iatrogenesis.simulation_study.methods.answer.RANKED` of a method without a posterior.

    Such a method acts as if its estimates were the rates. Sets of ranks and grades are those of tests.

    Parameters
    ----------
    log_odds, se
        Estimates of log odds that are not shrunk towards the mean, and their standard errors, shape (therapists,).
    rate
        Estimated rates of the same therapists.
    mean
        Mean rate of the service's therapists.
    replicate
        As in `predicted_table`.
    """
    _check(log_odds, se)
    return {
        **confidence(log_odds, se, LEVEL, replicate=replicate).columns(),
        "grade": graded(pairs_of_normals(log_odds, se)).grade,
        "action": decided(rate[None, :], mean),
    }


def _check(log_odds: np.ndarray, se: np.ndarray) -> None:
    if not np.all(np.isfinite(log_odds) & np.isfinite(se) & (se > 0)):
        raise DataError("A therapist's log odds or their standard error is not a finite number.")


def ranked_draws(rates: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns `iatrogenesis.simulation_study.methods.answer.RANKED` from posterior draws.

    Parameters
    ----------
    rates
        Of therapists, shape (draws, therapists).
    """
    grade = graded(pairs_of_draws(rates)).grade
    return {**credible(rates, LEVEL).columns(), "grade": grade, "action": decided(rates)}


def beta_table(rate: np.ndarray, variance: np.ndarray, replicate: int = 0) -> dict[str, np.ndarray]:
    """Return the columns of a method whose rates have a beta distribution each, all but `therapist`.

    Parameters
    ----------
    rate, variance
        Of the same therapists, shape (therapists,).
    replicate
        As in `predicted_table`.
    """
    size = np.maximum(rate * (1 - rate) / variance - 1, 1e-3)
    shapes = rate * size, (1 - rate) * size
    return {
        "score": rate,
        "rate": rate,
        "low": betaincinv(*shapes, (1 - LEVEL) / 2),
        "high": betaincinv(*shapes, (1 + LEVEL) / 2),
        "exceeds": betaincc(*shapes, harmful_rate(rate.mean())),
        **ranked_draws(beta_draws(*shapes, uniforms(len(rate), replicate))),
    }


def beta_draws(first: np.ndarray, second: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Return beta quantiles at these probabilities, shape (draws, therapists), shapes being (therapists,) each.

    The log odds of a quantile are a smooth function of the normal quantile: one polynomial for each therapist.
    """
    if min(first.min(), second.min()) < LEAST:
        return betaincinv(first, second, uniform)
    normal = ndtri(uniform)
    end = np.abs(normal).max()
    knots = np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    curve = logit(betaincinv(first, second, ndtr(end * knots)[:, None]))
    return expit(chebval(normal / end, chebfit(knots, curve, DEGREE), tensor=False))


def uniforms(therapists: int, replicate: int) -> np.ndarray:
    """Return what a quantile function makes draws for `ranked_draws` of, shape (draws, therapists)."""
    who = {"replicate": replicate, "therapist": np.arange(therapists), "occasion": np.arange(DRAWS)[:, None]}
    return Noise(0).uniform("ranks of predictions", **who)


def smoothed_log_odds(events: np.ndarray, clients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log odds of counts and their standard errors, half a client added on either side; finite for 0 events."""
    worse, others = events + 0.5, clients - events + 0.5
    return np.log(worse / others), np.sqrt(1 / worse + 1 / others)


def log_odds_at(rate: float, case_mix: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return the log odds at which the standardised rate is this; infinite where none is."""
    if rate >= 1.0:
        return np.inf
    ends = -30.0 - case_mix.max(), 30.0 - case_mix.min()
    return brentq(lambda x: standardised(np.array([x]), case_mix, weights)[0] - rate, *ends)

"""Beta-binomial: each therapist's own rate shrunk towards the mean by empirical Bayes.

Rates of therapists follow a beta distribution, which maximum likelihood finds. What a therapist's own clients leave
open, and how unsure mean and spread are, go into rate and interval: the therapist's distribution is averaged over the
confidence distribution of the spread (see `iatrogenesis.inference.engines.profile`) and over that of the mean. So
therapists are not alike where the spread is estimated as 0. Nothing is adjusted for.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.maximum_likelihood import MaximumLikelihood
from iatrogenesis.inference.engines.profile import SpreadProfile, hermite, profile
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.rates import beta_table
from iatrogenesis.simulation_study.methods.regression import both_outcomes, prepared

PLACE = 1.6
LABEL = "beta-binomial"
LOOK = ("p", "sky")
GROUP = "fast"
SECONDS = (0.005, 0.0024)
TARGETS = ("own_rate",)
ZERO = 1e-4  # a spread below this is 0
SMALLEST = 1e-3  # stands for a spread of 0 where a distribution is wanted
START = 0.2
NODES, WEIGHTS = hermite(5)


class BetaBinomial:
    """The likelihood of mean m and spread s, rates being Beta(m / s^2, (1 - m) / s^2).

    It is that of binomials at s = 0, and the same for s and -s. Each of its factors is m + i s^2, 1 - m + i s^2 or
    1 + i s^2 with a whole number i; so the sums are over i, and not over therapists.
    """

    def __init__(self, events: np.ndarray, clients: np.ndarray):
        self.steps = np.arange(clients.max())
        self.counts = [
            (values[:, None] > self.steps).sum(axis=0).astype(float) for values in (events, clients - events, clients)
        ]

    def at(self, parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log-likelihood (without binomial coefficients), gradient and information at (logit m, s)."""
        mean, s = expit(parameters[0]), parameters[1]
        parts = [start + self.steps * s**2 for start in (mean, 1 - mean, 1.0)]
        logs = [counts @ np.log(part) for counts, part in zip(self.counts, parts, strict=True)]
        value = logs[0] + logs[1] - logs[2]
        once = [counts / part for counts, part in zip(self.counts, parts, strict=True)]
        twice = [each / part for each, part in zip(once, parts, strict=True)]
        i = self.steps
        by_mean, by_square = once[0].sum() - once[1].sum(), i @ (once[0] + once[1] - once[2])
        mean_mean, mean_square = -twice[0].sum() - twice[1].sum(), i @ (twice[1] - twice[0])
        square_square = (i**2) @ (twice[2] - twice[0] - twice[1])
        steep = mean * (1 - mean)
        gradient = np.array([by_mean * steep, 2 * s * by_square])
        across = mean_square * steep * 2 * s
        hessian = [
            [mean_mean * steep**2 + by_mean * steep * (1 - 2 * mean), across],
            [across, 4 * s**2 * square_square + 2 * by_square],
        ]
        return float(value), gradient, -np.array(hessian)


def likeliest(data: OutcomeData) -> tuple[BetaBinomial, MaximumLikelihood]:
    """Return the likelihood of counts per therapist and its maximum; names logit_mean and spread."""
    likelihood = BetaBinomial(data.events, data.clients)
    rate = data.events.sum() / data.clients.sum()
    pooled = np.array([np.log(rate / (1 - rate)), 0.0])
    alike = likelihood.at(pooled)[0]
    found = minimize(
        lambda x: -likelihood.at(x)[0],
        pooled + np.array([0.0, START]),
        jac=lambda x: -likelihood.at(x)[1],
        hess=lambda x: likelihood.at(x)[2],
        method="trust-exact",
        options={"gtol": 1e-6 * max(1.0, abs(alike))},
    )
    boundary = bool(abs(found.x[1]) < ZERO or -found.fun <= alike)
    estimate = pooled if boundary else np.array([found.x[0], abs(found.x[1])])
    value, gradient, information = likelihood.at(estimate)
    covariance = np.diag([1 / information[0, 0], np.nan]) if boundary else np.linalg.inv(information)
    step = gradient[0] ** 2 * covariance[0, 0] if boundary else gradient @ covariance @ gradient
    return likelihood, MaximumLikelihood(
        dataset=data.dataset,
        names=("logit_mean", "spread"),
        estimate=estimate,
        standard_error=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        log_likelihood=value,
        log_likelihood_without_therapists=alike,
        boundary=boundary,
        converged=bool(step < 1e-6),
    )


def _fit(data_set: DataSet) -> Answer:
    data = both_outcomes(prepared(data_set, ()))
    seen = np.flatnonzero(data.clients)
    likelihood, found = likeliest(data)
    rate, square = _rates(data.events[seen], data.clients[seen], found, profile(likelihood.at, found))
    table = {"therapist": seen, **beta_table(rate, square, data_set.replicate)}
    return Answer(data_set.replicate, therapists=pd.DataFrame(table), passed=found.converged)


def _rates(events, clients, found: MaximumLikelihood, spread: SpreadProfile) -> tuple[np.ndarray, np.ndarray]:
    """Each therapist's mean rate and its variance, over what mean and spread may be."""
    error = np.sqrt(found.covariance[0, 0])
    there = [(spread.at(root), other) for root in NODES for other in NODES]
    parts = [_moments(events, clients, expit(beta[0] + other * error), s) for (s, beta), other in there]
    centres, variances = np.array(parts).swapaxes(0, 1)
    weights = np.outer(WEIGHTS, WEIGHTS).ravel()
    rate = weights @ centres
    return rate, weights @ (variances + (centres - rate) ** 2)


def _moments(events, clients, mean: float, s: float) -> tuple[np.ndarray, np.ndarray]:
    size = 1 / max(s, SMALLEST) ** 2
    centre = (mean * size + events) / (size + clients)
    return centre, centre * (1 - centre) / (size + clients + 1)


answers = one_by_one(_fit)

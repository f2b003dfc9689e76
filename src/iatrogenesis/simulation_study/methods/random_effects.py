"""What a random-intercept logistic regression says: about the spread, each therapist's rate, and the ratings.

A therapist's log odds are predicted by the mode of the therapist's effect, as R's ``ranef`` gives it. Their standard
error is that of the prediction (after Booth & Hobert 1998): it takes account of what the therapist's own clients leave
open, of the coefficients' uncertainty, and of the therapist SD's, over whose confidence distribution (see
`iatrogenesis.inference.engines.profile`) the squared error is averaged. So a therapist SD that is estimated as 0 does
not make all therapists alike for certain. The rate is the mean inverse logit over the same distributions, each with the
mean of the therapist's effect instead of its mode, from which it is off to the side where outcomes are rare.
"""

import numpy as np
import pandas as pd
from scipy.special import chdtrc, expit

from iatrogenesis.inference.engines.profile import hermite
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.inference.models import casemix
from iatrogenesis.inference.models.spread import UPPER_QUARTILE, mor, vpc
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, Estimate
from iatrogenesis.simulation_study.methods.likelihood import LAPLACE, Fitted, fitted
from iatrogenesis.simulation_study.methods.rates import Predicted, predicted_table
from iatrogenesis.simulation_study.methods.regression import RATED, odds_ratios, place_of_burnout, risk_change

# Of the confidence distribution of the therapist SD: Gauss-Hermite nodes of a normal, and their weights.
ROOTS, WEIGHTS = hermite(5)


def answer(data_set: DataSet, nodes: int) -> Answer:
    """Return the answer of maximum likelihood with so many quadrature nodes per therapist."""
    like, rated = (fitted(data_set, covariates, nodes) for covariates in (casemix.COVARIATES, COVARIATES))
    freedom, sd = rated.freedom, rated.found.estimate[-1]
    residual = spread(rated)[0]._replace(estimand="residual_sd_rated")
    estimates = [*spread(like), residual, *odds_ratios(rated.data, rated.beta, rated.covariance, RATED, freedom)]
    of_burnout = freedom[place_of_burnout(rated.data)]
    estimates.append(risk_change(rated.data, rated.beta, rated.covariance, sd, of_burnout))
    converged = like.found.converged and rated.found.converged
    return Answer(data_set.replicate, estimates, therapists(like, data_set.replicate), converged)


def spread(one: Fitted) -> list[Estimate]:
    """Return therapist SD, VPC and MOR with their profile likelihood intervals.

    The test of "no spread" is the likelihood ratio's, half of whose null distribution is a point mass at zero. On the
    boundary, where there is no curvature to take it from, the standard error is that of a normal whose interval is as
    wide.
    """
    profile, sd = one.spread, one.spread.estimate
    error = (profile.high - profile.low) / (2 * profile.quantile) if sd == 0 else one.found.standard_error[-1]
    share = vpc(sd)
    slopes = (1.0, 2 * share * (1 - share) / sd if sd else np.nan, mor(sd) * np.sqrt(2) * UPPER_QUARTILE)
    rejects = float(0.5 * chdtrc(1, profile.at_zero**2) < 0.05)
    found = []
    for (name, form), slope in zip({"therapist_sd": float, "vpc": vpc, "mor": mor}.items(), slopes, strict=True):
        low, high = form(profile.low), form(profile.high)
        se = slope * error if np.isfinite(slope) else (high - low) / (2 * profile.quantile)
        found.append(Estimate(name, float(form(sd)), float(se), float(low), float(high), rejects))
    return found


def therapists(one: Fitted, replicate: int) -> pd.DataFrame:
    """Return the therapists' table; see `iatrogenesis.simulation_study.methods.answer.Answer`."""
    case_mix = one.data.covariates @ one.beta[1:]
    return predicted_table(np.flatnonzero(one.data.clients), predicted(one), case_mix, replicate)


def predicted(one: Fitted) -> Predicted:
    """Return each therapist's predicted log odds at average case mix, J_seen of them."""
    integrand = Integrand(one.data, LAPLACE)  # of the nodes only the mode is asked
    mode, _ = integrand.modes(integrand.design @ one.beta, one.found.estimate[-1])
    log_odds = one.beta[0] + one.found.estimate[-1] * mode
    modes, means, variances = np.array([_at(integrand, one, *one.spread.at(root)) for root in ROOTS]).swapaxes(0, 1)
    square = WEIGHTS @ (variances + (modes - log_odds) ** 2)
    return Predicted(log_odds, np.sqrt(square), means, np.sqrt(variances), WEIGHTS)


def _at(integrand: Integrand, one: Fitted, sd: float, beta: np.ndarray) -> tuple[np.ndarray, ...]:
    """Log odds at the mode, their mean to the next order, and their variance, if the therapist SD were this."""
    fixed = integrand.design @ beta
    mode, _ = integrand.modes(fixed, sd)
    rate = expit(fixed + sd * np.repeat(mode, integrand.sizes))
    weight = integrand.trials * rate * (1 - rate)
    known = np.add.reduceat(weight, integrand.starts)  # what the therapist's own clients say
    shrunk = sd**2 / (sd**2 * known + 1.0)  # the variance that they leave
    # How the log odds move with the coefficients: with the intercept directly, and all through the effect.
    moves = -shrunk[:, None] * np.add.reduceat(integrand.design * weight[:, None], integrand.starts)
    moves[:, 0] += 1.0
    bent = np.add.reduceat(weight * (1 - 2 * rate), integrand.starts)  # less the third derivative
    centre = beta[0] + sd * mode
    return centre, centre - 0.5 * shrunk**2 * bent, shrunk + np.einsum("ij,jk,ik->i", moves, one.covariance, moves)

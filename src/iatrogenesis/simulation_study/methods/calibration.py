"""Regression calibration: the random-effects regression on ratings, corrected for how reliable the ratings are.

What an analyst does who knows the ratings' reliability and has maximum likelihood: each rating is replaced by the true
state that it leads to expect, which here is the same as multiplying coefficients by a matrix (Carroll, Ruppert,
Stefanski & Crainiceanu 2006, chapter 4). Competence and burnout are corrected together, with the covariance of their
ratings between therapists; fit by itself, within therapists. What the ratings leave open of competence and burnout is
part of the therapists' residual spread, from which it is taken away again. The change of risk is by g-computation with
burnout's corrected coefficient. The reliability counts as known; that the ratings' covariance is estimated from a
service's therapists goes into the standard errors.
"""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.methods.answer import RISK, TRAITS, Answer, DataSet, Estimate, one_by_one
from iatrogenesis.simulation_study.methods.likelihood import Fitted, fitted
from iatrogenesis.simulation_study.methods.regression import average_change, student

PLACE = 5.5
LABEL = "regression calibration"
LOOK = ("X", "dark")
GROUP = "fast"
SECONDS = (0.001, 0.0005)
TARGETS = ("log_odds_ratio[t]", "risk_change[burnout]", "residual_sd")
RATINGS = ("competence_rating", "burnout_rating", "fit_rating_within")  # in the order of TRAITS
OF_THERAPIST = 2  # the first two belong to the therapist
LEAST = 0.1  # share of a rating's variance that must be the trait's for a correction


@dataclass(frozen=True)
class Calibrating:
    """How coefficients of ratings become those of true states.

    Attributes
    ----------
    matrix
        Times the coefficients of ratings: those of the states, shape (3, 3).
    left
        Covariance of competence and burnout given their ratings, shape (2, 2).
    ratings, trait
        Covariance of the two ratings between therapists, and what of it is not error, shape (2, 2).
    root
        sqrt(reliability) of the two, shape (2,).
    therapists
        How many the covariance comes from.
    """

    matrix: np.ndarray
    left: np.ndarray
    ratings: np.ndarray
    trait: np.ndarray
    root: np.ndarray
    therapists: int

    def unsure(self, rated: np.ndarray) -> np.ndarray:
        """Return what the uncertain covariance of the ratings adds to that of the two coefficients, shape (2, 2).

        Delta method, with the covariance of a normal sample's covariance matrix.

        Parameters
        ----------
        rated
            The two coefficients of the ratings, shape (2,).
        """
        inverse = np.linalg.inv(self.trait)
        lever = inverse @ (self.ratings - self.trait) @ rated
        across = self.ratings @ lever
        of_product = (lever @ across * self.ratings + np.outer(across, across)) / (self.therapists - 1)
        turned = self.root[:, None] * inverse
        return turned @ of_product @ turned.T


def _fit(data_set: DataSet) -> Answer:
    one = fitted(data_set, COVARIATES)
    if lost := [name for name in RATINGS if name not in one.data.covariate_names]:
        raise DataError(f"{data_set.name}: no column {lost[0]!r} to calibrate")
    places = [1 + one.data.covariate_names.index(name) for name in RATINGS]
    found = calibrating(one.data, np.array([data_set.reliability[trait] for trait in TRAITS]))
    beta = found.matrix @ one.beta[places]
    covariance = found.matrix @ one.covariance[np.ix_(places, places)] @ found.matrix.T
    unsure = found.unsure(one.beta[places[:OF_THERAPIST]])
    own = slice(0, OF_THERAPIST)
    covariance[own, own] += unsure
    freedom = one.freedom[places]
    estimates = [
        student(f"log_odds_ratio[{trait}]", beta[k], np.sqrt(covariance[k, k]), freedom[k])
        for k, trait in enumerate(TRAITS)
    ]
    estimates.append(_risk(one, found, places, unsure))
    estimates.append(residual(one, beta[own], covariance[own, own], found.left))
    return Answer(data_set.replicate, estimates, passed=one.found.converged)


def _risk(one: Fitted, found: Calibrating, places: list[int], unsure: np.ndarray) -> Estimate:
    """Everybody's burnout 1 SD lower moves the log odds by less the corrected coefficient."""
    burnout = TRAITS.index("burnout")
    shift = np.zeros(len(one.beta))
    shift[places] = -found.matrix[burnout]
    change, by_beta, by_move = average_change(one.data, one.beta, float(shift @ one.beta), one.found.estimate[-1])
    slope = by_beta + by_move * shift
    variance = slope @ one.covariance @ slope + by_move**2 * unsure[burnout, burnout]
    return student(RISK, change, np.sqrt(variance), one.freedom[places[burnout]])


def calibrating(data: OutcomeData, reliability: np.ndarray) -> Calibrating:
    """Return how coefficients of ratings become those of true states.

    A rating is sqrt(r) trait + sqrt(1 - r) error, both of SD 1 in the reference population, so that its error has the
    variance 1 - r wherever it is rated. With the ratings' covariance V and the errors' E, the expectation of
    sqrt(r) trait is V^-1 (V - E) times the ratings.

    Parameters
    ----------
    reliability
        r of competence, burnout and fit, shape (3,).

    Raises
    ------
    DataError
        If ratings vary hardly more than their errors.
    """
    columns = data.covariates[:, [data.covariate_names.index(name) for name in RATINGS]]
    first = np.unique(data.therapist, return_index=True)[1]
    between = np.atleast_2d(np.cov(columns[first, :OF_THERAPIST].T))
    # What a therapist's mean takes away of the variance within, it takes from trait and error alike.
    within = np.sum(columns[:, 2] ** 2) / (len(columns) - len(first))
    error, root = 1 - reliability, np.sqrt(reliability)
    trait = between - np.diag(error[:OF_THERAPIST])
    share = 1 - error[2] / within
    if np.linalg.eigvalsh(trait)[0] < LEAST * np.min(np.diag(between)) or share < LEAST:
        raise DataError(f"{data.dataset}: ratings vary hardly more than by their error, so they cannot be calibrated")
    expected = np.linalg.solve(between, trait)
    own = root[:OF_THERAPIST]
    matrix = np.zeros((3, 3))
    # rating b = (expected trait) beta: beta solves expected beta = b, and is per SD of the trait itself.
    matrix[:OF_THERAPIST, :OF_THERAPIST] = own[:, None] * np.linalg.inv(expected)
    matrix[2, 2] = root[2] / share
    left = (trait - trait @ expected) / np.outer(own, own)
    return Calibrating(matrix, left, between, trait, own, len(first))


def residual(one: Fitted, beta: np.ndarray, covariance: np.ndarray, left: np.ndarray) -> Estimate:
    """Return the therapist SD given the true states.

    The variance given the ratings less what they leave open, whose limits are put together from those of the two parts
    (Zou & Donner 2008, 10.1002/sim.3095).

    Parameters
    ----------
    beta, covariance
        Of competence and burnout, corrected; shapes (2,) and (2, 2).
    left
        Their covariance given the ratings, shape (2, 2).
    """
    spread = one.spread
    whole, low, high = spread.estimate**2, spread.low**2, spread.high**2
    part = float(beta @ left @ beta)
    reach = spread.quantile * 2 * float(np.sqrt(beta @ left @ covariance @ left @ beta))
    least, most = max(part - reach, 0.0), part + reach
    variance = whole - part
    ends = variance - np.hypot(whole - low, most - part), variance + np.hypot(high - whole, part - least)
    sd, below, above = (float(np.sqrt(max(value, 0.0))) for value in (variance, *ends))
    return Estimate("residual_sd", sd, (above - below) / (2 * spread.quantile), below, above)


answers = one_by_one(_fit)

"""The models run forwards, in plain NumPy: parameters from the prior, outcomes from parameters.

It says the same as the PyMC models say, a second time and the other way round; simulation-based calibration holds the
two to each other. It also makes replicated data for predictive checks.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.special import expit
from scipy.stats import binom

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.priors import Priors

Point = Mapping[str, np.ndarray]


def many(noise: Noise, decision: str, number: int) -> np.ndarray:
    """Return standard normals, shape (number,)."""
    return noise.normal(decision, client=np.arange(number))


def positive(noise: Noise, decision: str, scale: float) -> np.ndarray:
    """Return one half-normal number, shape ()."""
    return np.abs(scale * noise.normal(decision))


def prior_point(data: OutcomeData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw intercept, coefficients, therapist SD and effects from their priors."""
    sd = positive(noise, "therapist_sd", priors.therapist_sd.scale)
    point = {
        "intercept": priors.intercept.mean + priors.intercept.sd * noise.normal("intercept"),
        "therapist_sd": sd,
        "therapist_effect": sd * many(noise, "therapist_effect", len(data.therapist_ids)),
    }
    if data.covariate_names:
        point["coefficients"] = priors.coefficient.sd * many(noise, "coefficients", len(data.covariate_names))
    return point


def log_odds(data: OutcomeData, point: Point) -> np.ndarray:
    """Return each row's log odds under the model `casemix`, shape (rows,)."""
    found = point["intercept"] + point["therapist_effect"][data.therapist]
    return found + data.covariates @ point["coefficients"] if data.covariate_names else found


def binomial(noise: Noise, decision: str, trials: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Return numbers of successes, int, one per row."""
    return binom.ppf(noise.uniform(decision, client=np.arange(len(trials))), trials, rate).astype(np.int64)


def log_density(data: OutcomeData, odds: np.ndarray) -> np.ndarray:
    """Return each row's log likelihood at given log odds, without the binomial coefficient."""
    return data.deteriorated * odds - data.trials * np.logaddexp(0.0, odds)


def log_likelihood(data: OutcomeData, point: Point) -> np.ndarray:
    """Return each row's log likelihood without the binomial coefficient, shape (rows,)."""
    return log_density(data, log_odds(data, point))


def replicate(data: OutcomeData, point: Point, noise: Noise) -> OutcomeData:
    """Return the same clients with outcomes drawn anew from the model at one point."""
    drawn = binomial(noise, "deteriorated", data.trials, expit(log_odds(data, point)))
    return replace(data, deteriorated=drawn)

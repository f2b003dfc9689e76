"""Funnel limits: standardised ratios of observed to expected deteriorations, with limits widened for overdispersion.

What health services do (Spiegelhalter 2005, 10.1002/sim.1970). Expected numbers come from a logistic regression on case
mix that ignores therapists. Ratios are compared on the square root's scale, where their variance is about 1 / (4
expected). Therapists differ by more than chance, and not all of that is a signal: from z-scores winsorised at a tenth
on either side follows a variance between therapists, additive as in a meta-analysis (DerSimonian & Laird 1986,
10.1016/0197-2456(86)90046-2), by which all limits are widened. `flag`: beyond the upper 99.8 % limit. `exceeds` asks
something else, whether a therapist's own ratio is above twice the mean of the therapists': 1 minus the p-value of the
exact Poisson test of "at most that".
"""

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri, pdtr
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.definitions import HARMFUL_RATIO
from iatrogenesis.inference.models import casemix
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.regression import design, estimable, prepared

PLACE = 1.2
LABEL = "funnel limits"
LOOK = (">", "purple")
GROUP = "fast"
SECONDS = (0.007, 0.002)
TARGETS = ("therapist_rate",)
EXCEEDS = "p"
WINSORISED = 0.1
LIMITS = 0.998


def _fit(data_set: DataSet) -> Answer:
    data = estimable(prepared(data_set, casemix.COVARIATES))
    found = GLM(data.deteriorated, design(data), family=families.Binomial()).fit()
    therapists = len(data.therapist_ids)
    expected = np.bincount(data.therapist, found.fittedvalues, minlength=therapists)
    seen = np.flatnonzero(data.clients)
    observed, expected = data.events[seen], expected[seen]
    z, _ = overdispersed(observed, expected)
    average = observed.sum() / data.clients.sum()
    low, high = exact(observed, expected)
    limit = HARMFUL_RATIO * np.mean(observed / expected)
    table = {
        "therapist": seen,
        "score": z,
        "rate": average * observed / expected,
        "low": average * low,
        "high": np.minimum(average * high, 1.0),
        "exceeds": np.where(observed > 0, pdtr(observed - 1.0, limit * expected), 0.0),
        "flag": (z > ndtri(0.5 + LIMITS / 2)).astype(float),
    }
    return Answer(data_set.replicate, therapists=pd.DataFrame(table), passed=bool(found.converged))


def overdispersed(observed: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, float]:
    """Return z-scores that allow for overdispersion, shape (J,), and the variance between therapists.

    Parameters
    ----------
    observed, expected
        Numbers of events, shape (J,); expected above 0. The variance is on the scale of the ratio's square root.
    """
    within = 1 / (4 * expected)
    off = np.sqrt(observed / expected) - 1.0
    z = off / np.sqrt(within)
    inner = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    weight = 1 / within
    excess = np.sum(inner**2) - (len(z) - 1)
    between = max(excess / (weight.sum() - np.sum(weight**2) / weight.sum()), 0.0) if len(z) > 1 else 0.0
    return off / np.sqrt(within + between), float(between)


def exact(observed: np.ndarray, expected: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact Poisson interval of each ratio of observed to expected, shape (J,)."""
    tail = (1 - level) / 2
    low = np.where(observed > 0, gammaincinv(np.maximum(observed, 1), tail), 0.0)
    return low / expected, gammaincinv(observed + 1.0, 1 - tail) / expected


answers = one_by_one(_fit)

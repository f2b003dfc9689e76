"""From log odds of therapists to standardised rates, ranks, grades and actions.

A standardised rate is what a therapist's rate would be with all clients of the data. Ranks have confidence sets where
log odds are independent unbiased estimates with standard errors, and credible sets where they are predictions shrunk
towards the mean (`iatrogenesis.inference.answers.rank_sets`); grades and actions take either for the means of
independent normal posteriors.
"""

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.decisions import decided
from iatrogenesis.inference.answers.grades import graded, pairs_of_draws, pairs_of_normals
from iatrogenesis.inference.answers.rank_sets import RankSets, confidence, credible
from iatrogenesis.simulation_study.methods.answer import LEVEL

BLOCK = 4_000_000
DRAWS = 500  # from a distribution of each therapist's rate
PARTS = 200  # equally probable parts of a normal distribution, each stood for by its middle
KNOTS = 100  # of the curve from log odds to rates; for 25 log odds from end to end it is within 1e-5


def standardised(log_odds: np.ndarray, case_mix: np.ndarray) -> np.ndarray:
    """Return the mean rate of all clients at each log odds, shape of `log_odds`.

    Parameters
    ----------
    log_odds
        Of therapists, shape (m,).
    case_mix
        The clients' parts, shape (clients,).
    """
    found, block = np.empty(len(log_odds)), max(1, BLOCK // max(len(case_mix), 1))
    for first in range(0, len(log_odds), block):
        part = log_odds[first : first + block]
        found[first : first + block] = expit(part[:, None] + case_mix).mean(axis=1)
    return found


def normal_table(
    therapist: np.ndarray, log_odds: np.ndarray, se: np.ndarray, case_mix: np.ndarray, replicate: int = 0,
    *, shrunk: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Return the therapists' table of a method whose log odds are about normal; see `Answer.therapists`.

    Parameters
    ----------
    therapist
        Positions among the ids, shape (therapists,).
    log_odds, se
        Of the same therapists.
    case_mix
        The clients' parts, shape (clients,).
    replicate
        Of the data set: which draws the sets of ranks take.
    shrunk
        Whether log odds are predictions of random effects, with conditional SDs.

    Raises
    ------
    DataError
        If an estimate is not finite or a standard error not a positive number.
    """
    reach = ndtri(0.5 + LEVEL / 2) * se
    rate = standardised(log_odds, case_mix)
    return pd.DataFrame(
        {
            "therapist": therapist,
            "score": rate,
            "rate": rate,
            "low": standardised(log_odds - reach, case_mix),
            "high": standardised(log_odds + reach, case_mix),
            "exceeds": ndtr((log_odds - _where(harmful_rate(rate.mean()), case_mix)) / se),
            **ranked(log_odds, se, case_mix, float(rate.mean()), replicate, shrunk=shrunk),
        }
    )


def ranked(
    log_odds: np.ndarray, se: np.ndarray, case_mix: np.ndarray, mean: float, replicate: int = 0,
    *, shrunk: bool = False,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the columns `iatrogenesis.simulation_study.methods.answer.RANKED`.

    Parameters
    ----------
    log_odds, se, case_mix, replicate, shrunk
        As in `normal_table`; without case mix one client whose part is 0.
    mean
        Mean rate of the service's therapists.
    """
    if not np.all(np.isfinite(log_odds) & np.isfinite(se) & (se > 0)):
        raise DataError("A therapist's log odds or their standard error is not a finite number.")
    sets = _predicted(log_odds, se, replicate) if shrunk else confidence(log_odds, se, LEVEL, replicate=replicate)
    middle = ndtri((np.arange(PARTS) + 0.5) / PARTS)[:, None]
    places = log_odds + se * middle
    knots = np.linspace(places.min() - 0.5, places.max() + 0.5, KNOTS)
    rates = CubicSpline(knots, standardised(knots, case_mix))(places)
    return {
        **sets.columns(),
        "grade": graded(pairs_of_normals(log_odds, se)).grade,
        "action": decided(rates, mean),
    }


def _predicted(log_odds: np.ndarray, se: np.ndarray, replicate: int) -> RankSets:
    return credible(log_odds + se * ndtri(uniforms(len(se), replicate)), LEVEL)


def ranked_draws(rates: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns `iatrogenesis.simulation_study.methods.answer.RANKED` from posterior draws.

    Parameters
    ----------
    rates
        Of therapists, shape (draws, therapists).
    """
    grade = graded(pairs_of_draws(rates)).grade
    return {**credible(rates, LEVEL).columns(), "grade": grade, "action": decided(rates)}


def uniforms(therapists: int, replicate: int) -> np.ndarray:
    """Return what a quantile function makes draws for `ranked_draws` of, shape (draws, therapists)."""
    who = {"replicate": replicate, "therapist": np.arange(therapists), "occasion": np.arange(DRAWS)[:, None]}
    return Noise(0).uniform("ranks of predictions", **who)


def smoothed_log_odds(events: np.ndarray, clients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log odds of counts and their standard errors, half a client added on either side; finite for 0 events."""
    worse, others = events + 0.5, clients - events + 0.5
    return np.log(worse / others), np.sqrt(1 / worse + 1 / others)


def _where(rate: float, case_mix: np.ndarray) -> float:
    """Log odds at which the standardised rate is this; infinite where none is."""
    if rate >= 1.0:
        return np.inf
    return brentq(lambda x: expit(x + case_mix).mean() - rate, -30.0 - case_mix.max(), 30.0 - case_mix.min())

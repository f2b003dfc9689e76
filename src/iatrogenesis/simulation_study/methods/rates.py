"""From log odds of therapists to standardised rates: what each one's rate would be with all clients of the data."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.simulation_study.methods.answer import LEVEL

BLOCK = 4_000_000


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


def normal_table(therapist: np.ndarray, log_odds: np.ndarray, se: np.ndarray, case_mix: np.ndarray) -> pd.DataFrame:
    """Return the therapists' table of a method whose log odds are about normal; see `Answer.therapists`."""
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
        }
    )


def _where(rate: float, case_mix: np.ndarray) -> float:
    """Log odds at which the standardised rate is this; infinite where none is."""
    if rate >= 1.0:
        return np.inf
    return brentq(lambda x: expit(x + case_mix).mean() - rate, -30.0 - case_mix.max(), 30.0 - case_mix.min())

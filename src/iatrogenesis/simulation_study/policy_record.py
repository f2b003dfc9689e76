"""What a service can tell of its therapists from its own record: who has more deteriorations than expected.

Nothing here knows the truth. What is measured of the clients of each place enters as an offset: a case-mix model is
fitted to thousands of clients, which makes its coefficients the smallest of the uncertainties. The service estimates

* its level a from the last `RECENT` quarters, whoever worked in them: sum n expit(a + offset) = sum of events;
* the spread between therapists from the records of those in place since they began, by the method of moments, as
  DerSimonian & Laird (1986, 10.1016/0197-2456(86)90046-2) of trials: t = (sum (O - E)^2 / V - (J - 1)) / sum (E^2 / V)
  with V = E (1 - E / n), and 0 if that is negative;
* the ratio of a therapist's rate to the service's by the gamma-Poisson model, whose posterior is
  Gamma(1 / t + O, 1 / t + E).
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit, gammaincc, logit

from iatrogenesis.core.definitions import flagged, harmful_rate

RECENT = 8  # quarters: long enough for some hundred events, short enough to follow a service that changes
STEPS = 5  # of Newton's method, which begins near the root


@dataclass
class Record:
    """Counts of each place, arrays of shape (services, places).

    Attributes
    ----------
    offset
        Measured part of the clients' log odds.
    events, trials
        Deteriorations and clients of the therapist in place, since they began.
    """

    offset: np.ndarray
    events: np.ndarray = field(init=False)
    trials: np.ndarray = field(init=False)
    _recent: deque = field(init=False)

    def __post_init__(self):
        self.events, self.trials = np.zeros_like(self.offset), np.zeros_like(self.offset)
        self._recent = deque(maxlen=RECENT)

    def add(self, events: np.ndarray, clients: np.ndarray) -> None:
        """Count a further quarter."""
        self.events += events
        self.trials += clients
        self._recent.append((events, clients))

    def begin_anew(self, out: np.ndarray) -> None:
        """Forget those who went; the service's own counts stay."""
        self.events[out] = 0.0
        self.trials[out] = 0.0

    def rates(self) -> np.ndarray:
        """Expected rate of each place's clients with an average therapist of this service."""
        events, clients = np.sum(self._recent, axis=0)
        # Half an event more, so that a service without any has log odds.
        share = (events.sum(axis=1) + 0.5) / (clients.sum(axis=1) + 1.0)
        weight = clients / clients.sum(axis=1, keepdims=True)
        level = logit(share)[:, None]
        for _ in range(STEPS):
            rate = expit(level + self.offset)
            slope = (weight * rate * (1 - rate)).sum(axis=1, keepdims=True)
            level = level - ((weight * rate).sum(axis=1, keepdims=True) - share[:, None]) / slope
        return expit(level + self.offset)

    def excess(self) -> np.ndarray:
        """Deteriorations of each therapist beyond those expected, per client; -inf for who has seen nobody yet."""
        known = self.trials > 0
        more = self.events - self.trials * self.rates()
        return np.where(known, more / np.maximum(self.trials, 1.0), -np.inf)

    def raw(self) -> np.ndarray:
        """Share of each therapist's clients who deteriorated; -inf for who has seen nobody yet."""
        return np.where(self.trials > 0, self.events / np.maximum(self.trials, 1.0), -np.inf)

    def probably_harmful(self) -> np.ndarray:
        """Who is flagged as harmful (`iatrogenesis.core.definitions`), bool."""
        rate, known = self.rates(), self.trials > 0
        expected = self.trials * rate
        spread = relative_variance(self.events, expected, expected * (1 - rate))
        prior = 1 / np.maximum(spread, 1e-9)[:, None]  # without spread everybody is as good as average
        ratio = harmful_rate(rate) / rate
        return flagged(gammaincc(prior + self.events, ratio * (prior + expected))) & known


def relative_variance(events: np.ndarray, expected: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Variance of therapists' rates over the expected ones by the method of moments, shape (services,).

    Parameters
    ----------
    events, expected, chance
        Counts, their expectations and binomial variances, shape (services, places); 0 for who has seen nobody.
    """
    known = chance > 0
    by = np.where(known, chance, 1.0)
    surplus = (np.where(known, (events - expected) ** 2, 0.0) / by).sum(axis=1) - np.maximum(known.sum(axis=1) - 1, 0)
    return np.maximum(surplus / np.maximum((expected**2 / by).sum(axis=1), 1e-9), 0.0)

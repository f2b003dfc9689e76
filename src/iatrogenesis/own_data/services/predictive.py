"""Predictive distributions of a period's counts, and how they are scored against what came.

A published count stands for a range (see `counted`), so the log score is the log probability of that range, and PIT is
drawn evenly between the probabilities of being below it and of being at most in it. Intervals and CRPS are of the rate
as published: a suppressed count is taken as 2.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betainc, expit
from scipy.stats import betabinom

from iatrogenesis.core.streams import Noise, derived_seed

LEVELS = {50: (0.25, 0.75), 80: (0.1, 0.9), 95: (0.025, 0.975)}
QUANTILES = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}
LEAST = 1e-12  # probability below which a log score does not fall


@dataclass(frozen=True)
class Mixture:
    """Counts that are binomial given draws of the log odds.

    Attributes
    ----------
    log_odds
        Shape (draws, rows).
    n
        Courses, int, shape (rows,).
    """

    log_odds: np.ndarray
    n: np.ndarray

    @cached_property
    def _rates(self) -> np.ndarray:
        return expit(self.log_odds)

    def at_most(self, count: np.ndarray) -> np.ndarray:
        """Probability of at most so many, shape (rows,)."""
        inner = np.clip(count, 0, np.maximum(self.n - 1, 0))
        found = betainc(self.n - inner, inner + 1.0, 1.0 - self._rates).mean(axis=0)
        return np.where(count < 0, 0.0, np.where(count >= self.n, 1.0, found))

    def draws(self, noise: Noise, name: str) -> np.ndarray:
        """Counts, shape (draws, rows)."""
        return _generator(noise, name).binomial(self.n, self._rates)


@dataclass(frozen=True)
class BetaBinomial:
    """Counts whose rate has a beta distribution with this mean and concentration, arrays of shape (rows,)."""

    mean: np.ndarray
    concentration: np.ndarray
    n: np.ndarray

    @cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        return self.mean * self.concentration, (1.0 - self.mean) * self.concentration

    def at_most(self, count: np.ndarray) -> np.ndarray:
        """Probability of at most so many, shape (rows,)."""
        return np.where(count < 0, 0.0, betabinom.cdf(np.minimum(count, self.n), self.n, *self._parts))

    def draws(self, noise: Noise, name: str) -> np.ndarray:
        """Counts, shape (4000, rows)."""
        generator = _generator(noise, name)
        rates = generator.beta(*self._parts, size=(4000, len(self.n)))
        return generator.binomial(self.n, rates)


Predictive = Mixture | BetaBinomial


def _generator(noise: Noise, name: str) -> np.random.Generator:
    """A generator of NumPy's, for distributions that keyed noise does not have, keyed by seed and name."""
    return np.random.Generator(np.random.Philox(derived_seed(noise.seed, "predictive", name)))


@dataclass(frozen=True)
class Came:
    """What came: courses, the range that the published count stands for, and the count itself; shape (rows,) each."""

    n: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def count(self) -> np.ndarray:
        """The count as published; 2 where suppressed."""
        return np.where(self.low == 5, 5, (self.low + self.high) // 2)


def scores(predictive: Predictive, came: Came, noise: Noise, name: str) -> dict[str, np.ndarray]:
    """Score row by row: coverage of intervals, log score, CRPS of the rate in per cent, PIT.

    Where the forecast was made for another number of courses, it is the rate that is scored, and there is no log score.
    """
    drawn = np.sort(predictive.draws(noise, name), axis=0) / np.maximum(predictive.n, 1)
    rate = came.count / came.n
    found: dict[str, np.ndarray] = {}
    for level, ends in LEVELS.items():
        low, high = np.quantile(drawn, ends, axis=0)
        found[f"covered_{level}"] = (low <= rate) & (rate <= high)
    found["width_80"] = np.quantile(drawn, 0.9, axis=0) - np.quantile(drawn, 0.1, axis=0)
    found["crps"] = 100 * crps(drawn, rate)
    found["error"] = 100 * np.abs(np.median(drawn, axis=0) - rate)
    uniform = noise.uniform(f"pit {name}", client=np.arange(len(rate)))
    if np.array_equal(predictive.n, came.n):
        below, upto = predictive.at_most(came.low - 1), predictive.at_most(came.high)
        found["log_score"] = np.log(np.maximum(upto - below, LEAST))
        found["pit"] = below + uniform * (upto - below)
    else:
        found["log_score"] = np.full(len(rate), np.nan)
        found["pit"] = np.mean(drawn < rate, axis=0) + uniform * np.mean(drawn == rate, axis=0)
    return found


def crps(drawn: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of sorted draws (draws, rows) at values (rows,); less is better.

    E|X - y| - E|X - X'| / 2 (Gneiting & Raftery 2007, 10.1198/016214506000001437), the latter from the order.
    """
    size = len(drawn)
    order = (2.0 * np.arange(1, size + 1) - size - 1)[:, None]
    return np.abs(drawn - value).mean(axis=0) - (order * drawn).sum(axis=0) / size**2

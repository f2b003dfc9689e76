"""Simpler forecasts, each with a predictive distribution as good as its idea allows.

A rule gives each unit a rate from its past. How far counts lie from it the past tells, too: the rule is applied to each
earlier period, and the concentration of a beta-binomial distribution is the one under which the counts that followed
were most probable. What a rule leaves open (how much to shrink) is found in the same way. So a rule knows how wrong it
was; a rule that ignored that would be a straw man.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, logsumexp

from iatrogenesis.own_data.services.counted import Counted, log_choose
from iatrogenesis.own_data.services.predictive import BetaBinomial

RULES = ("pooled rate", "last rate", "rate of all periods", "last rate, shrunk")


@dataclass(frozen=True)
class Past:
    """What a rule sees before a period: counts (suppressed ones as 2) and courses, shape (units, periods so far)."""

    count: np.ndarray
    n: np.ndarray

    @property
    def pooled(self) -> float:
        """Rate of all units in the last period."""
        return float(self.count[:, -1].sum() / self.n[:, -1].sum())

    @property
    def last(self) -> tuple[np.ndarray, np.ndarray]:
        """Count and courses of each unit's last period with data; 0 courses without."""
        at = self.n.shape[1] - 1 - np.argmax(self.n[:, ::-1] > 0, axis=1)
        row = np.arange(len(self.n))
        return self.count[row, at], self.n[row, at]


def _pooled(past: Past, free: np.ndarray) -> np.ndarray:
    return np.full(len(past.n), past.pooled)


def _last(past: Past, free: np.ndarray) -> np.ndarray:
    count, n = past.last
    return (count + 10 * past.pooled) / (n + 10)  # ten courses at the pooled rate, so that no rate is 0


def _all(past: Past, free: np.ndarray) -> np.ndarray:
    return (past.count.sum(axis=1) + 10 * past.pooled) / (past.n.sum(axis=1) + 10)


def _shrunk(past: Past, free: np.ndarray) -> np.ndarray:
    count, n = past.last
    weight = expit(free[0]) * n / (n + np.exp(free[1]))
    return past.pooled + weight * (count / np.maximum(n, 1) - past.pooled)


_MEANS: dict[str, tuple[Callable[[Past, np.ndarray], np.ndarray], tuple[float, ...]]] = {
    "pooled rate": (_pooled, ()),
    "last rate": (_last, ()),
    "rate of all periods": (_all, ()),
    "last rate, shrunk": (_shrunk, (2.0, 5.0)),
}


def predicted(rule: str, data: Counted, n: np.ndarray) -> BetaBinomial:
    """Predict the period after the last by a rule.

    Parameters
    ----------
    rule
        One of `RULES`.
    data
        All units, those without history too (their n is 0 in all periods); at least two periods.
    n
        Courses in the next period, shape (units,).
    """
    mean, free = _MEANS[rule]
    exact = data.as_exact()
    steps = list(range(1, data.n.shape[1]))
    groups = {known: _steps(data, exact, steps, known) for known in (True, False)}
    past = Past(exact.high, exact.n)
    known = (data.n > 0).any(axis=1)
    old = _fitted(mean, free, groups[True])
    new = _fitted(_pooled, (), groups[False]) if _rows(groups[False]) >= 5 else _fitted(_pooled, (), groups[True])
    rate = np.where(known, mean(past, old[1:]), past.pooled)
    return BetaBinomial(rate, np.exp(np.where(known, old[0], new[0])), n)


Step = tuple[Past, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _steps(data: Counted, exact: Counted, steps: list[int], known: bool) -> list[Step]:
    """For each period: what was known before, who has data, and the courses and ranges that came."""
    found = []
    for at in steps:
        before = (data.n[:, :at] > 0).any(axis=1)
        rows = np.flatnonzero((before == known) & (data.n[:, at] > 0))
        if data.n[:, at - 1].any():
            came = (data.n[rows, at], data.low[rows, at], data.high[rows, at])
            found.append((Past(exact.high[:, :at], exact.n[:, :at]), rows, *came))
    return found


def _rows(steps: list[Step]) -> int:
    return sum(len(step[1]) for step in steps)


def _fitted(mean: Callable, free: tuple[float, ...], steps: list[Step]) -> np.ndarray:
    """Log concentration and the rule's own numbers under which what came was most probable."""

    def loss(point: np.ndarray) -> float:
        total = 0.0
        for past, rows, n, low, high in steps:
            rate = np.clip(mean(past, point[1:])[rows], 1e-4, 1 - 1e-4)
            total -= log_range(rate, np.exp(point[0]), n, low, high).sum()
        # A little pull, so that few rows do not send the numbers to infinity.
        return total + 0.5 * np.sum(((point - start) / 3.0) ** 2)

    start = np.array([np.log(300.0), *free])
    return minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3}).x


def log_range(rate: np.ndarray, concentration: float, n: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Log probability that a beta-binomial count lies in a range of at most some values, shape (rows,)."""
    count = low[:, None] + np.arange(int((high - low).max(initial=0)) + 1)
    a, b = (rate * concentration)[:, None], ((1 - rate) * concentration)[:, None]
    inside = np.minimum(count, n[:, None])
    terms = log_choose(n[:, None], inside) + betaln(inside + a, n[:, None] - inside + b) - betaln(a, b)
    return logsumexp(np.where(count <= high[:, None], terms, -np.inf), axis=1)

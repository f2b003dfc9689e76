"""Firth's penalised likelihood with one intercept per therapist, solved so that many therapists cost little.

    log L*(a, b) = log L(a, b) + 1/2 log det I(a, b),   logit p_i = a[therapist_i] + x_i b

A library takes the J dummies as J columns, and time in proportion to J squared. But the information I is diagonal in
the intercepts: with weights w = p (1 - p), and columns centred by the weighted mean of each therapist, its determinant
is that of the product of the sums of w with S = sum of w x~ x~', and a client's leverage is w (1 / sum of w + x~ S^-1
x~'). The equations solved are Firth's (1993, 10.1093/biomet/80.1.27): the score with residual y - p + h (1/2 - p).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from iatrogenesis.core.tables import DataError

STEPS = 60
CLOSE = 1e-7  # squared distance to the maximum in standard errors
HALVINGS = 12
FARTHEST = 2.0  # log odds that a step may move
SEARCHES = 25
ROOT = 1e-3  # how near an interval's end is found, in units of a normal
FIRST, LAST = -40.0, 40.0  # log odds between which a therapist's interval is looked for
SOLVED = 1e-10  # of a therapist's log odds


@dataclass(frozen=True)
class At:
    """The penalised likelihood at one point: value, score by a and by b, and the parts of the information."""

    value: float
    by_a: np.ndarray
    by_b: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    rest: np.ndarray


class Penalised:
    """Clients sorted by therapist.

    Parameters
    ----------
    therapist
        int, shape (n,): position among the J therapists, all of whom have clients.
    events
        0 or 1, shape (n,).
    columns
        float64, shape (n, k); none is constant within therapists.
    """

    def __init__(self, therapist: np.ndarray, events: np.ndarray, columns: np.ndarray):
        order = np.argsort(therapist, kind="stable")
        self.therapist, self.events, self.columns = therapist[order], events[order].astype(float), columns[order]
        self.starts = np.flatnonzero(np.append(True, np.diff(self.therapist) > 0))

    def at(self, a: np.ndarray, b: np.ndarray) -> At:
        """Return the penalised likelihood at intercepts, shape (J,), and coefficients, shape (k,)."""
        log_odds = a[self.therapist] + self.columns @ b
        rate = expit(log_odds)
        weight = rate * (1 - rate)
        total = self._sum(weight)
        means = self._sum(weight[:, None] * self.columns) / total[:, None]
        centred = self.columns - means[self.therapist]
        rest = centred.T @ (centred * weight[:, None])
        sign, log_det = np.linalg.slogdet(rest)
        if sign <= 0:
            raise DataError("the columns vary too little within therapists for their effects to be estimated")
        leverage = weight * (1 / total[self.therapist] + np.sum(centred @ np.linalg.inv(rest) * centred, axis=1))
        residual = self.events - rate + leverage * (0.5 - rate)
        value = self.events @ log_odds - softplus(log_odds).sum() + 0.5 * (np.log(total).sum() + log_det)
        return At(float(value), self._sum(residual), self.columns.T @ residual, total, means, rest)

    def maximum(self, a: np.ndarray, b: np.ndarray, held: int | None = None) -> tuple[np.ndarray, np.ndarray, At, bool]:
        """Return where the penalised likelihood is greatest, starting at a and b.

        Parameters
        ----------
        held
            The coefficient that stays as it is.

        Returns
        -------
        tuple
            a, b, the likelihood there, and whether the search ended at a maximum.
        """
        free = np.array([place for place in range(len(b)) if place != held], dtype=np.int64)
        here = self.at(a, b)
        for _ in range(STEPS):
            step_b = np.zeros(len(b))
            reduced = here.by_b - here.means.T @ here.by_a
            step_b[free] = np.linalg.solve(here.rest[np.ix_(free, free)], reduced[free])
            step_a = here.by_a / here.weights - here.means @ step_b
            far = here.by_a @ step_a + here.by_b[free] @ step_b[free]
            if far < CLOSE:
                return a, b, here, True
            size = min(1.0, FARTHEST / max(np.abs(step_a).max(), np.abs(step_b).max()))
            for _ in range(HALVINGS):
                then = self.at(a + size * step_a, b + size * step_b)
                if then.value > here.value - CLOSE:
                    break
                size /= 2
            a, b, here = a + size * step_a, b + size * step_b, then
        return a, b, here, False

    def interval(self, a: np.ndarray, b: np.ndarray, best: At, place: int, quantile: float) -> tuple[float, float]:
        """Return the profile penalised likelihood interval of one coefficient; NaN where an end was not found."""
        error = np.sqrt(np.linalg.inv(best.rest)[place, place])
        return (
            self._end(a, b, best, place, -quantile, error),
            self._end(a, b, best, place, quantile, error),
        )

    def _end(self, a, b, best: At, place: int, target: float, error: float) -> float:
        """Newton's steps on the signed root of the likelihood ratio, which is almost a straight line."""
        value = b[place] + target * error
        for _ in range(SEARCHES):
            b = np.where(np.arange(len(b)) == place, value, b)
            a, b, here, _ = self.maximum(a, b, held=place)
            root = np.sign(target) * np.sqrt(max(2 * (best.value - here.value), 0.0))
            if abs(root - target) < ROOT:
                return float(value)
            slope = -here.by_b[place] / root if root else 1 / error
            step = (target - root) / slope if slope > 0 else target * error / 2
            value += float(np.clip(step, -2 * abs(target) * error, 2 * abs(target) * error))
        return np.nan

    def of_therapists(self, a: np.ndarray, b: np.ndarray) -> "OfTherapists":
        """Return each therapist's own penalised likelihood, the coefficients being held."""
        return OfTherapists(self, a, self.columns @ b)

    def _sum(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self.starts, axis=0)


class OfTherapists:
    """Each therapist's penalised likelihood in the own log odds alone: all J at once, one number each.

    With the coefficients held, the determinant is a product over therapists, and so is the likelihood.
    """

    def __init__(self, whole: Penalised, a: np.ndarray, explained: np.ndarray):
        self.whole, self.explained = whole, explained
        self.best = self._highest(a)
        self.highest = self._at(self.best)[0]

    def root(self, log_odds: np.ndarray) -> np.ndarray:
        """Signed root of the likelihood ratio at these log odds, shape (J,): about standard normal at the true ones."""
        return self._root(log_odds)[0]

    def end(self, target: float) -> np.ndarray:
        """Log odds at which the root has this value, shape (J,)."""
        low, high = np.full(len(self.best), FIRST), np.full(len(self.best), LAST)
        low, high = (low, self.best) if target < 0 else (self.best, high)
        start = self.best + target / np.sqrt(self._at(self.best)[2])

        def excess(log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            root, slope = self._root(log_odds)
            return root - target, slope

        return solved(excess, low, high, np.clip(start, FIRST, LAST))

    def _highest(self, a: np.ndarray) -> np.ndarray:
        def excess(log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            _, rise, weight = self._at(log_odds)
            return -rise, weight  # of which the penalty is a small part

        return solved(excess, np.full(len(a), FIRST), np.full(len(a), LAST), a)

    def _root(self, log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The root and its derivative."""
        value, rise, _ = self._at(log_odds)
        root = np.sign(log_odds - self.best) * np.sqrt(np.maximum(2 * (self.highest - value), 0.0))
        return root, np.divide(-rise, root, out=np.zeros_like(root), where=root != 0)

    def _at(self, log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Value, derivative and sum of weights, shape (J,) each."""
        odds = log_odds[self.whole.therapist] + self.explained
        log_one = softplus(odds)
        weight = np.exp(odds - 2 * log_one)  # does not vanish far out as rate (1 - rate) does
        rate = np.exp(odds - log_one)
        total = self.whole._sum(weight)
        value = self.whole._sum(self.whole.events * odds - log_one) + 0.5 * np.log(total)
        rise = self.whole._sum(self.whole.events - rate) + 0.5 * self.whole._sum(weight * (1 - 2 * rate)) / total
        return value, rise, total


def softplus(values: np.ndarray) -> np.ndarray:
    """Return log(1 + exp(x)); faster than `numpy.logaddexp`, and as exact."""
    return np.maximum(values, 0.0) + np.log1p(np.exp(-np.abs(values)))


def solved(excess, low: np.ndarray, high: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return where rising functions are 0, by Newton's steps between bounds that close in.

    Parameters
    ----------
    excess
        Returns values and about the slopes, shape (J,) each.
    low, high, start
        Shape (J,).
    """
    here = start
    for _ in range(STEPS):
        value, slope = excess(here)
        low, high = np.where(value < 0, here, low), np.where(value < 0, high, here)
        then = here - np.divide(value, slope, out=np.full_like(value, np.inf), where=slope > 0)
        then = np.where((then >= low) & (then <= high), then, (low + high) / 2)
        if np.abs(then - here).max() < SOLVED:
            return then
        here = then
    return here

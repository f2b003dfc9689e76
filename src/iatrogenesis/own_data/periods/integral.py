"""The likelihood of therapists' counts by period, their stable and drifting effects integrated out.

    L_j(a, g, s, d) = integral of prod_t L_jt(a + x_t g + o_jt + s w, d) Normal(w | 0, 1) dw,
    L_jt(x, d)      = integral of Binomial(y_jt | n_jt, logit^-1(x + d u)) Normal(u | 0, 1) du

It is the nested integral of `iatrogenesis.inference.engines.collapsed.nested`, therapists taking the place of services
and their periods that of therapists, with log odds that differ from cell to cell: periods have coefficients, and o_jt
is what case mix leads to expect.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numba import njit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.engines.collapsed.integrals import Integrals, Integrated
from iatrogenesis.inference.engines.collapsed.marginal import FARTHEST_STEP, NEWTON_STEPS, rule
from iatrogenesis.inference.engines.collapsed.nested import NEAR, _therapist
from iatrogenesis.inference.engines.collapsed.whitened import Draws

ENOUGH = 5.0 * NEAR  # of the spread: the inner integrals allow for no more


@njit(cache=True)
def _integrate(points, log_weights, events, trials, starts, odds, stable_sd, drift_sd, value) -> None:
    """Write each therapist's log integral, (J, draws); odds has the shape (draws, cells)."""
    terms, inner, moments = np.empty(points.size), np.empty(points.size), np.empty(2)
    for b in range(stable_sd.size):
        at, s, d = odds[b], stable_sd[b], drift_sd[b]
        for j in range(starts.size - 1):
            w, width, most = 0.0, 1.0, FARTHEST_STEP / max(s, 1.0)
            for _ in range(NEWTON_STEPS):
                slope, curve = -w, 1.0
                for c in range(starts[j], starts[j + 1]):
                    _therapist(events[c], trials[c], at[c] + s * w, d, points, log_weights, inner, moments)
                    slope += s * moments[0]
                    curve += s * s * max(moments[1], 0.0)
                step = slope / curve
                w += min(max(step, -most), most)
                width = 1.0 / np.sqrt(curve)
                if abs(step) < ENOUGH * width:
                    break
            for k in range(points.size):
                z = w + width * points[k]
                total = log_weights[k] - 0.5 * z * z
                for c in range(starts[j], starts[j + 1]):
                    total += _therapist(events[c], trials[c], at[c] + s * z, d, points, log_weights, inner, moments)
                terms[k] = total
            highest = terms.max()
            value[j, b] = highest + np.log(np.exp(terms - highest).sum()) + np.log(width)


@dataclass(frozen=True)
class ByPeriod(Integrated):
    """Counts by therapist and period.

    Attributes
    ----------
    events, trials, offset
        Of each cell with courses, sorted by therapist, float64, shape (cells,); the offset is in log odds.
    design
        The periods' columns, shape (cells, k).
    starts
        First of each therapist's cells and the number of all, int64, shape (J + 1,).
    """

    LOCATIONS: ClassVar = ("intercept", "coefficients")

    events: np.ndarray
    trials: np.ndarray
    offset: np.ndarray
    design: np.ndarray
    starts: np.ndarray

    def start(self) -> Draws:
        """The pooled rate, and spreads as they usually are."""
        rate = (self.events.sum() + 0.5) / (self.trials.sum() + 1.0)
        return {"intercept": np.log(rate / (1 - rate)), "stable_sd": np.asarray(0.3), "drift_sd": np.asarray(0.2)}

    def intercept(self, point: Draws) -> tuple[np.ndarray, np.ndarray]:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`."""
        between = point["stable_sd"] ** 2 / (len(self.starts) - 1) + point["drift_sd"] ** 2 / len(self.events)
        return np.zeros_like(between), between + 1.0 / max(self.events.sum(), 1.0)

    def integrals(self, point: Draws, nodes: int, noise: Noise | None = None) -> Integrals:
        """See `Integrated`; one value per therapist, and no effects are drawn."""
        by, value = rule(nodes), np.empty((len(self.starts) - 1, len(point["intercept"])))
        odds = point["intercept"][:, None] + point["coefficients"] @ self.design.T + self.offset
        spreads = (point["stable_sd"], point["drift_sd"])
        _integrate(by.points, by.log_weights, self.events, self.trials, self.starts, odds, *spreads, value)
        return Integrals(value)

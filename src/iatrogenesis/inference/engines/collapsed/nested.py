"""Two levels: therapists integrated out given their service's effect, and the service's effect around its own mode.

    L_s(a, v, t) = integral of prod_{j in s} L_j(a + v w, t) Normal(w | 0, 1) dw,
    L_j(x, t)    = integral of p(y_j | x + t u) Normal(u | 0, 1) du

Both by adaptive Gauss-Hermite quadrature. log L_j is concave in x (the marginal of a log-concave function), so Newton's
steps find the service's mode; its slope and curvature come from the therapist's own nodes (Louis 1982,
10.1111/j.2517-6161.1982.tb01203.x).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numba import njit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.integrals import Integrals, Integrated
from iatrogenesis.inference.engines.collapsed.marginal import BLOCK, FARTHEST_STEP, NEWTON_STEPS, close, integrate, rule
from iatrogenesis.inference.engines.collapsed.whitened import Draws
from iatrogenesis.inference.engines.exponential import FARTHEST

NEAR = 0.02  # of the spread: after such a step of Newton's, the quadrature minds nothing


@njit(cache=True)
def _therapist(events, trials, at, sd, points, log_weights, terms, moments):
    """Log L_j at one log odds without effects; its slope and curvature go into `moments`."""
    u, spread, most = 0.0, 1.0, FARTHEST_STEP / max(sd, 1.0)
    for _ in range(NEWTON_STEPS):
        rate = 1.0 / (1.0 + np.exp(-(at + sd * u)))
        curve = 1.0 + sd * sd * trials * rate * (1.0 - rate)
        step = (sd * (events - trials * rate) - u) / curve
        u += min(max(step, -most), most)
        spread = 1.0 / np.sqrt(curve)
        if abs(step) < NEAR * spread:
            break
    highest = -np.inf
    for k in range(points.size):
        z = u + spread * points[k]
        x = at + sd * z
        terms[k] = events * x - trials * (max(x, 0.0) + np.log1p(np.exp(-abs(x)))) + log_weights[k] - 0.5 * z * z
        highest = max(highest, terms[k])
    total, slope, square, curve = 0.0, 0.0, 0.0, 0.0
    for k in range(points.size):
        rate = 1.0 / (1.0 + np.exp(-(at + sd * (u + spread * points[k]))))
        weight, score = np.exp(terms[k] - highest), events - trials * rate
        total += weight
        slope += weight * score
        square += weight * score * score
        curve += weight * trials * rate * (1.0 - rate)
    slope /= total
    moments[0] = slope
    moments[1] = curve / total - square / total + slope * slope
    return highest + np.log(total) + np.log(spread)


@njit(cache=True)
def _services(
    points, log_weights, interpolation, at_grid, events, trials, starts, intercept, service_sd, therapist_sd, uniforms,
    value, standard,
) -> None:  # fmt: skip
    """Log integral of each service, (S, draws), and its standardised effect where `uniforms` are given."""
    nodes, draws = points.size, intercept.size
    terms, inner, moments = np.empty((nodes, draws)), np.empty(nodes), np.empty(2)
    centre, spread = np.empty(draws), np.empty(draws)
    for s in range(starts.size - 1):
        for b in range(draws):
            a, v, t = intercept[b], service_sd[b], therapist_sd[b]
            w, width, most = 0.0, 1.0, FARTHEST_STEP / max(v, 1.0)
            for _ in range(NEWTON_STEPS):
                slope, curve = -w, 1.0
                for j in range(starts[s], starts[s + 1]):
                    _therapist(events[j], trials[j], a + v * w, t, points, log_weights, inner, moments)
                    slope += v * moments[0]
                    curve += v * v * max(moments[1], 0.0)
                step = slope / curve
                w += min(max(step, -most), most)
                width = 1.0 / np.sqrt(curve)
                if abs(step) < NEAR * width * 5.0:
                    break
            centre[b], spread[b] = w, width
            for k in range(nodes):
                z = w + width * points[k]
                total = log_weights[k] - 0.5 * z * z
                for j in range(starts[s], starts[s + 1]):
                    total += _therapist(events[j], trials[j], a + v * z, t, points, log_weights, inner, moments)
                terms[k, b] = total
        close(terms, points, log_weights, interpolation, at_grid, centre, spread, uniforms, value, standard, s)


@dataclass(frozen=True)
class Nested(Integrated):
    """Counts of therapists within services.

    Attributes
    ----------
    events, trials
        Of each therapist with clients, sorted by service, float64, shape (J_seen,).
    seen
        Their positions among all therapists.
    starts
        First of each service's therapists and the number of all, shape (S + 1,); services without clients have none.
    service
        Service of every therapist, shape (J,).
    """

    LOCATIONS: ClassVar = ("intercept",)

    events: np.ndarray
    trials: np.ndarray
    seen: np.ndarray
    starts: np.ndarray
    service: np.ndarray

    @classmethod
    def of(cls, data: OutcomeData) -> "Nested":
        """Sort checked data.

        Raises
        ------
        DataError
            If the services are not given.
        """
        if not data.service_ids:
            raise DataError(f"{data.dataset}: the service model needs services. Build the data with service.prepare.")
        seen = np.flatnonzero(data.clients)
        seen = seen[np.argsort(data.service[seen], kind="stable")]
        starts = np.searchsorted(data.service[seen], np.arange(len(data.service_ids) + 1))
        events, trials = (values[seen].astype(float) for values in (data.events, data.clients))
        return cls(events, trials, seen, starts.astype(np.int64), data.service)

    def start(self) -> Draws:
        """The pooled rate, and spreads as they usually are."""
        rate = (self.events.sum() + 0.5) / (self.trials.sum() + 1.0)
        return {"intercept": np.log(rate / (1 - rate)), "service_sd": np.asarray(0.2), "therapist_sd": np.asarray(0.4)}

    def intercept(self, point: Draws) -> tuple[np.ndarray, np.ndarray]:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`."""
        between = point["therapist_sd"] ** 2 / len(self.seen) + point["service_sd"] ** 2 / (len(self.starts) - 1)
        return np.zeros_like(between), between + 1.0 / max(self.events.sum(), 1.0)

    def integrals(self, point: Draws, nodes: int, noise: Noise | None = None) -> Integrals:
        """See `Integrated`; one value per service."""
        draws, services, by = len(point["intercept"]), len(self.starts) - 1, rule(nodes)
        quadrature = (by.points, by.log_weights, by.interpolation, by.at)
        uniforms = np.zeros((0, 0))
        if noise is not None:
            uniforms = noise.uniform("service", therapist=np.arange(services)[:, None], client=np.arange(draws))
        value, standard = np.empty((services, draws)), np.empty((services, draws))
        spreads = (point["service_sd"], point["therapist_sd"])
        _services(
            *quadrature, self.events, self.trials, self.starts, point["intercept"], *spreads, uniforms, value, standard
        )
        if noise is None:
            return Integrals(value)
        effect = point["service_sd"] * standard
        return Integrals(value, {"service_effect": effect, "therapist_effect": self._drawn(point, effect, by, noise)})

    def _drawn(self, point: Draws, service_effect: np.ndarray, by, noise: Noise) -> np.ndarray:
        """Therapists' effects given their services', shape (J, draws)."""
        seen, draws = len(self.seen), len(point["intercept"])
        who = {"client": np.arange(draws)}
        uniforms = noise.uniform("effect", therapist=self.seen[:, None], **who)
        eta = np.clip(point["intercept"] + service_effect[self.service[self.seen]], -FARTHEST, FARTHEST)
        odds, value, drawn = np.exp(eta), np.empty((seen, draws)), np.empty((seen, draws))
        starts, guess = np.arange(seen + 1), np.zeros((2, seen))
        quadrature, rows = (by.points, by.log_weights, by.interpolation, by.at), (self.events, self.trials)
        for first in range(0, draws, BLOCK):
            part = slice(first, first + BLOCK)
            some = [np.ascontiguousarray(one[:, part]) for one in (eta, odds, uniforms, value, drawn)]
            sd = point["therapist_sd"][part]
            integrate(*quadrature, *rows, False, starts, some[0], some[1], sd, guess, some[2], some[3], some[4])
            drawn[:, part] = some[4]
        # The data say nothing of therapists without clients: they are drawn from the population.
        everybody = np.arange(len(self.service))[:, None]
        effects = point["therapist_sd"] * noise.normal("unseen", therapist=everybody, **who)
        effects[self.seen] = drawn
        return effects

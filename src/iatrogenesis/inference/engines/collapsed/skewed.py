"""Each therapist's integral where effects are skewed: a standard normal, bent, times the therapist SD.

    L_j(beta, s, g) = integral of prod_i p(y_i | x_i beta + s h_g(z)) Normal(z | 0, 1) dz
    h_g(z) = (exp(g z - g^2 / 2) - 1) / (g c),   c = sqrt((exp(g^2) - 1) / g^2)

h has mean 0 and variance 1 at any g, and is z itself at g = 0. The variable that is integrated over stays normal: so
the same quadrature serves, around the mode in z.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numba import njit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.integrals import Integrals, Integrated
from iatrogenesis.inference.engines.collapsed.marginal import (
    FARTHEST_STEP,
    HIGHEST,
    NEWTON_STEPS,
    _log_denominator,
    close,
    rule,
)
from iatrogenesis.inference.engines.collapsed.rows import Rows
from iatrogenesis.inference.engines.collapsed.whitened import Draws
from iatrogenesis.inference.engines.exponential import FARTHEST, exp
from iatrogenesis.inference.models.skewed import bent

NEAR = 0.2  # of the spread around the mode: after such a step the quadrature minds little
LEAST = 0.4  # of the curvature without bending that is taken for it at least: beyond, the density is no hill in z


@njit(inline="always")
def _shift(z, scale, g):
    return min(max(scale * (exp(g * z - 0.5 * g * g) - 1.0), -FARTHEST), FARTHEST)


@njit(cache=True)
def _mode(events, trials, odds, scale, g, first, last, u, spread, slope, curve, factor):
    """Newton's steps towards each draw's mode of one therapist, from `u`; `spread` becomes the width there."""
    block = u.size
    total = 0.0
    for i in range(first, last):
        total += events[i]
    for _ in range(NEWTON_STEPS):
        for b in range(block):
            slope[b] = total
            curve[b] = 0.0
            factor[b] = exp(_shift(u[b], scale[b], g[b]))
        for i in range(first, last):
            n, row = trials[i], odds[i]
            for b in range(block):
                with_effect = row[b] * factor[b]
                rate = with_effect / (1.0 + with_effect)
                slope[b] -= n * rate
                curve[b] += n * rate * (1.0 - rate)
        farthest = 0.0
        for b in range(block):
            tangent = scale[b] * g[b] * exp(g[b] * u[b] - 0.5 * g[b] * g[b])
            plain = 1.0 + tangent * tangent * curve[b]
            bend = slope[b] * g[b] * tangent
            step = (slope[b] * tangent - u[b]) / (plain + max(-bend, 0.0))
            most = FARTHEST_STEP / max(tangent, 1.0)
            u[b] += min(max(step, -most), most)
            spread[b] = 1.0 / np.sqrt(max(plain - bend, LEAST * plain))
            farthest = max(farthest, abs(step) / spread[b])
        if farthest < NEAR:
            break


@njit(cache=True)
def _integrate(
    points, log_weights, interpolation, at_grid, events, trials, single, starts, eta, odds, scale, g, start, uniforms,
    value, standard,
) -> None:  # fmt: skip
    """Write log integrals and, by uniforms, standard normals; as `marginal.integrate`, `start` in z of shape (J,)."""
    block, nodes = scale.size, points.size
    u, spread, slope, curve = np.empty(block), np.empty(block), np.empty(block), np.empty(block)
    factor, product, fixed = np.empty(block), np.empty(block), np.empty(block)
    shift, terms = np.empty(block), np.empty((nodes, block))
    for j in range(starts.size - 1):
        first, last = starts[j], starts[j + 1]
        happened, largest = 0.0, 0.0
        for b in range(block):
            u[b] = start[j]
            fixed[b] = 0.0
        for i in range(first, last):
            y, row = events[i], odds[i]
            for b in range(block):
                largest = max(largest, row[b])
            if y != 0.0:
                happened += y
                for b in range(block):
                    fixed[b] += y * eta[i, b]
        _mode(events, trials, odds, scale, g, first, last, u, spread, slope, curve, factor)
        for k in range(nodes):
            farthest = 0.0
            for b in range(block):
                shift[b] = _shift(u[b] + spread[b] * points[k], scale[b], g[b])
                farthest = max(farthest, shift[b])
                factor[b] = exp(shift[b])
            together = int(HIGHEST / np.log(2.0 + largest * np.exp(farthest)))
            _log_denominator(trials, single, odds, factor, first, last, together, terms[k], product)
            for b in range(block):
                at = u[b] + spread[b] * points[k]
                terms[k, b] = fixed[b] + happened * shift[b] - terms[k, b] + log_weights[k] - 0.5 * at * at
        close(terms, points, log_weights, interpolation, at_grid, u, spread, uniforms, value, standard, j)


@dataclass(frozen=True)
class Skewed(Integrated):
    """Clients with covariates, whose therapists' effects are skewed."""

    LOCATIONS: ClassVar = ("intercept", "coefficients")

    rows: Rows

    @classmethod
    def of(cls, data: OutcomeData) -> "Skewed":
        """Sort checked data."""
        return cls(Rows.of(data))

    def start(self) -> Draws:
        """The pooled rate, and a therapist SD as it usually is."""
        return self.rows.start()

    def intercept(self, point: Draws) -> tuple[np.ndarray, np.ndarray]:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`."""
        return np.zeros_like(point["therapist_sd"]), self.rows.variance(point["therapist_sd"] ** 2)

    def integrals(self, point: Draws, nodes: int, noise: Noise | None = None) -> Integrals:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`; one value per therapist."""
        rows, by = self.rows, rule(nodes)
        quadrature = (by.points, by.log_weights, by.interpolation, by.at)
        skew = np.where(np.abs(point["therapist_skew"]) < 1e-8, 1e-8, point["therapist_skew"])
        scale = point["therapist_sd"] / (skew * np.sqrt(np.expm1(skew**2) / skew**2))
        uniforms = rows.uniforms(noise, len(skew))
        value, standard = rows.empty(len(skew)), rows.empty(len(skew))
        for part, eta, odds in rows.blocks(rows.beta(point)):
            some = [np.ascontiguousarray(one[:, part]) for one in (uniforms, value, standard)]
            _integrate(
                *quadrature, rows.events, rows.trials, rows.single, rows.starts, eta, odds, scale[part], skew[part],
                rows.guess, *some,
            )  # fmt: skip
            value[:, part], standard[:, part] = some[1:]
        if noise is None:
            return Integrals(value)
        everybody = rows.everybody(standard, noise)
        return Integrals(value, {"therapist_effect": point["therapist_sd"] * bent(everybody, point["therapist_skew"])})

"""Each therapist's integral where traits are rated with error: an own spread of each therapist, a rest of each client.

    L_j = integral of prod_i F(y_i | a_ij + s_j u) Normal(u | 0, 1) du,
    F(1 | x) = sum_m w_m / (1 + exp(-(x + r p_m)))

`models.measurement` says where a, s and r come from. The inner sum over a client's own rest has five nodes that lie
symmetrically, so with o = e^x and c_m = e^(r p_m) + e^(-r p_m)

    1 - F = w_0 / (1 + o) + sum_{m = 1, 2} w_m (2 + c_m o) / (1 + c_m o + o^2):

one fraction without a further exponential, and the likelihood is a product of such fractions.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numba import njit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.engines.collapsed.integrals import Integrals, Integrated
from iatrogenesis.inference.engines.collapsed.marginal import FARTHEST_STEP, NEWTON_STEPS, close, rule
from iatrogenesis.inference.engines.collapsed.rows import Rows
from iatrogenesis.inference.engines.collapsed.whitened import Draws
from iatrogenesis.inference.engines.exponential import FARTHEST, exp
from iatrogenesis.inference.models.measurement import NODES, RatedData, Ratings

NEAR = 0.3  # of the spread around the mode: after such a step little is left, and the quadrature minds little
TOGETHER = 8  # fractions that are multiplied before the logarithm is taken: none is below e^-80
POINTS, WEIGHTS = np.polynomial.hermite.hermgauss(NODES)
MIDDLE, INNER, OUTER = (WEIGHTS[NODES // 2 :] / np.sqrt(np.pi)).tolist()
INNER_AT, OUTER_AT = (np.sqrt(2.0) * POINTS[NODES // 2 + 1 :]).tolist()


@njit(inline="always")
def _spared(o, c1, c2):
    """1 - F, with one division."""
    a0, a1, a2 = 1.0 + o, 1.0 + o * (c1 + o), 1.0 + o * (c2 + o)
    over = MIDDLE * a1 * a2 + a0 * (INNER * (2.0 + c1 * o) * a2 + OUTER * (2.0 + c2 * o) * a1)
    return over / (a0 * a1 * a2)


@njit(inline="always")
def _worse(o, c1, c2):
    """F, with one division."""
    a0, a1, a2 = 1.0 + o, 1.0 + o * (c1 + o), 1.0 + o * (c2 + o)
    over = MIDDLE * a1 * a2 + a0 * (INNER * (c1 + 2.0 * o) * a2 + OUTER * (c2 + 2.0 * o) * a1)
    return o * over / (a0 * a1 * a2)


@njit(cache=True)
def _mode(events, odds, sd, c1, c2, first, last, u, spread, slope, curve, factor):
    """Steps towards each draw's mode, from `u`, as if F had the slope of a logistic curve: near enough for nodes."""
    block = u.size
    for _ in range(NEWTON_STEPS):
        for b in range(block):
            slope[b] = 0.0
            curve[b] = 0.0
            factor[b] = exp(sd[b] * u[b])
        for i in range(first, last):
            y, row = events[i], odds[i]
            for b in range(block):
                rate = 1.0 - _spared(row[b] * factor[b], c1[b], c2[b])
                slope[b] += y - rate
                curve[b] += rate * (1.0 - rate)
        farthest = 0.0
        for b in range(block):
            width = 1.0 + sd[b] * sd[b] * curve[b]
            step = (sd[b] * slope[b] - u[b]) / width
            most = FARTHEST_STEP / max(sd[b], 1.0)
            u[b] += min(max(step, -most), most)
            spread[b] = 1.0 / np.sqrt(width)
            farthest = max(farthest, abs(step) / spread[b])
        if farthest < NEAR:
            break


@njit(cache=True)
def _log_likelihood(events, odds, factor, c1, c2, first, last, out, product):
    """Sum of log F(y_i) over one therapist's rows, for each draw of the block."""
    block = factor.size
    for b in range(block):
        out[b] = 0.0
        product[b] = 1.0
    count = 0
    for i in range(first, last):
        row = odds[i]
        if events[i] == 0.0:
            for b in range(block):
                product[b] *= _spared(row[b] * factor[b], c1[b], c2[b])
        else:
            for b in range(block):
                product[b] *= _worse(row[b] * factor[b], c1[b], c2[b])
        count += 1
        if count == TOGETHER or i == last - 1:
            count = 0
            for b in range(block):
                out[b] += np.log(product[b])
                product[b] = 1.0


@njit(cache=True)
def _integrate(
    points, log_weights, interpolation, at_grid, events, starts, odds, sds, c1, c2, uniforms, value, standard
) -> None:  # fmt: skip
    """Write log integrals and, by uniforms, standard normals; as `marginal.integrate`, with `sds` (J, block)."""
    block, nodes = c1.size, points.size
    u, spread, slope, curve = np.empty(block), np.empty(block), np.empty(block), np.empty(block)
    factor, product, terms = np.empty(block), np.empty(block), np.empty((nodes, block))
    for j in range(starts.size - 1):
        first, last, sd = starts[j], starts[j + 1], sds[j]
        u[:] = 0.0
        _mode(events, odds, sd, c1, c2, first, last, u, spread, slope, curve, factor)
        for k in range(nodes):
            for b in range(block):
                at = u[b] + spread[b] * points[k]
                factor[b] = exp(min(max(sd[b] * at, -FARTHEST), FARTHEST))
            _log_likelihood(events, odds, factor, c1, c2, first, last, terms[k], product)
            for b in range(block):
                at = u[b] + spread[b] * points[k]
                terms[k, b] += log_weights[k] - 0.5 * at * at
        close(terms, points, log_weights, interpolation, at_grid, u, spread, uniforms, value, standard, j)


@dataclass(frozen=True)
class Rated(Integrated):
    """Clients with covariates and ratings.

    Attributes
    ----------
    rows
        Outcomes and covariates.
    design
        Of the rows: ones, covariates, ratings; shape (rows, k + 1 + traits).
    ratings
        What the ratings say of the traits.
    """

    LOCATIONS: ClassVar = ("intercept", "coefficients", "trait_coefficients", "trait_mean")

    rows: Rows
    design: np.ndarray
    ratings: Ratings

    @classmethod
    def of(cls, data: RatedData) -> "Rated":
        """Sort checked data; every therapist has clients."""
        rows = Rows.of(data.people)
        return cls(rows, np.ascontiguousarray(np.column_stack([rows.design, data.ratings[rows.order]])), data.summary())

    def start(self) -> Draws:
        """The pooled rate, and traits as the ratings have them."""
        return {**self.rows.start(), **self.ratings.start()}

    def intercept(self, point: Draws) -> tuple[np.ndarray, np.ndarray]:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`."""
        return np.zeros_like(point["therapist_sd"]), self.rows.variance(point["therapist_sd"] ** 2)

    def integrals(self, point: Draws, nodes: int, noise: Noise | None = None) -> Integrals:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`; one value per therapist.

        The density of the ratings is shared among the therapists: that of their means to each, the rest evenly.
        """
        rows, by = self.rows, rule(nodes)
        quadrature = (by.points, by.log_weights, by.interpolation, by.at)
        found = self.ratings.given(point)
        beta = rows.beta(point)
        beta = np.concatenate([beta[:, :1] + found.intercept[:, None], beta[:, 1:], found.own], axis=1)
        sds = np.sqrt(point["therapist_sd"] ** 2 + found.unknown.T)
        root = np.sqrt(found.rest + 1e-12)
        c1, c2 = (np.exp(root * at) + np.exp(-root * at) for at in (INNER_AT, OUTER_AT))
        draws = len(root)
        uniforms, value, standard = rows.uniforms(noise, draws), rows.empty(draws), rows.empty(draws)
        for part, _, odds in rows.blocks(beta, found.shared.T, self.design):
            some = [np.ascontiguousarray(one[:, part]) for one in (sds, uniforms, value, standard)]
            _integrate(*quadrature, rows.events, rows.starts, odds, some[0], c1[part], c2[part], *some[1:])
            value[:, part], standard[:, part] = some[2:]
        value = value + found.log_density.T
        return Integrals(value, None if noise is None else {"therapist_effect": sds * standard})

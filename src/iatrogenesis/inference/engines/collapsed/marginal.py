"""Each therapist's integral, for a block of parameter draws at a time.

    L_j(beta, s) = integral of prod_i p(y_i | x_i beta + s u) Normal(u | 0, 1) du

by adaptive Gauss-Hermite quadrature around the mode (Pinheiro & Bates 1995, 10.1080/10618600.1995.10474663). Three
things make it fast. Loops over draws are innermost, so that the compiler handles several at once. A client's odds with
an effect are the odds without it times a factor of the therapist's, so that the exponential is taken once per client
and draw, and not once per node. And the sum of log(1 + odds) is the logarithm of a running product.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit

from iatrogenesis.inference.engines.exponential import FARTHEST, exp

NODES = (7, 11, 15, 21)  # from few to many, until the integrals do not change any more
NEWTON_STEPS = 30  # at most; two or three do where the data say much
FARTHEST_STEP = 2.0  # in log odds
NEAR = 0.3  # of the spread around the mode: after such a step little is left, and the quadrature minds little
BLOCK = 64  # draws at a time: their odds stay in the fastest memory
HIGHEST = 600.0  # logarithm of a product that is still a finite double
GRID = 48  # points of a therapist's distribution function
REACH = 4.2  # in SDs around the mode: not beyond the outermost nodes by much, where the polynomial would turn
AT = np.linspace(-REACH, REACH, GRID)


@dataclass(frozen=True)
class Rule:
    """Gauss-Hermite quadrature around a normal: nodes in its SDs, logarithms of their weights.

    ``interpolation`` turns values at the nodes into the coefficients of the polynomial through them, in units of the
    outermost node; ``at`` are the points of a distribution function in the same units.
    """

    points: np.ndarray
    log_weights: np.ndarray
    interpolation: np.ndarray
    at: np.ndarray


@cache
def rule(nodes: int) -> Rule:
    """Return the rule of so many nodes."""
    points, weights = np.polynomial.hermite.hermgauss(nodes)
    log_weights = np.log(weights) + points**2 + 0.5 * np.log(2.0) - 0.5 * np.log(2.0 * np.pi)
    points = np.sqrt(2.0) * points
    interpolation = np.linalg.inv(np.vander(points / points[-1], nodes, increasing=True))
    return Rule(points, log_weights, np.ascontiguousarray(interpolation), AT / points[-1])


@njit(cache=True)
def _mode(events, trials, odds, sd, first, last, u, spread, slope, curve, factor):
    """Newton steps towards each draw's mode of one therapist, from `u`; `spread` becomes the SD of the normal there."""
    block = u.size
    total = 0.0
    for i in range(first, last):
        total += events[i]
    for _ in range(NEWTON_STEPS):
        for b in range(block):
            slope[b] = total
            curve[b] = 0.0
            factor[b] = exp(sd[b] * u[b])
        for i in range(first, last):
            n, row = trials[i], odds[i]
            for b in range(block):
                with_effect = row[b] * factor[b]
                rate = with_effect / (1.0 + with_effect)
                slope[b] -= n * rate
                curve[b] += n * rate * (1.0 - rate)
        farthest = 0.0
        for b in range(block):
            curve[b] = 1.0 + sd[b] * sd[b] * curve[b]
            step = (sd[b] * slope[b] - u[b]) / curve[b]
            most = FARTHEST_STEP / max(sd[b], 1.0)  # from far, a curve that is flat there would send it too far
            u[b] += min(max(step, -most), most)
            spread[b] = 1.0 / np.sqrt(curve[b])
            farthest = max(farthest, abs(step) / spread[b])
        if farthest < NEAR:
            break


@njit(cache=True)
def _log_denominator(trials, single, odds, factor, first, last, terms, out, product):
    """Sum over one therapist's rows of trials log(1 + odds factor), for each draw of the block.

    ``terms``: how many factors a running product of them can take.
    """
    block = factor.size
    for b in range(block):
        out[b] = 0.0
        product[b] = 1.0
    count = 0
    for i in range(first, last):
        n, row = trials[i], odds[i]
        if single:
            for b in range(block):
                product[b] *= 1.0 + row[b] * factor[b]
            count += 1
            if count == terms:
                count = 0
                for b in range(block):
                    out[b] += np.log(product[b])
                    product[b] = 1.0
        else:
            for b in range(block):
                out[b] += n * np.log(1.0 + row[b] * factor[b])
    if count:
        for b in range(block):
            out[b] += np.log(product[b])


@njit(cache=True)
def _draw(log_density, interpolation, at, coefficients, density, uniform):
    """Draw from a density given at the nodes: exp(-x^2/2) times the exponential of a polynomial through the rest."""
    nodes = log_density.size
    for k in range(nodes):
        coefficients[k] = 0.0
        for m in range(nodes):
            coefficients[k] += interpolation[k, m] * log_density[m]
    for g in range(GRID):
        density[g] = coefficients[nodes - 1]
    for k in range(nodes - 2, -1, -1):
        for g in range(GRID):
            density[g] = density[g] * at[g] + coefficients[k]
    for g in range(GRID):
        density[g] = exp(density[g] - 0.5 * AT[g] * AT[g])
    total = 0.5 * (density[0] + density[GRID - 1])
    for g in range(1, GRID - 1):
        total += density[g]
    target, g = uniform * total, 0
    while g < GRID - 2 and target > 0.5 * (density[g] + density[g + 1]):
        target -= 0.5 * (density[g] + density[g + 1])
        g += 1
    share = target / max(0.5 * (density[g] + density[g + 1]), 1e-300)
    return AT[g] + min(share, 1.0) * (AT[1] - AT[0])


@njit(cache=True)
def close(
    terms, points, log_weights, interpolation, at_grid, centre, spread, uniforms, value, standard, j
) -> None:  # fmt: skip
    """Sum one therapist's terms over the nodes into row `j` of `value`, and draw the variable that is integrated over.

    Parameters
    ----------
    terms
        Log of likelihood, standard normal density and weight at each node, shape (nodes, block).
    points, log_weights, interpolation, at_grid
        Of a `Rule`.
    centre, spread
        Of the nodes, shape (block,).
    uniforms
        Shape (J, block) to draw by, or (0, 0).
    value, standard
        Shape (J, block): the log integral, and the draw.
    """
    nodes, block = terms.shape
    rest, coefficients, density = np.empty(nodes), np.empty(nodes), np.empty(GRID)
    for b in range(block):
        highest = terms[0, b]
        for k in range(1, nodes):
            highest = max(highest, terms[k, b])
        total = 0.0
        for k in range(nodes):
            total += np.exp(terms[k, b] - highest)
        value[j, b] = highest + np.log(total) + np.log(spread[b])
        if uniforms.shape[0]:
            for k in range(nodes):
                rest[k] = terms[k, b] - log_weights[k] + 0.5 * points[k] * points[k] - highest
            drawn = _draw(rest, interpolation, at_grid, coefficients, density, uniforms[j, b])
            standard[j, b] = centre[b] + spread[b] * drawn


@njit(cache=True)
def integrate(
    points, log_weights, interpolation, at_grid, events, trials, single, starts, eta, odds, sd, guess, uniforms, value,
    effects,
) -> None:  # fmt: skip
    """Write every therapist's log integral to `value`, shape (J, block), and draw effects where `uniforms` are given.

    Parameters
    ----------
    points, log_weights, interpolation, at_grid
        Of a `Rule`.
    events, trials
        float64, shape (rows,), sorted by therapist.
    single
        Whether all trials are 1.
    starts
        First row of each therapist and the number of rows, shape (J + 1,).
    eta, odds
        Log odds without therapists, within `FARTHEST`, and their exponential, shape (rows, block).
    sd
        Therapist SD of each draw, shape (block,).
    guess
        Each therapist's log-likelihood as a parabola in the effect, slope at 0 and curvature, shape (2, J): the search
        for the mode begins where it puts it.
    uniforms
        Shape (J, block) to draw effects, or (0, 0).
    effects
        Shape (J, block): filled with effects in log odds where uniforms are given.
    """
    # long: the fastest loop of the engine, compiled, whose steps share their arrays; `_mode`, `_log_denominator` and
    # `_draw` are what could be taken out
    block, nodes = sd.size, points.size
    u, spread, slope, curve = np.empty(block), np.empty(block), np.empty(block), np.empty(block)
    factor, product, fixed = np.empty(block), np.empty(block), np.empty(block)
    terms = np.empty((nodes, block))
    for j in range(starts.size - 1):
        first, last = starts[j], starts[j + 1]
        happened, largest = 0.0, 0.0
        for b in range(block):
            u[b] = sd[b] * guess[0, j] / (1.0 + sd[b] * sd[b] * guess[1, j])
            fixed[b] = 0.0
        for i in range(first, last):
            y, row = events[i], odds[i]
            for b in range(block):
                largest = max(largest, row[b])
            if y != 0.0:
                happened += y
                for b in range(block):
                    fixed[b] += y * eta[i, b]
        _mode(events, trials, odds, sd, first, last, u, spread, slope, curve, factor)
        for k in range(nodes):
            farthest = 0.0
            for b in range(block):
                at = u[b] + spread[b] * points[k]
                shift = min(max(sd[b] * at, -FARTHEST), FARTHEST)
                farthest = max(farthest, shift)
                factor[b] = exp(shift)
            together = int(HIGHEST / np.log(2.0 + largest * np.exp(farthest)))
            _log_denominator(trials, single, odds, factor, first, last, together, terms[k], product)
            for b in range(block):
                at = u[b] + spread[b] * points[k]
                shift = min(max(sd[b] * at, -FARTHEST), FARTHEST)
                terms[k, b] = fixed[b] + happened * shift - terms[k, b] + log_weights[k] - 0.5 * at * at
        close(terms, points, log_weights, interpolation, at_grid, u, spread, uniforms, value, effects, j)
        if uniforms.shape[0]:
            for b in range(block):
                effects[j, b] *= sd[b]

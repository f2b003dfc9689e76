"""Draw the effects of linked therapists in turn, and weigh the draws: for a block of parameter draws at a time.

With u_j the standardised effects, m_j their modes, and each link a client of therapists a < b,

    q_j(u_j) = Normal(u_j | 0, 1) own_j(u_j) prod over links: L(u_a, u_j) to those drawn, L(u_j, m_b) to those to come
    p(y, u) / prod_j q_j(u_j) = prod_j Z_j / prod over links L(u_a, m_b)

where Z_j is the constant of q_j, by adaptive Gauss-Hermite quadrature as in the engine `collapsed`. The mean of the
right-hand side over draws is the likelihood, whatever the m_j; the nearer they are, the less it varies.
"""

import numpy as np
from numba import njit

from iatrogenesis.inference.engines.collapsed.marginal import (
    FARTHEST_STEP,
    GRID,
    HIGHEST,
    NEAR,
    NEWTON_STEPS,
    _draw,
    _log_denominator,
)
from iatrogenesis.inference.engines.exponential import FARTHEST, exp

LINKS_TOGETHER = 14  # factors of at most 1 + e^40 whose product is a finite double


@njit(inline="always")
def _place(sd, share, own, other, eta):
    """Log odds of a client of two therapists."""
    return eta + sd * (share * own + (1.0 - share) * other)


@njit(cache=True)
def _add_links(links, at, events, eta, shares, ends, sd, effects, u, product, out):
    """Add the log-likelihood of one therapist's links at effects `u`, shape (block,), to `out`."""
    product[:] = 1.0
    for place in range(links.shape[0]):
        link, side = links[place, 0], links[place, 1]
        share, other, y = shares[link, side], ends[link, 1 - side], events[link]
        for b in range(u.size):
            x = _place(sd[b], share, u[b], effects[other, b], eta[link, at + b])
            out[b] += y * x
            product[b] *= 1.0 + exp(x)
        if (place + 1) % LINKS_TOGETHER == 0:
            out -= np.log(product)
            product[:] = 1.0
    out -= np.log(product)


@njit(cache=True)
def _mode(events, odds, first, last, linked, links, at, sd, effects, u, spread, slope, curve, factor):
    """Newton steps towards the mode of one therapist's effect, from `u`; `spread` becomes the SD of the normal there.

    `linked` are events, log odds without therapists, shares and therapists.
    """
    link_events, eta, shares, ends = linked
    for _ in range(NEWTON_STEPS):
        for b in range(u.size):
            slope[b], curve[b] = -u[b], 1.0
            factor[b] = exp(sd[b] * u[b])
        for i in range(first, last):
            y, row = events[i], odds[i]
            for b in range(u.size):
                rate = row[b] * factor[b] / (1.0 + row[b] * factor[b])
                slope[b] += sd[b] * (y - rate)
                curve[b] += sd[b] * sd[b] * rate * (1.0 - rate)
        for place in range(links.shape[0]):
            link, side = links[place, 0], links[place, 1]
            share, other = shares[link, side], ends[link, 1 - side]
            for b in range(u.size):
                x = _place(sd[b], share, u[b], effects[other, b], eta[link, at + b])
                rate, moves = 1.0 - 1.0 / (1.0 + exp(x)), sd[b] * share
                slope[b] += moves * (link_events[link] - rate)
                curve[b] += moves * moves * rate * (1.0 - rate)
        farthest = 0.0
        for b in range(u.size):
            step, most = slope[b] / curve[b], FARTHEST_STEP / max(sd[b], 1.0)
            u[b] += min(max(step, -most), most)
            spread[b] = 1.0 / np.sqrt(curve[b])
            farthest = max(farthest, abs(step) / spread[b])
        if farthest < NEAR:
            break


@njit(cache=True)
def in_turn(rule, events, starts, odds, linked, touching, link_starts, at, sd, uniforms, value, effects) -> None:
    """Draw every therapist's effect and add the logarithm of the weight to `value`, shape (block,).

    Parameters
    ----------
    rule
        points, log_weights, interpolation and at of a `Rule`.
    events
        Of clients with one therapist, sorted by therapist, float64, shape (rows,).
    starts
        First of these rows of each therapist, and the number of rows, shape (J + 1,).
    odds
        Odds of those rows without therapists, shape (rows, block).
    linked
        events, log odds without therapists (links, all draws), shares (links, 2) and therapists (links, 2).
    touching, link_starts
        Links by therapist: link and side, shape (2 links, 2), and where each therapist's begin, shape (J + 1,).
    at
        Position of the block among all draws.
    sd, uniforms
        Shapes (block,) and (J, block).
    effects
        Shape (J, block), standardised: the modes m, which become the draws.
    """
    # long: one pass over the therapists, compiled, whose steps share their arrays
    points, log_weights, interpolation, at_grid = rule
    link_events, eta, shares, ends = linked
    block, nodes = sd.size, points.size
    u, spread, slope, curve = np.empty(block), np.empty(block), np.empty(block), np.empty(block)
    factor, product, out = np.empty(block), np.empty(block), np.empty(block)
    terms, rest = np.empty((nodes, block)), np.empty(nodes)
    coefficients, density, ones = np.empty(nodes), np.empty(GRID), np.ones(events.size)
    for j in range(starts.size - 1):
        first, last = starts[j], starts[j + 1]
        links = touching[link_starts[j] : link_starts[j + 1]]
        happened, largest = 0.0, 0.0
        u[:] = effects[j]
        for i in range(first, last):
            happened += events[i]
            for b in range(block):
                largest = max(largest, odds[i, b])
        _mode(events, odds, first, last, linked, links, at, sd, effects, u, spread, slope, curve, factor)
        for k in range(nodes):
            farthest = 0.0
            for b in range(block):
                out[b] = u[b] + spread[b] * points[k]
                shift = min(max(sd[b] * out[b], -FARTHEST), FARTHEST)
                farthest = max(farthest, shift)
                factor[b] = exp(shift)
            together = int(HIGHEST / np.log(2.0 + largest * np.exp(farthest)))
            _log_denominator(ones, True, odds, factor, first, last, together, terms[k], product)
            for b in range(block):
                shift = min(max(sd[b] * out[b], -FARTHEST), FARTHEST)
                terms[k, b] = happened * shift - terms[k, b] + log_weights[k] - 0.5 * out[b] * out[b]
            _add_links(links, at, link_events, eta, shares, ends, sd, effects, out, product, terms[k])
        for b in range(block):
            highest = terms[:, b].max()
            value[b] += highest + np.log(np.exp(terms[:, b] - highest).sum()) + np.log(spread[b])
            for k in range(nodes):
                rest[k] = terms[k, b] - log_weights[k] + 0.5 * points[k] * points[k] - highest
            drawn = _draw(rest, interpolation, at_grid, coefficients, density, uniforms[j, b])
            effects[j, b] = u[b] + spread[b] * drawn
        for place in range(links.shape[0]):
            # The other one's turn is still to come: its mode stood in for it, which the weight makes good.
            link, side = links[place, 0], links[place, 1]
            other = ends[link, 1 - side]
            if other > j:
                for b in range(block):
                    x = _place(sd[b], shares[link, side], effects[j, b], effects[other, b], eta[link, at + b])
                    value[b] -= link_events[link] * x - np.log(1.0 + exp(x))

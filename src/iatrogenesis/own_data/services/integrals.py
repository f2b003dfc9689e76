"""The integral over one unit's log odds, compiled: its mode, its curvature, and what the normal curve there misses.

For unit s with log odds x over periods, x ~ N(mu, K), W the negative second derivatives of the log-likelihood and M =
(K + W^-1)^-1, Newton's step is x = mu + K (M z - M mu) with working outcomes z = x + W^-1 g (Rasmussen & Williams
2006, Gaussian processes for machine learning, algorithm 3.1). The likelihood of a range of counts is log-concave in x,
as that of a single count is, because a count within a range varies less than one without.
"""

import numpy as np
from numba import njit

FLOOR = 1e-8  # least curvature of a cell with data


@njit(cache=True)
def log_likelihood(x, n, low, width, ratios) -> tuple[float, float, float]:
    """Value, slope and negative curvature of the log probability of a range, at log odds x, up to a constant.

    `ratios` are log C(n, low + j) - log C(n, low), j from 0 to `width`.
    """
    e = np.exp(-abs(x))
    rate = 1.0 / (1.0 + e) if x >= 0 else e / (1.0 + e)
    value = low * x - n * (max(x, 0.0) + np.log1p(e))
    slope, curve = low - n * rate, n * rate * (1.0 - rate)
    if width > 0:
        highest = -1e300
        for j in range(width + 1):
            highest = max(highest, ratios[j] + j * x)
        mass, first, second = 0.0, 0.0, 0.0
        for j in range(width + 1):
            term = np.exp(ratios[j] + j * x - highest)
            mass += term
            first += j * term
            second += j * j * term
        value += highest + np.log(mass)
        slope += first / mass
        curve -= second / mass - (first / mass) ** 2
    return value, slope, max(curve, FLOOR)


@njit(cache=True)
def _factor(covariance, root, b):
    """Lower Cholesky factor of I + W^1/2 K W^1/2 into b; half its log determinant."""
    size = root.size
    half = 0.0
    for i in range(size):
        for j in range(i + 1):
            total = root[i] * covariance[i, j] * root[j]
            if i == j:
                total += 1.0
            for k in range(j):
                total -= b[i, k] * b[j, k]
            if i == j:
                b[i, i] = np.sqrt(total)
                half += np.log(b[i, i])
            else:
                b[i, j] = total / b[j, j]
    return half


@njit(cache=True)
def _solve(b, v):
    """Solve B v = v in place, by B's lower factor."""
    size = v.size
    for i in range(size):
        for k in range(i):
            v[i] -= b[i, k] * v[k]
        v[i] /= b[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            v[i] -= b[k, i] * v[k]
        v[i] /= b[i, i]


@njit(cache=True)
def linearise(x, covariance, n, low, width, ratios, weights, weighted, value) -> None:
    """Write M (units, T, T), M z (units, T), and log-likelihood less half log |B| (units,) at log odds x (units, T)."""
    units, size = x.shape
    root, b, v, pull = np.empty(size), np.zeros((size, size)), np.empty(size), np.empty(size)
    for s in range(units):
        total = 0.0
        for t in range(size):
            root[t], pull[t] = 0.0, 0.0
            if n[s, t] > 0:
                one, slope, curve = log_likelihood(x[s, t], n[s, t], low[s, t], width[s, t], ratios[s, t])
                total += one
                root[t] = np.sqrt(curve)
                pull[t] = root[t] * x[s, t] + slope / root[t]
        value[s] = total - _factor(covariance, root, b)
        _solve(b, pull)
        for t in range(size):
            weighted[s, t] = root[t] * pull[t]
        for t in range(size):
            v[:] = 0.0
            v[t] = root[t]
            if root[t] > 0:
                _solve(b, v)
            for i in range(size):
                weights[s, i, t] = root[i] * v[i]


@njit(cache=True)
def corrected(x, force, mean, covariance, factor, n, low, width, ratios, normals, uniform, value, drawn) -> None:
    """Write an unbiased estimate of each unit's log integral (units,), and one draw of its log odds (units, T).

    The normal curve at the mode x = mean + K force proposes pairs of points on both sides of it; `normals` has shape
    (units, pairs, 2, T). Each point weighs as the integrand does against that curve; one is taken by its weight.
    """
    # long: one pass over the units, compiled, whose loops share their arrays
    units, size = x.shape
    pairs = normals.shape[1]
    root, b, v, base = np.empty(size), np.zeros((size, size)), np.empty(size), np.empty(size)
    points, logs = np.empty((2 * pairs, size)), np.empty(2 * pairs)
    curves = np.empty(size)
    for s in range(units):
        for t in range(size):
            curves[t], root[t] = 0.0, 0.0
            if n[s, t] > 0:
                curves[t] = log_likelihood(x[s, t], n[s, t], low[s, t], width[s, t], ratios[s, t])[2]
                root[t] = np.sqrt(curves[t])
        half = _factor(covariance, root, b)
        for p in range(pairs):
            for t in range(size):
                base[t] = 0.0
                for k in range(t + 1):
                    base[t] += factor[t, k] * normals[s, p, 0, k]
                v[t] = root[t] * base[t] + normals[s, p, 1, t]
            _solve(b, v)
            for t in range(size):
                for k in range(size):
                    base[t] -= covariance[t, k] * root[k] * v[k]
            for side in range(2):
                sign = 1.0 - 2.0 * side
                total = 0.0
                for t in range(size):
                    step = sign * base[t]
                    points[2 * p + side, t] = x[s, t] + step
                    total += step * (0.5 * curves[t] * step - force[s, t])
                    if n[s, t] > 0:
                        total += log_likelihood(x[s, t] + step, n[s, t], low[s, t], width[s, t], ratios[s, t])[0]
                logs[2 * p + side] = total
        highest = logs.max()
        mass = 0.0
        for p in range(2 * pairs):
            logs[p] = np.exp(logs[p] - highest)
            mass += logs[p]
        value[s] = highest + np.log(mass / (2 * pairs)) - half
        for t in range(size):
            value[s] -= 0.5 * force[s, t] * (x[s, t] - mean[t])
        target, chosen = uniform[s] * mass, 2 * pairs - 1
        for p in range(2 * pairs):
            target -= logs[p]
            if target < 0:
                chosen = p
                break
        drawn[s] = points[chosen]

"""Where the posterior lies: for each of some therapist SDs a normal for the coefficients, and how much weight it has.

For a fixed therapist SD the coefficients' posterior is close to normal, because each is informed by all clients; how
its centre and weight change with the SD is followed on a grid. The SD itself, whose posterior is skewed and may reach
0, is drawn from its density on the grid, so nothing is assumed about its form.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.interpolate import PchipInterpolator
from scipy.stats import multivariate_t

from iatrogenesis.inference.engines.collapsed.marginal import FARTHEST_STEP, NEWTON_STEPS, NODES, rule
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.engines.exponential import FARTHEST

GRID = 15  # therapist SDs
NEGLIGIBLE = 12.0  # log density below the highest that is not looked at any more
STEPS = 25  # Newton steps for the coefficients
NEAR = 1e-3  # squared distance from the maximum, in SDs, that is near enough for a proposal
WIDE = 1.5  # therapist SD from which integrals take more nodes
FARTHEST_SD = 6.5  # in scales of the prior, where a half-normal is 21 below its highest log density
NEAR_MODE = 1e-3  # of a standard effect: quadrature minds little where it is centred
DEFENCE = 0.05  # share of the SDs drawn evenly over the grid


@njit(cache=True)
def _mode(events, trials, odds, sd, first, last):
    """Mode of one therapist's standard effect, by Newton's steps, and the SD of the normal there."""
    u, spread, most = 0.0, 1.0, FARTHEST_STEP / max(sd, 1.0)
    for _ in range(NEWTON_STEPS):
        slope, curve, factor = -u, 1.0, np.exp(min(max(sd * u, -FARTHEST), FARTHEST))
        for i in range(first, last):
            rate = odds[i] * factor / (1.0 + odds[i] * factor)
            slope += sd * (events[i] - trials[i] * rate)
            curve += sd * sd * trials[i] * rate * (1.0 - rate)
        step = slope / curve
        u += min(max(step, -most), most)
        spread = 1.0 / np.sqrt(curve)
        if abs(step) < NEAR_MODE:
            break
    return u, spread


@njit(cache=True)
def _derivatives(points, log_weights, design, events, trials, starts, beta, sd, value_gradient_hessian):
    """Log marginal likelihood at one point with gradient and Hessian in beta, by Fisher's and Louis' identities."""
    # long: one pass over the therapists, compiled, whose loops share their arrays
    k, nodes = design.shape[1], points.size
    gradient, hessian = value_gradient_hessian[1 : k + 1, 0], value_gradient_hessian[1 : k + 1, 1 : k + 1]
    eta = design @ beta
    odds = np.exp(np.minimum(np.maximum(eta, -FARTHEST), FARTHEST))
    total, score, curvature = 0.0, np.empty((nodes, k)), np.zeros((k, k))
    terms, weight, factor = np.empty(nodes), np.empty(nodes), np.empty(nodes)
    rate = np.empty((np.diff(starts).max(), nodes))
    for j in range(starts.size - 1):
        first, last = starts[j], starts[j + 1]
        u, spread = _mode(events, trials, odds, sd, first, last)
        for m in range(nodes):
            at = u + spread * points[m]
            shift = min(max(sd * at, -FARTHEST), FARTHEST)
            factor[m], terms[m] = np.exp(shift), log_weights[m] - 0.5 * at * at
            score[m] = 0.0
            for i in range(first, last):
                terms[m] += events[i] * (eta[i] + shift)
        for i in range(first, last):
            for m in range(nodes):
                with_effect = odds[i] * factor[m]
                rate[i - first, m] = with_effect / (1.0 + with_effect)
                terms[m] -= trials[i] * np.log(1.0 + with_effect)
                residual = events[i] - trials[i] * rate[i - first, m]
                for c in range(k):
                    score[m, c] += residual * design[i, c]
        highest = terms.max()
        for m in range(nodes):
            weight[m] = np.exp(terms[m] - highest)
        norm = weight.sum()
        total += highest + np.log(norm) + np.log(spread)
        mean = np.zeros(k)
        for m in range(nodes):
            weight[m] /= norm
            for c in range(k):
                mean[c] += weight[m] * score[m, c]
        for i in range(first, last):
            information = 0.0
            for m in range(nodes):
                information += weight[m] * trials[i] * rate[i - first, m] * (1.0 - rate[i - first, m])
            for c in range(k):
                for d in range(c + 1):
                    curvature[c, d] += information * design[i, c] * design[i, d]
        for c in range(k):
            gradient[c] += mean[c]
            for d in range(c + 1):
                outer = -mean[c] * mean[d]
                for m in range(nodes):
                    outer += weight[m] * score[m, c] * score[m, d]
                curvature[c, d] -= outer
    for c in range(k):
        for d in range(c + 1):
            hessian[c, d] = hessian[d, c] = -curvature[c, d]
    value_gradient_hessian[0, 0] = total


@dataclass(frozen=True)
class Tails:
    """How heavy the tails of the t distribution are that coefficients are drawn from.

    Attributes
    ----------
    freedom
        Degrees of freedom.
    widen
        Factor on its scale.
    """

    freedom: float
    widen: float


TAILS = (Tails(15.0, 1.05), Tails(4.0, 1.25))
"""First light ones, which waste few draws; where these may miss something, heavy ones."""


@dataclass(frozen=True)
class Proposal:
    """A distribution of coefficients and therapist SD.

    Attributes
    ----------
    sds
        Grid, shape (g,).
    log_density
        Of the SD at the grid, up to a constant, shape (g,).
    centres, factors
        Centre and lower Cholesky factor of the coefficients' covariance at each grid point, (g, k + 1) and (g, k + 1,
        k + 1).
    """

    sds: np.ndarray
    log_density: np.ndarray
    centres: np.ndarray
    factors: np.ndarray

    @property
    def best(self) -> tuple[np.ndarray, float]:
        """Coefficients and SD at the highest point of the grid."""
        top = int(np.argmax(self.log_density))
        return self.centres[top], float(self.sds[top])

    def draw(
        self, uniform: np.ndarray, normal: np.ndarray, chi: np.ndarray, tails: Tails
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Draw from keyed numbers.

        Parameters
        ----------
        uniform
            Shape (draws,).
        normal
            Shape (draws, k + 1).
        chi
            Chi-squared of the tails' degrees of freedom, shape (draws,).

        Returns
        -------
        tuple of numpy.ndarray
            beta (draws, k + 1), sd (draws,), and the log density of the proposal there (draws,).
        """
        sd, log_sd_density = self._draw_sd(uniform)
        centre, factor = self._at(sd)
        scaled = normal * np.sqrt(tails.freedom / chi)[:, None]
        beta = centre + tails.widen * np.einsum("dij,dj->di", factor, scaled)
        k = normal.shape[1]
        log_t = multivariate_t(np.zeros(k), np.eye(k), df=tails.freedom).logpdf(scaled).reshape(-1)
        log_determinant = np.log(np.einsum("dii->di", factor)).sum(axis=1) + k * np.log(tails.widen)
        return beta, sd, log_sd_density + log_t - log_determinant

    def _draw_sd(self, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """By inversion of a density that is linear between many points of a smooth curve through the grid."""
        fine = np.interp(np.linspace(0, len(self.sds) - 1, 40 * len(self.sds)), np.arange(len(self.sds)), self.sds)
        density = np.exp(_smooth(self.sds, self.log_density, fine) - self.log_density.max())
        density = (1 - DEFENCE) * density / np.trapezoid(density, fine) + DEFENCE / (fine[-1] - fine[0])
        cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(fine))])
        target = uniform * cumulative[-1]
        cell = np.clip(np.searchsorted(cumulative, target, side="right") - 1, 0, len(fine) - 2)
        low, high, width = density[cell], density[cell + 1], np.diff(fine)[cell]
        # Within a cell the density is a line: its integral is a parabola.
        area, slope = target - cumulative[cell], (high - low) / width
        root = np.sqrt(np.maximum(low**2 + 2 * slope * area, 0.0))
        step = np.where(np.abs(slope) > 1e-12, 2 * area / (low + root), area / low)
        sd = fine[cell] + np.clip(step, 0.0, width)
        return sd, np.log((low + slope * (sd - fine[cell])) / cumulative[-1])

    def _at(self, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Centre and factor at any SD, linear between grid points."""
        cell = np.clip(np.searchsorted(self.sds, sd) - 1, 0, len(self.sds) - 2)
        share = ((sd - self.sds[cell]) / (self.sds[cell + 1] - self.sds[cell]))[:, None]
        centre = (1 - share) * self.centres[cell] + share * self.centres[cell + 1]
        return centre, (1 - share)[:, :, None] * self.factors[cell] + share[:, :, None] * self.factors[cell + 1]


def find(target: Target) -> Proposal:
    """Follow the posterior over the therapist SD: first where it lies, then on a grid there."""
    beta, rough = _start(target), []
    for sd in _rough_sds(target.scale):
        beta, *rest = _centre(target, beta, sd)
        rough.append((sd, beta, *rest))
        if rest[-1] < max(point[-1] for point in rough) - NEGLIGIBLE and len(rough) > 2:
            break
    sds, heights = (np.array([point[part] for point in rough]) for part in (0, -1))
    grid = _where_likely(sds, heights)
    beta = rough[int(np.argmax(heights))][1]
    points = [_centre(target, beta, sd) for sd in grid]
    return Proposal(grid, *(np.array([point[i] for point in points]) for i in (2, 0, 1)))


def _rough_sds(scale: float) -> Iterator[float]:
    """From almost nothing, closely where therapists usually are, to where the prior allows no more."""
    yield from (0.02, 0.15, 0.3, 0.5, 0.8, 1.2)
    sd = 2.0
    while sd < FARTHEST_SD * scale:
        yield sd
        sd *= 1.6
    yield max(sd, 3.2)


def _where_likely(sds: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Grid of SDs between which the posterior lies: points evenly, where the density is, and where it is steep."""
    fine = np.linspace(0.0, sds[-1], 4000)
    curve = _smooth(sds, heights, fine)
    fine, curve = fine[curve > heights.max() - NEGLIGIBLE], curve[curve > heights.max() - NEGLIGIBLE]
    density = np.exp(0.5 * (curve - curve.max()))  # its root, which is wider
    steep = np.abs(np.gradient(curve))
    weight = density / density.sum() + 1.0 / len(density) + steep / max(steep.sum(), 1e-300)
    share = np.concatenate([[0.0], np.cumsum(0.5 * (weight[1:] + weight[:-1]))])
    grid = np.interp(np.linspace(0.0, share[-1], GRID), share, fine)
    grid[0] = max(grid[0], 1e-6)
    return grid


def _start(target: Target) -> np.ndarray:
    rate = (target.events.sum() + 0.5) / (target.trials.sum() + 1.0)
    return np.append(np.log(rate / (1 - rate)), np.zeros(len(target.mean) - 1))


def _centre(target: Target, beta: np.ndarray, sd: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Mode of the coefficients given the SD, factor of their covariance, and the SD's log density (Laplace)."""
    k, by = len(beta), rule(NODES[0] if sd < WIDE else NODES[-1])
    for _ in range(STEPS):
        found = np.zeros((k + 1, k + 1))
        _derivatives(
            by.points, by.log_weights, target.design, target.events, target.trials, target.starts, beta, sd, found
        )
        gradient = found[1:, 0] - (beta - target.mean) / target.sd**2
        precision = _positive(-found[1:, 1:], 1 / target.sd**2)
        step = np.linalg.solve(precision, gradient)
        distance = float(gradient @ step)
        beta = beta + step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-300))
        if distance < NEAR:
            break
    factor = np.linalg.cholesky(np.linalg.inv(precision))
    height = found[0, 0] + 0.5 * distance + float(target.log_prior(beta, np.asarray(sd)))
    return beta, factor, height + np.log(np.diag(factor)).sum()


def _positive(information: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Precision from information and prior; quadrature may leave information a little negative where there is none."""
    values, vectors = np.linalg.eigh(information)
    return (vectors * np.maximum(values, 0.0)) @ vectors.T + np.diag(prior)


def _smooth(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A curve through the points that does not overshoot; beyond the first point the first value."""
    return PchipInterpolator(x, y)(np.clip(at, x[0], x[-1]))

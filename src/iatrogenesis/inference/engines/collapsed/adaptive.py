"""Where a posterior of some twenty parameters lies: climb to its mode, take its curvature, learn from weighted draws.

Slopes and curvatures are differences over about one posterior SD, evaluated many points at a time: so they say how the
posterior falls over the range that matters, mind no noise of the quadrature, and need nothing of the model but its
density. Each side of each axis gets a width of its own, as in Geweke's split t distributions. Where weights show that
this does not do, kernels around weighted draws follow spreads and shares, whatever form their posterior has.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln, logsumexp
from scipy.stats import chi2

from iatrogenesis.core.streams import Noise

Density = Callable[[np.ndarray], np.ndarray]
STEP = 0.7  # of a posterior SD, for slopes; twice that for curvatures in pairs
CLIMBS = 12
STRIDES = (0.3, 0.6, 1.0, 1.5)  # shares of a step that are tried
STILL = 0.3  # steps shorter than this, in SDs, end the climb
FLAT, SHARP = 0.05, 20.0  # curvatures are taken to lie between, in units of the last guess
NEAR, FAR = (1.0, 2.0), (1.0, 2.0, 3.5, 5.0)  # SDs from the mode at which each side's width is measured
NARROW, BROAD = 0.3, 3.0  # widths of a side are taken to lie between
FREEDOM, WIDEN = 40.0, 1.02
DEFENCE, DEFENCE_FREEDOM, DEFENCE_WIDEN = 0.25, 6.0, 1.25  # a share of the draws with heavy tails
NEIGHBOURS = 20  # one in so many draws is averaged over
TRUNCATED = 4  # no draw weighs more than the one in this place
SHARE = 0.5  # of the draws that come from kernels, once they are learnt


@dataclass(frozen=True)
class Part:
    """A t distribution whose two sides along each of its axes have widths of their own.

    Each side's share is its width's, so that the density has no step at the centre.

    Attributes
    ----------
    centre
        Shape (d,).
    factor
        Axes in its columns, shape (d, d).
    down, up
        Widths of the two sides in units of the axes, shape (d,).
    freedom
        Degrees of freedom.
    """

    centre: np.ndarray
    factor: np.ndarray
    down: np.ndarray
    up: np.ndarray
    freedom: float

    def draw(self, uniform: np.ndarray, normal: np.ndarray, tails: np.ndarray) -> np.ndarray:
        """Return draws (n, d) from uniform (n, d) for the sides, standard normal (n, d) and uniform (n,) numbers."""
        stretch = np.sqrt(self.freedom / chi2.ppf(tails, self.freedom))
        width = np.where(uniform < self.up / (self.up + self.down), self.up, -self.down)
        return self.centre + (np.abs(normal) * width * stretch[:, None]) @ self.factor.T

    def along(self, z: np.ndarray) -> np.ndarray:
        """Return points (n, d) along the axes."""
        return np.linalg.solve(self.factor, (z - self.centre).T).T

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Log density at points (n, d)."""
        d, along = z.shape[1], self.along(z)
        square = np.sum((along / np.where(along > 0, self.up, self.down)) ** 2, axis=1)
        volume = np.linalg.slogdet(self.factor)[1] + np.log(0.5 * (self.up + self.down)).sum()
        constant = gammaln(0.5 * (self.freedom + d)) - gammaln(0.5 * self.freedom)
        constant -= 0.5 * d * np.log(self.freedom * np.pi) + volume
        return constant - 0.5 * (self.freedom + d) * np.log1p(square / self.freedom)


@dataclass(frozen=True)
class Kernels:
    """Normal kernels along the first axes of a part, and that part's normal along the others.

    Attributes
    ----------
    part
        Whose axes these are.
    bent
        How many axes have kernels.
    centres, weights
        Shapes (c, bent) and (c,).
    factor
        Lower Cholesky factor of a kernel's covariance, shape (bent, bent).
    """

    part: Part
    bent: int
    centres: np.ndarray
    weights: np.ndarray
    factor: np.ndarray

    def draw(self, uniform: np.ndarray, normal: np.ndarray, tails: np.ndarray) -> np.ndarray:
        """See `Part.draw`; the uniform number for the tails chooses the kernel."""
        part, m = self.part, self.bent
        which = np.minimum(np.searchsorted(np.cumsum(self.weights), tails), len(self.weights) - 1)
        width = np.where(uniform < part.up / (part.up + part.down), part.up, -part.down)
        along = np.abs(normal) * width
        along[:, :m] = self.centres[which] + normal[:, :m] @ self.factor.T
        return part.centre + along @ part.factor.T

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Log density at points (n, d)."""
        part, m = self.part, self.bent
        along = part.along(z)
        root = np.linalg.solve(self.factor, along[:, :m].T).T
        centres = np.linalg.solve(self.factor, self.centres.T).T
        square = np.sum(root**2, axis=1)[:, None] + np.sum(centres**2, axis=1) - 2 * root @ centres.T
        least = square.min(axis=1, keepdims=True)
        kernels = np.log(np.exp(-0.5 * (square - least)) @ self.weights) - 0.5 * least[:, 0]
        rest, up, down = along[:, m:], part.up[m:], part.down[m:]
        others = -0.5 * np.sum((rest / np.where(rest > 0, up, down)) ** 2, axis=1)
        volume = np.linalg.slogdet(part.factor)[1] + np.linalg.slogdet(self.factor)[1]
        volume += np.log(0.5 * (up + down)).sum() + 0.5 * z.shape[1] * np.log(2 * np.pi)
        return kernels + others - volume


@dataclass(frozen=True)
class Mixture:
    """A part that follows the posterior, one with heavier tails, and, where they are learnt, kernels."""

    follows: Part
    defends: Part
    kernels: Kernels | None = None

    @property
    def parts(self) -> list[tuple[float, Part | Kernels]]:
        """The parts, and the share of the draws that come of each."""
        rest = 1.0 if self.kernels is None else 1.0 - SHARE
        found: list[tuple[float, Part | Kernels]] = [
            (rest * (1.0 - DEFENCE), self.follows),
            (rest * DEFENCE, self.defends),
        ]
        return found if self.kernels is None else [*found, (SHARE, self.kernels)]

    def draw(self, noise: Noise, draws: int, stage: str) -> np.ndarray:
        """Return keyed draws, shape (draws, d); those of one stage do not depend on the others'."""
        number, axes = np.arange(draws), np.arange(len(self.follows.centre))
        bounds = np.cumsum([share for share, _ in self.parts])[:-1]
        which = np.searchsorted(bounds, noise.uniform(f"{stage} part", client=number))
        each = {"client": number[:, None], "occasion": axes}
        uniform, normal = noise.uniform(f"{stage} sides", **each), noise.normal(stage, **each)
        tails, found = noise.uniform(f"{stage} tails", client=number), np.empty(normal.shape)
        for place, (_, part) in enumerate(self.parts):
            mine = which == place
            found[mine] = part.draw(uniform[mine], normal[mine], tails[mine])
        return found

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Log density at points (n, d)."""
        return logsumexp([np.log(share) + part.log_density(z) for share, part in self.parts], axis=0)


def find(log_density: Density, start: np.ndarray, order: np.ndarray) -> Mixture:
    """Return a mixture that follows a density, known up to a constant, of some parameters.

    Parameters
    ----------
    log_density
        Of points (n, d), shape (n,).
    start
        Shape (d,).
    order
        The parameters, those first whose posterior is skewed most: along each of its axes the parameters after it
        follow, those before it stay.
    """
    centre, factor = _climb(log_density, start, np.eye(len(start)))
    centre, covariance = _curved(log_density, centre, factor)
    factor = _triangle(covariance, order)
    near, far = _sides(log_density, centre, factor)
    follows = Part(centre, factor, WIDEN * near[0], WIDEN * near[1], FREEDOM)
    defends = Part(centre, factor, DEFENCE_WIDEN * far[0], DEFENCE_WIDEN * far[1], DEFENCE_FREEDOM)
    return Mixture(follows, defends)


def _triangle(covariance: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return axes: a Cholesky factor of the covariance with the parameters in an order."""
    factor = np.empty_like(covariance)
    factor[order] = np.linalg.cholesky(covariance[np.ix_(order, order)])
    return factor


def _sides(log_density: Density, centre: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Width of each side along each axis: that of a normal that falls as the density does, or the widest of some.

    Near the mode and farther out, each of shape (2, d): below and above. A spread's density may fall ever more slowly
    towards 0, where the data do not tell it from 0.
    """
    d, reach = len(centre), np.array(FAR)
    ways = (reach[:, None, None] * factor.T).reshape(-1, d)
    heights = log_density(np.concatenate([centre[None], centre - ways, centre + ways]))
    fall = np.maximum(heights[0] - heights[1:], 1e-3).reshape(2, len(reach), d)
    widths = np.clip(reach[:, None] / np.sqrt(2.0 * fall), NARROW, BROAD)
    return widths[:, : len(NEAR)].max(axis=1), widths.max(axis=1)


def _climb(log_density: Density, z: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Newton's steps with slopes and curvatures along each axis, from differences."""
    d = len(z)
    for _ in range(CLIMBS):
        ways = STEP * factor.T
        values = log_density(np.concatenate([z[None], z + ways, z - ways]))
        up, down = values[1 : d + 1], values[d + 1 :]
        slope = (up - down) / (2 * STEP)
        curve = np.clip(-(up + down - 2 * values[0]) / STEP**2, FLAT, SHARP)
        width = 1.0 / np.sqrt(curve)
        step = np.clip(slope / curve, -2.0 * width, 2.0 * width)
        tried = z + np.array(STRIDES)[:, None] * (factor @ step)
        heights = log_density(tried)
        if heights.max() > values[0]:
            z = tried[int(np.argmax(heights))]
        factor = factor * width
        if np.abs(step / width).max() < STILL and np.abs(np.log(width)).max() < 0.5:
            break
    return z, factor


def _curved(log_density: Density, z: np.ndarray, factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One whole Newton step from all second differences, and the covariance there."""
    d = len(z)
    ways = STEP * factor.T
    first, second = np.triu_indices(d, 1)
    pairs = ways[first] + ways[second]
    values = log_density(np.concatenate([z[None], z + ways, z - ways, z + pairs, z - pairs]))
    up, down = values[1 : d + 1], values[d + 1 : 2 * d + 1]
    both, neither = np.split(values[2 * d + 1 :], 2)
    alone = up + down - 2 * values[0]
    hessian = np.diag(alone)
    hessian[first, second] = hessian[second, first] = 0.5 * (
        both + neither - 2 * values[0] - alone[first] - alone[second]
    )
    curves, axes = np.linalg.eigh(-hessian / STEP**2)
    curves = np.clip(curves, FLAT, SHARP)
    step = axes @ (axes.T @ ((up - down) / (2 * STEP)) / curves)
    tried = z + np.array([0.0, 0.5, 1.0])[:, None] * (factor @ np.clip(step, -2.0, 2.0))
    z = tried[int(np.argmax(log_density(tried)))]
    root = factor @ (axes / np.sqrt(curves))
    return z, root @ root.T


def learnt(mixture: Mixture, z: np.ndarray, log_weight: np.ndarray, bent: int) -> Mixture:
    """Return the mixture with kernels where weighted draws of it show the density to lie, along its first axes.

    Weights are averaged over neighbours on these axes, because what one draw of many dimensions weighs is chance.
    """
    part = mixture.follows
    along = part.along(z)[:, :bent]
    apart = np.sum((along[:, None] - along) ** 2, axis=2)
    near = np.argsort(apart, axis=1)[:, : len(z) // NEIGHBOURS]
    weight = np.exp(log_weight - log_weight.max())
    weight = np.minimum(weight, np.sort(weight)[-TRUNCATED])[near].mean(axis=1)
    weight /= weight.sum()
    effective = 1.0 / np.sum(weight**2)
    middle = weight @ along
    spread = np.linalg.cholesky(np.cov(along.T, aweights=weight).reshape(bent, bent))
    width = (4.0 / (effective * (bent + 2))) ** (1.0 / (bent + 4))
    centres = middle + np.sqrt(max(1 - width**2, 0.0)) * (along - middle)
    return replace(mixture, kernels=Kernels(part, bent, centres, weight, width * spread))

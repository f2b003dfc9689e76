"""The posterior of a process: few spreads by weighted draws, periods and units given them by normals that are mended.

Given the spreads, the log odds of periods and units are nearly normal, because counts are many: their joint mode is
found by Newton's steps in which the units are integrated out one by one (each with a covariance as small as the number
of periods). The spreads, at most five, are drawn from a mixture that follows their density (`adaptive`), then the
periods, then each unit; importance weights mend what the normals miss, with an unbiased estimate of each unit's
integral in the place of Laplace's, which leaves the target unchanged (Tran et al. 2013, arXiv:1309.3339, "IS squared").
Pareto k says whether the weights can do that.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.engines.collapsed import adaptive
from iatrogenesis.inference.engines.collapsed.weights import Unreliable, highest_k, resampled, smoothed
from iatrogenesis.own_data.services.counted import Counted, log_choose
from iatrogenesis.own_data.services.integrals import corrected, linearise
from iatrogenesis.own_data.services.processes import LEVEL, PROCESSES, Process

DRAWS = 1000
PAIRS = 4  # of points per unit and draw
STEPS, NEAR = 40, 1e-3  # Newton's steps, and the change of log odds that ends them; weights mend the rest
FARTHEST = 2.0  # log odds that one step may change
ATTEMPTS = (1, 1, 4)  # times so many draws: as found, then taught by their weights, then as found but many
BENT = 4  # axes along which a proposal may learn any form


@dataclass(frozen=True)
class Posterior:
    """Draws that all weigh the same.

    Attributes
    ----------
    process, counted
        What was fitted, to what.
    parameters
        By name, shape (draws,).
    periods
        Log odds of each period, shape (draws, periods).
    log_odds
        Of each unit and period, shape (draws, units, periods).
    unit_log_likelihood, log_weight, every
        Each unit's log likelihood at every draw before resampling, shape (all, units), with the log weights (all,) and
        the draws' own parameters and periods: what is needed to leave one unit out.
    k, effective
        Pareto k and effective number of draws.
    """

    process: Process
    counted: Counted
    parameters: dict[str, np.ndarray]
    periods: np.ndarray
    log_odds: np.ndarray
    unit_log_likelihood: np.ndarray
    log_weight: np.ndarray
    every: tuple[dict[str, np.ndarray], np.ndarray]
    k: float
    effective: float


class Integrated:
    """The counts, and the integral over their units for given spreads."""

    def __init__(self, data: Counted, process: Process):
        self.process, self.size = process, data.n.shape[1]
        width = data.high - data.low
        steps = np.arange(width.max() + 1)
        top = np.minimum(data.low[..., None] + steps, data.n[..., None])
        ratios = log_choose(data.n[..., None], top) - log_choose(data.n, data.low)[..., None]
        self.data = data.n.astype(float), data.low.astype(float), width, np.ascontiguousarray(ratios)
        rate = (np.where(data.n > 0, 0.5 * (data.low + data.high), 0.0).sum() + 0.5) / (data.n.sum() + 1.0)
        self.start = np.full(self.size, np.log(rate / (1 - rate))), np.zeros(data.n.shape)
        units = data.n.shape[0]
        self._held = np.empty((units, self.size, self.size)), np.empty((units, self.size)), np.empty(units)

    def mode(self, values: dict[str, float], mean: np.ndarray | None = None) -> "Mode":
        """Return the joint mode of periods and units, or of the units where the periods are given."""
        covariance, prior = (make(values, self.size) for make in (self.process.covariance, self.process.precision))
        weights, weighted, height = self._held
        at, force = self.start
        at = at if mean is None else mean
        for _ in range(STEPS):
            x = at + force @ covariance
            linearise(x, covariance, *self.data, weights, weighted, height)
            information = prior + weights.sum(axis=0)
            to = (
                at
                if mean is not None
                else np.linalg.solve(information, prior @ _level(self.size) + weighted.sum(axis=0))
            )
            wanted = weighted - weights @ to
            change = np.abs(to + wanted @ covariance - x).max()
            part = min(1.0, FARTHEST / max(change, 1e-300))
            at, force = at + part * (to - at), force + part * (wanted - force)
            if change < NEAR:
                break
        x = at + force @ covariance
        linearise(x, covariance, *self.data, weights, weighted, height)
        laplace = float(height.sum() - 0.5 * np.sum(force * (x - at)))
        return Mode(at, force, x, covariance, prior, prior + weights.sum(axis=0), laplace)

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """Laplace's log density of the coordinates, up to a constant, shape (n,) for (n, parameters)."""
        found = self.process.log_prior(points)
        for place, point in enumerate(points):
            mode = self.mode(self._values(point))
            curve = np.linalg.slogdet(mode.information)[1]
            found[place] += mode.laplace + log_normal(mode.mean, mode.prior) - 0.5 * curve
        return found

    def settle(self, point: np.ndarray) -> None:
        """Begin from the mode at these coordinates from now on."""
        mode = self.mode(self._values(point))
        self.start = mode.mean, mode.force

    def _values(self, point: np.ndarray) -> dict[str, float]:
        return {name: float(value) for name, value in self.process.values(point).items()}

    def draw(self, point: np.ndarray, noise: Noise, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """Draw periods (T,) and units (units, T) given coordinates; each unit's log likelihood, and the log ratio."""
        values, units = self._values(point), self.data[0].shape[0]
        mode = self.mode(values)
        upper = np.linalg.cholesky(mode.information)
        normal = noise.normal("periods", replicate=number, occasion=np.arange(self.size))
        mean = mode.mean + np.linalg.solve(upper.T, normal)
        there = self.mode(values, mean)
        shape = (units, PAIRS, 2, self.size)
        place = np.arange(PAIRS * 2 * self.size).reshape(shape[1:])
        normals = noise.normal("units", replicate=number, client=np.arange(units)[:, None, None, None], occasion=place)
        uniform = noise.uniform("points", replicate=number, client=np.arange(units))
        value, drawn = np.empty(units), np.empty((units, self.size))
        factor = np.linalg.cholesky(there.covariance)
        corrected(there.x, there.force, mean, there.covariance, factor, *self.data, normals, uniform, value, drawn)
        log_proposal = np.log(np.diag(upper)).sum() - 0.5 * normal @ normal
        return mean, drawn, value, float(value.sum() + log_normal(mean, mode.prior) - log_proposal)


@dataclass(frozen=True)
class Mode:
    """Where the integrand is highest: periods, K^-1 (x - periods), x, and what was used on the way."""

    mean: np.ndarray
    force: np.ndarray
    x: np.ndarray
    covariance: np.ndarray
    prior: np.ndarray
    information: np.ndarray
    laplace: float


def _level(size: int) -> np.ndarray:
    return np.full(size, LEVEL[0])


def log_normal(mean: np.ndarray, precision: np.ndarray) -> float:
    """Log prior density of the periods, up to a constant."""
    away = mean - LEVEL[0]
    return float(0.5 * np.linalg.slogdet(precision)[1] - 0.5 * away @ precision @ away)


def fit(data: Counted, process: Process, seed: int, draws: int = DRAWS) -> Posterior:
    """Fit a process to counts; cells without data, such as periods to come, are drawn with the rest.

    Raises
    ------
    Unreliable
        If Pareto k stays too high.
    """
    noise = Noise(derived_seed(seed, "services", process.name))
    integrated = Integrated(data, process)
    first = proposal = _followed(integrated)
    k, number = np.inf, 0
    for attempt, times in enumerate(ATTEMPTS):
        along = proposal.mixture.draw(noise, times * draws, f"spreads {attempt}")
        points = proposal.points(along)
        parts = [integrated.draw(point, noise, number + i) for i, point in enumerate(points)]
        ratio = np.array([part[3] for part in parts]) + process.log_prior(points)
        ratio -= proposal.mixture.log_density(along)
        log_weight, k = smoothed(ratio)
        if k <= highest_k(len(points)):
            return _posterior(data, process, points, parts, log_weight, k, noise, draws)
        number += len(points)
        proposal = first if attempt else first.learnt(along, ratio)
    raise Unreliable(f"{process.name}: Pareto k {k:.2f} of the importance weights is too high")


def fit_or_simpler(data: Counted, process: Process, seed: int) -> Posterior:
    """Fit a process, or one without drift where weights cannot follow it, as where units hardly drift at all."""
    try:
        return fit(data, process, seed)
    except Unreliable:
        return fit(data, PROCESSES["exchangeable"], seed)


@dataclass(frozen=True)
class Proposal:
    """A mixture along axes on which the density has a spread of about 1 in all directions."""

    mixture: adaptive.Mixture
    centre: np.ndarray
    factor: np.ndarray

    def points(self, along: np.ndarray) -> np.ndarray:
        """Return coordinates (n, d) from places along the axes."""
        return self.centre + along @ self.factor.T

    def learnt(self, along: np.ndarray, log_weight: np.ndarray) -> "Proposal":
        """Return the same with kernels where weighted draws lie."""
        mixture = adaptive.learnt(self.mixture, along, log_weight, min(BENT, along.shape[1]))
        return replace(self, mixture=mixture)


def _followed(integrated: Integrated) -> Proposal:
    """Return a proposal that follows Laplace's density of the spreads."""
    start = integrated.process.start()
    integrated.settle(start)
    found = minimize(
        lambda point: -integrated.log_density(point[None])[0], start, method="BFGS", options={"eps": 1e-3, "gtol": 0.05}
    )
    integrated.settle(found.x)
    axes = Proposal(None, found.x, np.linalg.cholesky(found.hess_inv))  # pyrefly: ignore[bad-argument-type]

    def log_density(along: np.ndarray) -> np.ndarray:
        return integrated.log_density(axes.points(along))

    return replace(axes, mixture=adaptive.find(log_density, np.zeros(start.size), np.arange(start.size)))


def _posterior(
    data: Counted, process: Process, points, parts, log_weight, k: float, noise: Noise, draws: int
) -> Posterior:
    weight, number = np.exp(log_weight), np.arange(draws)
    chosen = resampled(weight, float(noise.uniform("resample")), noise.uniform("order", client=number))
    values, periods = process.values(points), np.array([part[0] for part in parts])
    return Posterior(
        process,
        data,
        {name: value[chosen] for name, value in values.items()},
        periods[chosen],
        np.array([parts[place][1] for place in chosen]),
        np.array([part[2] for part in parts]),
        log_weight,
        (values, periods),
        k,
        float(1.0 / np.sum(weight**2)),
    )

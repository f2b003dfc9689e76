"""The therapist SD by its profile likelihood: the interval that lme4 gives, which is defined at 0 too.

    r(s) = sign(s - estimate) sqrt(2 (log L(estimate) - max over beta of log L(beta, s)))

An SD is in the interval where |r| is at most the normal's quantile. The same root says how sure one may be that the SD
is below s, by about the normal distribution function of r(s): a confidence distribution, with a point mass at 0 where
the likelihood does not exclude it. Whoever wants to take account of not knowing the SD can average over that.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from iatrogenesis.inference.engines.maximum_likelihood import MaximumLikelihood

Objective = Callable[[np.ndarray], tuple[float, np.ndarray, np.ndarray]]
STEPS = 30
CLOSE = 3e-4  # of the root, whose scale is that of a normal
BEST = 1e-6  # of the log-likelihood, that the coefficients may be off their maximum
NEAR = 0.02  # the same, for what is said of the SD to count
GREATEST = 8.0  # a therapist SD beyond which nothing is looked for
FIRST = 0.4  # where to look first when the estimate is 0


def hermite(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of the standard normal distribution, each of shape (nodes,)."""
    points, weights = np.polynomial.hermite.hermgauss(nodes)
    return np.sqrt(2.0) * points, weights / np.sqrt(np.pi)


@dataclass(frozen=True)
class SpreadProfile:
    """The profile likelihood of one fit's therapist SD.

    Attributes
    ----------
    estimate, low, high
        The SD and its interval; an end is NaN where the search found none.
    quantile
        The normal's, at the ends.
    at_zero
        The root at SD 0; at most 0.
    beta, beta_high
        Coefficients at the estimate and at the interval's upper end, intercept first, shape (k + 1,).
    """

    estimate: float
    low: float
    high: float
    quantile: float
    at_zero: float
    beta: np.ndarray
    beta_high: np.ndarray

    def at(self, root: float) -> tuple[float, np.ndarray]:
        """Return the SD at which the root has this value, and the coefficients there; SD 0 where it is lower.

        Between the estimate, the ends and 0 by a parabola in the root; coefficients are linear in the variance.
        """
        if root <= self.at_zero:
            sd = 0.0
        elif self.at_zero == 0.0:
            sd = root * self.high / self.quantile
        else:
            left = (-self.quantile, self.low) if self.low > 0 else (self.at_zero, 0.0)
            known = np.array([left, (0.0, self.estimate), (self.quantile, self.high)])
            curve = np.polynomial.polynomial.polyfit(known[:, 0], known[:, 1], 2)
            sd = max(float(np.polynomial.polynomial.polyval(root, curve)), 0.0)
        share = (sd**2 - self.estimate**2) / (self.high**2 - self.estimate**2)
        return sd, self.beta + share * (self.beta_high - self.beta)


def profile(objective: Objective, found: MaximumLikelihood, level: float = 0.95) -> SpreadProfile:
    """Return the profile likelihood of the therapist SD around a maximum.

    Parameters
    ----------
    objective
        Log-likelihood, gradient and information at (beta, SD), shape (k + 2,): the one that was maximised.
    found
        Its maximum.
    level
        Of the interval.
    """
    quantile = float(ndtri(0.5 + level / 2))
    sd, beta = float(found.estimate[-1]), found.estimate[:-1]
    drop = found.log_likelihood - found.log_likelihood_without_therapists
    at_zero = -float(np.sqrt(2 * max(drop, 0.0)))
    low = 0.0
    if at_zero < -quantile:
        low, _ = _end(objective, found, quantile, (0.0, sd), max(sd - quantile * found.standard_error[-1], 0.3 * sd))
    start = sd + 1.1 * quantile * found.standard_error[-1] if sd > 0 else FIRST
    high, beta_high = _end(objective, found, quantile, (sd, GREATEST), min(start, 2 * sd + 1.0) if sd else FIRST)
    return SpreadProfile(sd, low, high, quantile, at_zero, beta, beta_high)


def _end(objective, found, quantile: float, inside: tuple[float, float], start: float) -> tuple[float, np.ndarray]:
    """Newton's steps on the root, in which the coefficients go along; one that leaves the search's room is halved."""
    nearest, farthest = inside
    best, upwards = found.estimate[-1], inside[0] >= found.estimate[-1]
    # The end lies between `near` the estimate, where the root is small, and `far`.
    near, far = (nearest, farthest) if upwards else (farthest, nearest)
    sd, beta = float(start), found.estimate[:-1] + 0.0
    if best > 0 and np.all(np.isfinite(found.covariance[-1])):
        beta += found.covariance[:-1, -1] / found.covariance[-1, -1] * (sd - best)
    for _ in range(STEPS):
        value, gradient, information = objective(np.append(beta, sd))
        if not np.isfinite(value) or not np.all(np.isfinite(information)):
            break
        step = np.linalg.solve(information[:-1, :-1], np.column_stack([gradient[:-1], information[:-1, -1]]))
        gain = 0.5 * gradient[:-1] @ step[:, 0]
        slope = gradient[-1] - information[-1, :-1] @ step[:, 0]
        root = np.sqrt(max(2 * (found.log_likelihood - value - gain), 0.0))
        if abs(root - quantile) < CLOSE and gain < BEST:
            return sd, beta + step[:, 0]
        if gain < NEAR:
            near, far = (sd, far) if root < quantile else (near, sd)
        # d root / d SD = -slope / root; where the root is hardly above 0, that says nothing.
        then = sd + (root - quantile) * root / slope if root > 0.1 and (slope < 0) == upwards else np.nan
        if gain >= NEAR:  # first the coefficients, where they are
            then = sd
        elif not min(near, far) < then < max(near, far):
            then = (near + far) / 2 if far < GREATEST else sd + abs(sd - best) + 0.1
        beta = beta + step[:, 0] - step[:, 1] * (then - sd)
        sd = then
        if sd >= GREATEST:
            break
    return np.nan, np.full(len(beta), np.nan)

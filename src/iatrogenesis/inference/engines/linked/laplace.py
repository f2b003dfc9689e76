"""Where the posterior lies: a Laplace approximation over coefficients and all effects at once, along the therapist SD.

At each of some SDs, Newton steps find the most likely coefficients and effects together. The curvature there gives the
coefficients' covariance and the SD's weight (Laplace). Both are then held to the density itself at a few points,
because where outcomes are rare the intercept's mode with effects is half a posterior SD from that without.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from iatrogenesis.inference.engines.collapsed.proposal import (
    NEGLIGIBLE,
    STEPS,
    Proposal,
    _rough_sds,
    _where_likely,
)
from iatrogenesis.inference.engines.linked.target import LinkedTarget

NEAR = 1e-6  # squared distance from the maximum, in SDs, that is near enough
FARTHEST_STEP = 2.0  # of any coefficient or effect in log odds
TRIED = np.array([-1.0, 0.0, 1.0])  # shifts of the intercept, in SDs


@dataclass(frozen=True)
class Mode:
    """The most likely coefficients (k + 1,) and standardised effects (J,) at one SD, and what lies around them.

    ``factor`` is the Cholesky factor of the coefficients' covariance, ``height`` the SD's log density (Laplace),
    ``parabolas`` what each therapist's clients say of the effect: slope at 0 and curvature, in log odds, shape (2, J).
    """

    beta: np.ndarray
    effects: np.ndarray
    factor: np.ndarray
    height: float
    parabolas: np.ndarray


class Newton:
    """Newton steps on coefficients and effects of one target."""

    def __init__(self, target: LinkedTarget):
        self.target = target
        own = np.repeat(np.arange(len(target.seen)), np.diff(target.starts))
        self.own, self.count = own, len(target.seen)
        self.design = np.vstack([target.own.design, target.shared.design])
        self.events = np.concatenate([target.own.events, target.shared.events])
        # Each row's therapists and parts, one after the other: the sparse matrix of memberships.
        links = len(target.own.events) + np.repeat(np.arange(len(target.ends)), 2)
        self.row = np.concatenate([np.arange(len(own)), links])
        self.whose = np.concatenate([own, target.ends.ravel()])
        self.part = np.concatenate([np.ones(len(own)), target.shares.ravel()])

    def mode(self, beta: np.ndarray, effects: np.ndarray, sd: float) -> Mode:
        """Return the mode at one SD, from a starting point."""
        target, k = self.target, len(beta)
        for _ in range(STEPS):
            odds = self.design @ beta + sd * self._of_rows(effects)
            rate = expit(odds)
            left, information = self.events - rate, rate * (1 - rate)
            slope = np.append(
                self.design.T @ left - (beta - target.mean) / target.sd**2, sd * self._of_therapists(left) - effects
            )
            curvature = self._curvature(information, sd)
            factor = cho_factor(curvature, lower=True)
            step = cho_solve(factor, slope)
            distance = float(slope @ step)
            largest = max(np.abs(step[:k]).max(), sd * np.abs(step[k:]).max())
            step *= min(1.0, FARTHEST_STEP / max(largest, 1e-300))
            beta, effects = beta + step[:k], effects + step[k:]
            if distance < NEAR:
                break
        likelihood = np.sum(self.events * odds - np.logaddexp(0.0, odds))
        height = likelihood - 0.5 * effects @ effects + float(target.log_prior(beta, np.asarray(sd)))
        covariance = cho_solve(factor, np.eye(len(curvature), k))[:k]
        curve = np.bincount(self.whose, self.part**2 * information[self.row], self.count)
        parabolas = np.array([self._of_therapists(left) + curve * sd * effects, curve])
        log_determinant = 2 * np.log(np.diag(factor[0])).sum()
        return Mode(beta, effects, np.linalg.cholesky(covariance), height - 0.5 * log_determinant, parabolas)

    def _of_rows(self, effects: np.ndarray) -> np.ndarray:
        return np.bincount(self.row, self.part * effects[self.whose], len(self.events))

    def _of_therapists(self, rows: np.ndarray) -> np.ndarray:
        return np.bincount(self.whose, self.part * rows[self.row], self.count)

    def _curvature(self, information: np.ndarray, sd: float) -> np.ndarray:
        """Minus the Hessian in coefficients and standardised effects, shape (k + 1 + J, k + 1 + J)."""
        target, k, weighted = self.target, self.design.shape[1], self.design * information[:, None]
        found = np.zeros((k + self.count, k + self.count))
        found[:k, :k] = self.design.T @ weighted + np.diag(1 / target.sd**2)
        found[k:, :k] = sd * np.column_stack([self._of_therapists(column) for column in weighted.T])
        found[:k, k:] = found[k:, :k].T
        place = k + np.arange(self.count)
        found[place, place] = 1.0 + sd**2 * np.bincount(self.whose, self.part**2 * information[self.row], self.count)
        both = sd**2 * target.shares.prod(axis=1) * information[len(self.own) :]
        for one, other in (target.ends.T, target.ends.T[::-1]):
            np.add.at(found, (k + one, k + other), both)
        return found


def find(target: LinkedTarget, uniforms: np.ndarray) -> tuple[Proposal, np.ndarray]:
    """Follow the posterior over the therapist SD; return a proposal, and therapists' parabolas at its best point.

    Parameters
    ----------
    uniforms
        One per therapist with clients, shape (J_seen,): effects drawn where the density is tried.
    """
    newton, rough = Newton(target), []
    rate = (newton.events.sum() + 0.5) / (len(newton.events) + 1.0)
    beta = np.append(np.log(rate / (1 - rate)), np.zeros(len(target.mean) - 1))
    effects = np.zeros(len(target.seen))
    for sd in _rough_sds(target.scale):
        rough.append((sd, newton.mode(beta, effects, sd)))
        beta, effects = rough[-1][1].beta, rough[-1][1].effects
        if rough[-1][1].height < max(mode.height for _, mode in rough) - NEGLIGIBLE and len(rough) > 2:
            break
    heights = np.array([mode.height for _, mode in rough])
    best = rough[int(np.argmax(heights))][1]
    sds = _where_likely(np.array([sd for sd, _ in rough]), heights)
    modes = [newton.mode(best.beta, best.effects, sd) for sd in sds]
    top = modes[int(np.argmax([mode.height for mode in modes]))]
    centres, heights = _held_to_density(target, modes, sds, top.parabolas, uniforms)
    return Proposal(sds, heights, centres, np.array([mode.factor for mode in modes])), top.parabolas


def _held_to_density(target, modes, sds, guess, uniforms) -> tuple[np.ndarray, np.ndarray]:
    """Centres, shape (g, k + 1), and log densities of the SD, shape (g,), by a parabola through a few exact values."""
    beta = np.array([mode.beta for mode in modes])
    # The intercept moves by one SD, the other coefficients along with it.
    along = np.array([mode.factor @ mode.factor.T[:, 0] / np.linalg.norm(mode.factor[0]) for mode in modes])
    tried = beta[:, None] + TRIED[:, None] * along[:, None]
    repeated = np.repeat(sds, len(TRIED))
    chance = np.repeat(uniforms[:, None], len(repeated), axis=1)
    values, _ = target.log_posterior(tried.reshape(len(repeated), -1), repeated, guess, chance)
    low, middle, high = values.reshape(len(sds), len(TRIED)).T
    curve = np.maximum(2 * middle - low - high, 0.25)
    shift = np.clip(0.5 * (high - low) / curve, -1.5, 1.5)
    determinant = np.array([np.log(np.diag(mode.factor)).sum() for mode in modes])
    return beta + shift[:, None] * along, middle + 0.5 * curve * shift**2 + determinant

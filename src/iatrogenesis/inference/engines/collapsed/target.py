"""The posterior density of coefficients and therapist SD, with therapists integrated out."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import expit

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.marginal import BLOCK, NODES, integrate, rule
from iatrogenesis.inference.engines.exponential import FARTHEST
from iatrogenesis.inference.models.priors import Priors

LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)
MODE_STEPS = 6
IDLE = 4.0  # log weight below the highest
CLOSE = 0.02  # in log density, over the draws: weights off by two per cent are far below what importance weights vary


@dataclass(frozen=True)
class Target:
    """Data and priors of one fit, ready to be evaluated.

    Attributes
    ----------
    design
        Column of ones and the covariates, sorted by therapist, shape (rows, k + 1).
    events, trials
        Shape (rows,).
    starts
        First row of each therapist with clients, and the number of rows.
    seen
        Positions of therapists with clients among all.
    mean, sd
        Of the normal priors of intercept and coefficients, shape (k + 1,).
    scale
        Of the half-normal prior of the therapist SD.
    """

    design: np.ndarray
    events: np.ndarray
    trials: np.ndarray
    starts: np.ndarray
    seen: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    scale: float

    @classmethod
    def of(cls, data: OutcomeData, priors: Priors) -> "Target":
        """Sort the rows of checked data, and take the priors."""
        order = np.argsort(data.therapist, kind="stable")
        seen, first = np.unique(data.therapist[order], return_index=True)
        k = data.covariates.shape[1]
        return cls(
            design=np.ascontiguousarray(np.column_stack([np.ones(len(order)), data.covariates[order]])),
            events=data.deteriorated[order].astype(float),
            trials=data.trials[order].astype(float),
            starts=np.append(first, len(order)).astype(np.int64),
            seen=seen,
            mean=np.append(priors.intercept.mean, np.zeros(k)),
            sd=np.append(priors.intercept.sd, np.full(k, priors.coefficient.sd)),
            scale=priors.therapist_sd.scale,
        )

    @property
    def single(self) -> bool:
        """Whether each row is one client."""
        return bool(np.all(self.trials == 1))

    def log_prior(self, beta: np.ndarray, sd: np.ndarray) -> np.ndarray:
        """Log prior density, beta of shape (draws, k + 1), sd of shape (draws,), not negative."""
        normal = -0.5 * ((beta - self.mean) / self.sd) ** 2 - np.log(self.sd) - LOG_SQRT_2PI
        half = -0.5 * (sd / self.scale) ** 2 - np.log(self.scale) - LOG_SQRT_2PI + np.log(2.0)
        return normal.sum(axis=-1) + half

    def log_joint(self, beta: np.ndarray, sd: float, standard: np.ndarray) -> float:
        """Log density of everything at one point, therapists' standard normal effects (J,) included.

        The same as that of the PyMC model with effects not centred, binomial coefficients left out in both.
        """
        effect = np.repeat(sd * standard[self.seen], np.diff(self.starts))
        log_odds = self.design @ beta + effect
        likelihood = np.sum(self.events * log_odds - self.trials * np.logaddexp(0.0, log_odds))
        therapists = np.sum(-0.5 * standard**2 - LOG_SQRT_2PI)
        return float(likelihood + therapists + self.log_prior(beta, np.asarray(sd)))

    def parabolas(self, beta: np.ndarray, sd: float) -> np.ndarray:
        """Each seen therapist's log-likelihood around its mode as a parabola in the effect.

        Slope at no effect and curvature, shape (2, J_seen); the mode is that at these coefficients and this SD.
        """
        first, sizes = self.starts[:-1], np.diff(self.starts)
        fixed, effect = self.design @ beta, np.zeros(len(self.seen))
        slope = curve = effect
        for _ in range(MODE_STEPS):
            rate = expit(fixed + np.repeat(effect, sizes))
            slope = np.add.reduceat(self.events - self.trials * rate, first)
            curve = np.add.reduceat(self.trials * rate * (1 - rate), first)
            step = (slope - effect / sd**2) / (curve + 1 / sd**2)
            effect = effect + np.clip(step, -2, 2)
        return np.array([slope + curve * effect, curve])

    def enough_nodes(self, beta: np.ndarray, sd: np.ndarray, guess: np.ndarray, log_proposal: np.ndarray) -> int | None:
        """Return the fewest nodes that leave the log posterior at these points as it is with the next more.

        A constant is allowed for, and points that will have next to no weight are left out. None where even the most
        nodes are not enough.
        """
        fewer, _ = self.log_posterior(beta, sd, guess, nodes=NODES[0])
        for nodes, more in pairwise(NODES):
            better, _ = self.log_posterior(beta, sd, guess, nodes=more)
            weight = better - log_proposal
            if np.ptp((better - fewer)[weight > weight.max() - IDLE]) < CLOSE:
                return nodes
            fewer = better
        return None

    def log_posterior(
        self,
        beta: np.ndarray,
        sd: np.ndarray,
        guess: np.ndarray,
        uniforms: np.ndarray | None = None,
        *,
        nodes: int = NODES[0],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Log posterior density (without its constant) at many points, and effects drawn at each.

        Parameters
        ----------
        beta, sd
            Shapes (draws, k + 1) and (draws,).
        guess
            See `parabolas`.
        uniforms
            Shape (J_seen, draws), to draw effects by; none are drawn without.
        nodes
            Of the quadrature, per therapist.

        Returns
        -------
        tuple of numpy.ndarray
            Shapes (draws,) and (J_seen, draws); the latter empty without uniforms.
        """
        each, effects = self.integrals(beta, sd, guess, uniforms, nodes=nodes)
        return self.log_prior(beta, sd) + each.sum(axis=0), effects

    def integrals(
        self,
        beta: np.ndarray,
        sd: np.ndarray,
        guess: np.ndarray,
        uniforms: np.ndarray | None = None,
        *,
        nodes: int = NODES[0],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Log marginal likelihood of each seen therapist at many points, and effects drawn at each.

        Arguments as in `log_posterior`; both of shape (J_seen, draws).
        """
        value, by = np.empty((len(self.seen), len(sd))), rule(nodes)
        effects = np.zeros((len(self.seen), len(sd)) if uniforms is not None else (0, 0))
        seen = len(self.seen)
        quadrature, rows = (by.points, by.log_weights, by.interpolation, by.at), (self.events, self.trials)
        eta = odds = np.empty((0, 0))
        for first in range(0, len(sd), BLOCK):
            part = slice(first, first + BLOCK)
            size = len(sd[part])
            if (
                eta.shape[1] != size
            ):  # one piece of memory for all blocks: asking for it anew costs as much as filling it
                eta, odds = np.empty((len(self.events), size)), np.empty((len(self.events), size))
            np.matmul(self.design, beta[part].T, out=eta)
            np.clip(eta, -FARTHEST, FARTHEST, out=eta)
            np.exp(eta, out=odds)
            some = np.zeros((0, 0)) if uniforms is None else np.ascontiguousarray(uniforms[:, part])
            drawn = np.zeros((0, 0)) if uniforms is None else np.zeros((seen, size))
            log_integrals = np.empty((seen, size))
            integrate(
                *quadrature, *rows, self.single, self.starts, eta, odds, sd[part], guess, some, log_integrals, drawn
            )
            value[:, part] = log_integrals
            if uniforms is not None:
                effects[:, part] = drawn
        return value, effects

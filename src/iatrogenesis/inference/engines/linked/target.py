"""The posterior density of coefficients, therapist SD and effects, where some clients belong to two therapists."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iatrogenesis.inference.data.membership import MembershipData
from iatrogenesis.inference.engines.collapsed.marginal import BLOCK, NODES, rule
from iatrogenesis.inference.engines.collapsed.target import CLOSE, IDLE, LOG_SQRT_2PI
from iatrogenesis.inference.engines.exponential import FARTHEST
from iatrogenesis.inference.engines.linked.sequence import in_turn
from iatrogenesis.inference.models.priors import Priors


@dataclass(frozen=True)
class Rows:
    """Some of the clients: design (rows, k + 1) with a column of ones, and events (rows,)."""

    design: np.ndarray
    events: np.ndarray

    def log_likelihood(self, beta: np.ndarray, effect: np.ndarray) -> float:
        """Log-likelihood at one point."""
        odds = self.design @ beta + effect
        return float(np.sum(self.events * odds - np.logaddexp(0.0, odds)))


@dataclass(frozen=True)
class LinkedTarget:
    """Data and priors of one fit, ready to be evaluated.

    Attributes
    ----------
    own, starts
        Clients with one therapist, sorted by therapist, and where each therapist's begin, shape (J_seen + 1,).
    shared, ends, shares
        Clients with two, whose they are, and in what parts, shape (links, 2).
    touching, link_starts
        See `iatrogenesis.inference.engines.linked.sequence.in_turn`.
    seen
        Positions of therapists with clients among all; other indices are among these.
    mean, sd, scale
        Of the priors, as in `iatrogenesis.inference.engines.collapsed.target.Target`.
    """

    own: Rows
    starts: np.ndarray
    shared: Rows
    ends: np.ndarray
    shares: np.ndarray
    touching: np.ndarray
    link_starts: np.ndarray
    seen: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    scale: float

    @classmethod
    def of(cls, data: MembershipData, priors: Priors) -> "LinkedTarget":
        """Tell clients of one therapist from those of two, sort them, and take the priors."""
        last, first, share = data.people.therapist, data.first, data.share
        two = (share > 0) & (share < 1) & (first != last)
        only = np.where(share == 1, first, last)
        seen = np.unique(np.concatenate([only[~two], first[two], last[two]]))
        order = np.flatnonzero(~two)[np.argsort(only[~two], kind="stable")]
        ends = np.searchsorted(seen, np.column_stack([first[two], last[two]])).astype(np.int64)
        sides = np.column_stack([np.repeat(np.arange(len(ends)), 2), np.tile([0, 1], len(ends))]).astype(np.int64)
        whose, k = ends.ravel(), data.people.covariates.shape[1]
        return cls(
            own=_rows(data, order),
            starts=np.append(np.searchsorted(only[order], seen), len(order)).astype(np.int64),
            shared=_rows(data, np.flatnonzero(two)),
            ends=ends,
            shares=np.column_stack([share[two], 1 - share[two]]),
            touching=np.ascontiguousarray(sides[np.argsort(whose, kind="stable")]),
            link_starts=np.searchsorted(np.sort(whose), np.arange(len(seen) + 1)).astype(np.int64),
            seen=seen,
            mean=np.append(priors.intercept.mean, np.zeros(k)),
            sd=np.append(priors.intercept.sd, np.full(k, priors.coefficient.sd)),
            scale=priors.therapist_sd.scale,
        )

    def log_prior(self, beta: np.ndarray, sd: np.ndarray) -> np.ndarray:
        """Log prior density, beta of shape (draws, k + 1), sd of shape (draws,), not negative."""
        normal = -0.5 * ((beta - self.mean) / self.sd) ** 2 - np.log(self.sd) - LOG_SQRT_2PI
        half = -0.5 * (sd / self.scale) ** 2 - np.log(self.scale) - LOG_SQRT_2PI + np.log(2.0)
        return normal.sum(axis=-1) + half

    def log_joint(self, beta: np.ndarray, sd: float, standard: np.ndarray) -> float:
        """Log density of everything at one point, therapists' standard normal effects (J,) included.

        The same as that of the PyMC model with effects not centred.
        """
        effect = sd * standard[self.seen]
        own = self.own.log_likelihood(beta, np.repeat(effect, np.diff(self.starts)))
        both = self.shared.log_likelihood(beta, (self.shares * effect[self.ends]).sum(axis=1))
        therapists = np.sum(-0.5 * standard**2 - LOG_SQRT_2PI)
        return float(own + both + therapists + self.log_prior(beta, np.asarray(sd)))

    def log_posterior(
        self, beta: np.ndarray, sd: np.ndarray, guess: np.ndarray, uniforms: np.ndarray, *, nodes: int = NODES[0]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Log posterior density (without its constant) at many points, as estimated by the effects drawn at each.

        Parameters
        ----------
        beta, sd
            Shapes (draws, k + 1) and (draws,).
        guess
            Each therapist's log-likelihood as a parabola in the effect, slope at 0 and curvature, shape (2, J_seen).
        uniforms
            Shape (J_seen, draws), to draw effects by.
        nodes
            Of the quadrature, per therapist.

        Returns
        -------
        tuple of numpy.ndarray
            Shapes (draws,) and (J_seen, draws), effects in log odds.
        """
        value, by = self.log_prior(beta, sd), rule(nodes)
        effects = sd * guess[0][:, None] / (1.0 + sd**2 * guess[1][:, None])
        quadrature = (by.points, by.log_weights, by.interpolation, by.at)
        linked_eta = np.clip(self.shared.design @ beta.T, -FARTHEST, FARTHEST)
        linked = (self.shared.events, linked_eta, self.shares, self.ends)
        for first in range(0, len(sd), BLOCK):
            part = slice(first, first + BLOCK)
            eta = np.clip(self.own.design @ beta[part].T, -FARTHEST, FARTHEST)
            log_weight, drawn = self.own.events @ eta, np.ascontiguousarray(effects[:, part])
            in_turn(
                quadrature, self.own.events, self.starts, np.exp(eta), linked, self.touching, self.link_starts, first,
                np.ascontiguousarray(sd[part]), np.ascontiguousarray(uniforms[:, part]), log_weight, drawn,
            )  # fmt: skip
            value[part] += log_weight
            effects[:, part] = sd[part] * drawn
        return value, effects

    def enough_nodes(
        self, beta: np.ndarray, sd: np.ndarray, guess: np.ndarray, uniforms: np.ndarray, log_proposal: np.ndarray
    ) -> int | None:
        """Return the fewest nodes that leave the log posterior at these points as it is with the next more.

        See `iatrogenesis.inference.engines.collapsed.target.Target.enough_nodes`.
        """
        fewer, _ = self.log_posterior(beta, sd, guess, uniforms, nodes=NODES[0])
        for nodes, more in pairwise(NODES):
            better, _ = self.log_posterior(beta, sd, guess, uniforms, nodes=more)
            weight = better - log_proposal
            if np.ptp((better - fewer)[weight > weight.max() - IDLE]) < CLOSE:
                return nodes
            fewer = better
        return None


def _rows(data: MembershipData, rows: np.ndarray) -> Rows:
    people = data.people
    design = np.column_stack([np.ones(len(rows)), people.covariates[rows]])
    return Rows(np.ascontiguousarray(design), people.deteriorated[rows].astype(float))

"""The marginal likelihood of a random-intercept logistic model, with gradient and observed information.

Rows are sorted by therapist, so a therapist's sum is one `numpy.add.reduceat`; the nodes are looped over, so memory
stays at a few arrays of one number per row.
"""

import numpy as np
from scipy.special import expit, logsumexp

from iatrogenesis.inference.data.outcomes import OutcomeData

NEWTON_STEPS = 60
TOLERANCE = 1e-10


class Integrand:
    """The data of one fit, sorted, and the integral over its therapists.

    Parameters
    ----------
    data
        Validated. J therapists with rows take part, the others are left out.
    nodes
        Gauss-Hermite nodes per therapist.
    """

    def __init__(self, data: OutcomeData, nodes: int):
        order = np.argsort(data.therapist, kind="stable")
        therapist = data.therapist[order]
        self.starts = np.flatnonzero(np.append(True, therapist[1:] != therapist[:-1]))
        self.sizes = np.diff(np.append(self.starts, therapist.size))
        self.events = data.deteriorated[order].astype(float)
        self.trials = data.trials[order].astype(float)
        self.design = np.column_stack([np.ones(therapist.size), data.covariates[order]])
        # hermgauss integrates against exp(-x^2); these nodes and log weights integrate against a normal density.
        points, weights = np.polynomial.hermite.hermgauss(nodes)
        self.points = np.sqrt(2.0) * points
        self.log_weights = np.log(weights) + points**2 + 0.5 * np.log(2.0)
        self._mode = np.zeros(self.starts.size)
        self._at: np.ndarray | None = None
        self._answer: tuple[float, np.ndarray, np.ndarray] | None = None

    def without_therapists(self, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log-likelihood, gradient and information at beta, shape (k + 1,), and no therapist variance."""
        log_odds = self.design @ beta
        rate = expit(log_odds)
        value = np.sum(self.events * log_odds - self.trials * np.logaddexp(0.0, log_odds))
        weight = self.trials * rate * (1 - rate)
        gradient = self.design.T @ (self.events - self.trials * rate)
        return float(value), gradient, self.design.T @ (self.design * weight[:, None])

    def at(self, parameters: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Log-likelihood, gradient and observed information at (beta, sigma), shape (k + 2,).

        The last answer is kept, because an optimiser asks for the three in turn.
        """
        if self._answer is None or self._at is None or not np.array_equal(parameters, self._at):
            self._answer = self._integrate(parameters[:-1], parameters[-1])
            self._at = parameters.copy()
        return self._answer

    def _integrate(self, beta: np.ndarray, sigma: float) -> tuple[float, np.ndarray, np.ndarray]:
        fixed = self.design @ beta
        mode, spread = self.modes(fixed, sigma)
        u = mode[:, None] + spread[:, None] * self.points  # (J, nodes), in units of one therapist SD
        log_terms, rates = np.empty_like(u), np.empty((u.shape[1], fixed.size))
        for node in range(u.shape[1]):
            log_odds = fixed + sigma * self._spread_out(u[:, node])
            # One exponential gives log(1 + e^x) and the rate.
            small = np.exp(-np.abs(log_odds))
            log_one = np.maximum(log_odds, 0.0) + np.log1p(small)
            log_terms[:, node] = self._sum(self.events * log_odds - self.trials * log_one)
            rates[node] = np.where(log_odds < 0, small, 1.0) / (1.0 + small)
        # normal density of u: exp(-u^2/2)/sqrt(2 pi), and du = spread dx
        log_terms += self.log_weights + np.log(spread)[:, None] - 0.5 * u**2 - 0.5 * np.log(2 * np.pi)
        log_marginal = logsumexp(log_terms, axis=1)
        weight = np.exp(log_terms - log_marginal[:, None])
        gradient, information = self._derivatives(rates, u, weight)
        return float(log_marginal.sum()), gradient, information

    def _derivatives(self, rates, u, weight) -> tuple[np.ndarray, np.ndarray]:
        """Fisher's and Louis' identities: posterior means over u of the score, its square and the curvature."""
        design, size = self.design, self.design.shape[1] + 1
        squares, mean_score = np.zeros((size, size)), np.zeros((u.shape[0], size))
        # Sums over the nodes of a row's variance, times 1, u and u^2: one product with the columns each.
        left, left_u, left_uu = np.zeros((3, rates.shape[1]))
        for node in range(u.shape[1]):
            spread_u, spread_weight = self._spread_out(u[:, node]), self._spread_out(weight[:, node])
            rate = rates[node]
            own = self.trials * rate
            rest = self.events - own
            score = np.column_stack([self._sum(design * rest[:, None]), u[:, node] * self._sum(rest)])
            weighted = score * weight[:, node, None]
            mean_score += weighted
            squares += score.T @ weighted
            own *= spread_weight * (1 - rate)
            left += own
            own *= spread_u
            left_u += own
            own *= spread_u
            left_uu += own
        curvature = np.empty((size, size))
        curvature[:-1, :-1] = design.T @ (design * left[:, None])
        curvature[:-1, -1] = curvature[-1, :-1] = design.T @ left_u
        curvature[-1, -1] = left_uu.sum()
        return mean_score.sum(axis=0), curvature - squares + mean_score.T @ mean_score

    def modes(self, fixed: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
        """Each therapist's most likely u and the SD of the normal that touches there, shape (J,).

        The search begins where the last one ended: an optimiser's next point is not far.
        """
        mode = self._mode
        # The log density is concave with slope -u far out: the mode lies within these bounds, which shrink.
        reach = abs(sigma) * self._sum(self.trials) + 1.0
        low, high = -reach, reach
        mode = np.clip(mode, low, high)
        for _ in range(NEWTON_STEPS):
            rate = expit(fixed + sigma * self._spread_out(mode))
            slope = sigma * self._sum(self.events - self.trials * rate) - mode
            curvature = sigma**2 * self._sum(self.trials * rate * (1 - rate)) + 1.0
            if np.max(np.abs(slope / curvature)) < TOLERANCE:
                break
            low, high = np.where(slope > 0, mode, low), np.where(slope < 0, mode, high)
            step = mode + slope / curvature
            # Near enough a step changes nothing that a double shows: then it is on the edge, and not beyond it.
            beyond = ((step < low) | (step > high)) & (np.abs(slope / curvature) >= TOLERANCE)
            mode = np.where(beyond, (low + high) / 2, step)
        self._mode = mode
        return mode, 1.0 / np.sqrt(curvature)

    def _sum(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self.starts, axis=0)

    def _spread_out(self, values: np.ndarray) -> np.ndarray:
        return np.repeat(values, self.sizes)

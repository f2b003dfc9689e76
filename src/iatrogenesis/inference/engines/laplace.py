"""Laplace's approximation of the marginal likelihood of a random-intercept logistic model, as glmmTMB and lme4 take it.

Each therapist's integral is that of the normal curve which touches the integrand at its mode: the logarithm of the
integrand there, less half the logarithm of its curvature c. With few clients of a therapist or a large therapist SD
that curve is a poor fit, and the SD is biased. The gradient takes account of how mode and curvature move with
the parameters (implicit differentiation); without that it would not be the gradient of what is maximised.
"""

import numpy as np
from scipy.special import expit

from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.quadrature import Integrand

STEP = 1e-5  # in parameters; the gradient's error is its square
POLISH = 3  # Newton steps from a neighbouring mode


class Laplace(Integrand):
    """The data of one fit, and Laplace's approximation of the integral over its therapists.

    Parameters
    ----------
    data
        As for `Integrand`.
    """

    def __init__(self, data: OutcomeData):
        super().__init__(data, nodes=1)

    def _integrate(self, beta: np.ndarray, sigma: float) -> tuple[float, np.ndarray, np.ndarray]:
        """Log-likelihood, gradient, and information by central differences of the gradient."""
        here = np.append(beta, sigma)
        mode, _ = self.modes(self.design @ beta, sigma)
        value, gradient = self._value(here, mode)
        information = np.empty((here.size, here.size))
        for place in range(here.size):
            step = STEP * np.eye(here.size)[place]
            ends = [self._value(here + sign * step, self._polished(here + sign * step, mode))[1] for sign in (1, -1)]
            information[place] = (ends[1] - ends[0]) / (2 * STEP)
        return value, gradient, (information + information.T) / 2

    def _polished(self, parameters: np.ndarray, mode: np.ndarray) -> np.ndarray:
        fixed, sigma = self.design @ parameters[:-1], parameters[-1]
        for _ in range(POLISH):
            rate = expit(fixed + sigma * self._spread_out(mode))
            slope = sigma * self._sum(self.events - self.trials * rate) - mode
            mode = mode + slope / (sigma**2 * self._sum(self.trials * rate * (1 - rate)) + 1.0)
        return mode

    def _value(self, parameters: np.ndarray, mode: np.ndarray) -> tuple[float, np.ndarray]:
        beta, sigma = parameters[:-1], parameters[-1]
        log_odds = self.design @ beta + sigma * self._spread_out(mode)
        rate = expit(log_odds)
        residual = self.events - self.trials * rate
        weight = self.trials * rate * (1 - rate)
        bend = weight * (1 - 2 * rate)  # how the weight changes with the log odds
        # The first column stands for the coefficients' one, the last for sigma.
        columns = np.column_stack([self.design, self._spread_out(mode)])
        curvature = 1.0 + sigma**2 * self._sum(weight)
        value = np.sum(self.events * log_odds - self.trials * np.logaddexp(0.0, log_odds))
        value += np.sum(-0.5 * mode**2 - 0.5 * np.log(curvature))
        moved = -sigma * self._sum(weight[:, None] * columns)  # of the mode's equation, by the parameters
        moved[:, -1] += self._sum(residual)
        moved /= curvature[:, None]
        bent = sigma**2 * self._sum(bend[:, None] * columns) + (sigma**3 * self._sum(bend))[:, None] * moved
        bent[:, -1] += 2 * sigma * self._sum(weight)
        gradient = columns.T @ residual - 0.5 * np.sum(bent / curvature[:, None], axis=0)
        return float(value), gradient

"""How a unit's rate of deterioration may move over periods: the models that are compared by what they predict.

In all of them, for unit s and period t,

    logit p_st = period_t + effect_st,    effect_s ~ N(0, total^2 R)

with period_1 ~ N(logit 0.06, 1) and period_t - period_{t-1} ~ N(0, shock^2). R is the correlation of a unit's effects
k >= 1 periods apart:

=============  =======================================================================================================
exchangeable   next: a part that stays, and a part that is new in each period
ar             far + (1 - far) memory^k: a part that stays, and one that drifts (stationary, of first order). Given by
               next, the correlation of neighbouring periods, and lasting = far / next; memory = (next - far) / (1 -
               far)
ar and noise   the same, times 1 - noise: a third part is new in each period
=============  =======================================================================================================

walk           not stationary: effect_st = stable + random walk from 0 with steps of SD step + noise of SD `jump`

Priors: half-normal with scale 0.5 (total, stable), 0.3 (jump), 0.2 (step) and 0.1 (shock); uniform on 0 to 1 (next,
lasting, noise). With few periods the prior of the shock matters for how wide forecasts are; it allows a common change
of the odds by a fifth. A single period has only `total`.

Coordinates are standard normal under the prior, whatever the parameter: then posteriors have light tails where a spread
may be 0, too.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

LEVEL = (float(np.log(0.06 / 0.94)), 1.0)
"""Mean and SD of the first period's log odds."""
SCALES = {"total": 0.5, "stable": 0.5, "jump": 0.3, "step": 0.2, "shock": 0.1}
"""Of half-normal priors; the other parameters are uniform."""
JITTER = 1e-8


@dataclass(frozen=True)
class Process:
    """One of the models.

    Attributes
    ----------
    name
        As above.
    parameters
        Names of its numbers, in the order of their coordinates: those first whose posterior is least like a normal.
    """

    name: str
    parameters: tuple[str, ...]

    def start(self) -> np.ndarray:
        """Return coordinates to begin with."""
        return np.full(len(self.parameters), -0.3)

    def values(self, coordinates: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters by name; coordinates have shape (..., parameters)."""
        each = np.moveaxis(coordinates, -1, 0)
        return {name: _value(name, z) for name, z in zip(self.parameters, each, strict=True)}

    @staticmethod
    def log_prior(coordinates: np.ndarray) -> np.ndarray:
        """Log density of the coordinates, up to a constant, shape (...)."""
        return -0.5 * np.sum(coordinates**2, axis=-1)

    def covariance(self, values: dict[str, float], periods: int) -> np.ndarray:
        """Covariance of a unit's effects over periods, shape (periods, periods)."""
        at = np.arange(periods)
        same = np.eye(periods)
        if self.name == "walk":
            steps = values["step"] ** 2 * np.minimum(at[:, None], at)
            return values["stable"] ** 2 + steps + (values["jump"] ** 2 + JITTER) * same
        near = values.get("next", 0.0)
        far = near * values.get("lasting", 1.0)
        memory = (near - far) / (1.0 - far) if far < 1.0 else 0.0
        correlation = far + (1.0 - far) * memory ** np.abs(at[:, None] - at)
        correlation = (1.0 - values.get("noise", 0.0)) * correlation
        np.fill_diagonal(correlation, 1.0)
        return values["total"] ** 2 * correlation + JITTER * same

    @staticmethod
    def precision(values: dict[str, float], periods: int) -> np.ndarray:
        """Prior precision of the periods' log odds, shape (periods, periods)."""
        found = np.zeros((periods, periods))
        found[0, 0] = 1.0 / LEVEL[1] ** 2
        if periods > 1:
            step = np.diff(np.eye(periods), axis=0)
            found += step.T @ step / (values["shock"] ** 2 + JITTER)
        return found


def _value(name: str, z: np.ndarray) -> np.ndarray:
    return ndtr(z) if name not in SCALES else -SCALES[name] * ndtri(ndtr(-z) / 2)


PROCESSES = {
    "exchangeable": Process("exchangeable", ("shock", "next", "total")),
    "ar": Process("ar", ("lasting", "next", "shock", "total")),
    "ar and noise": Process("ar and noise", ("lasting", "noise", "next", "shock", "total")),
    "walk": Process("walk", ("jump", "step", "shock", "stable")),
}
ONE_PERIOD = Process("one period", ("total",))
BEST = "ar"
"""The one that predicts best where it was tried; see docs/nhs_services.md."""

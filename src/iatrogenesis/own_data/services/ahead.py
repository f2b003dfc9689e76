"""Periods to come: what drifts is carried on, and what is new is as it was before, heavy tails and all.

Most units change little from one period to the next and a few change much (a merger, another way of recording), so
normal innovations make intervals too wide for most and tails too thin for a few. The innovations of the periods with
data are in the draws already; those of a period to come are taken from among them.
"""

import numpy as np

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.own_data.services.posterior import Posterior

REPEATED = 4  # futures of each draw


def log_odds(posterior: Posterior, horizon: int, seed: int, normal: bool = False) -> np.ndarray:
    """Draw log odds of units in periods to come, shape (REPEATED * draws, units, horizon).

    Parameters
    ----------
    posterior
        Fitted to counts with so many empty periods at the end.
    horizon
        Periods to come.
    normal
        Whether innovations are normal, as the model has them, instead of those of earlier periods.
    """
    noise = Noise(derived_seed(seed, "ahead"))
    draws, units, periods = posterior.log_odds.shape
    pool = _pool(posterior.counted.seen, periods - horizon)
    found = np.empty((draws, REPEATED, units, horizon))
    at = {"client": np.arange(units)[:, None], "occasion": np.arange(horizon)}
    for draw in range(draws):
        values = {name: float(value[draw]) for name, value in posterior.parameters.items()}
        factor = np.linalg.cholesky(posterior.process.covariance(values, periods))
        effects = posterior.log_odds[draw] - posterior.periods[draw]
        innovations = np.linalg.solve(factor, effects.T).T
        old = innovations[pool]
        for time in range(REPEATED):
            number = REPEATED * draw + time
            if normal or not old.size:
                innovations[:, -horizon:] = noise.normal("normal innovation", replicate=number, **at)
            else:
                uniform = noise.uniform("innovation", replicate=number, **at)
                innovations[:, -horizon:] = old[(uniform * old.size).astype(np.int64)]
            found[draw, time] = posterior.periods[draw, -horizon:] + innovations @ factor[-horizon:].T
    return found.reshape(-1, units, horizon)


def _pool(seen: np.ndarray, periods: int) -> np.ndarray:
    """Cells whose innovation is a change from the period before, shape (units, all periods)."""
    pool = np.zeros(seen.shape, dtype=bool)
    pool[:, 1:periods] = seen[:, 1:periods] & seen[:, : periods - 1]
    return pool

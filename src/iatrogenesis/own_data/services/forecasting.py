"""Forecast each unit's next periods."""

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError, numbers, refuse, require_columns
from iatrogenesis.own_data.services import ahead
from iatrogenesis.own_data.services.counted import Counted, counted
from iatrogenesis.own_data.services.posterior import Posterior, fit_or_simpler
from iatrogenesis.own_data.services.predictive import QUANTILES, Mixture
from iatrogenesis.own_data.services.processes import BEST, ONE_PERIOD, PROCESSES, Process

SEED = 20260101
LEAST_PERIODS = 2


def forecast(counts: pd.DataFrame, horizon: int = 1, seed: int = SEED, n: pd.DataFrame | None = None) -> pd.DataFrame:
    """Forecast rates and counts of each unit in the next periods.

    Parameters
    ----------
    counts
        Columns unit_id, period, n and deteriorated; see `iatrogenesis.own_data.services.counted.counted`.
    horizon
        How many periods after the last.
    seed
        Same seed, same numbers.
    n
        Columns unit_id and n, and period where there are several: finished courses in the periods to come. Without, or
        for units that it does not name, those of the unit's last period. Units that have no history are named here
        only; their forecast is the population's.

    Returns
    -------
    pandas.DataFrame
        One row per unit and period: `unit_id`, `period`, `n`, `n_given`, `history` (periods with data), `last_period`;
        `mean`, `q025`, `q10`, `q25`, `q50`, `q75`, `q90`, `q975` of the rate deteriorated / n, and the same of the
        count, prefixed `count_`. Quantiles are of what will be counted, binomial chance included.

    Raises
    ------
    DataError
        Bad counts, fewer than 5 units, or fewer than 2 periods.
    """
    data = counted(counts)
    if len(data.periods) < LEAST_PERIODS:
        raise DataError("counts: a forecast needs at least two periods; how much rates move is not seen in one.")
    if horizon < 1:
        raise DataError(f"horizon: {horizon} periods; give 1 or more.")
    given = _given(n)
    every = data.extended(horizon, sorted({unit for unit, _ in given} - set(data.units)))
    return ahead_table(fit_or_simpler(every, process(data), seed), horizon, seed, given)


def process(data: Counted) -> Process:
    """Return the process that so many periods can tell."""
    if len(data.periods) == 1:
        return ONE_PERIOD
    return PROCESSES[BEST if len(data.periods) > 2 else "exchangeable"]


Courses = dict[tuple[str, str | None], int]


def _given(n: pd.DataFrame | None) -> Courses:
    if n is None:
        return {}
    require_columns(n, ("unit_id", "n"), "n")
    number = numbers(n, "n", "n")
    refuse((number < 1) | (number % 1 != 0), n["n"], "n: column 'n' must hold whole numbers from 1")
    periods = n["period"].astype(str) if "period" in n else [None] * len(n)
    return {
        (unit.strip(), period): int(k)
        for unit, period, k in zip(n["unit_id"].astype(str), periods, number, strict=True)
    }


def ahead_table(posterior: Posterior, horizon: int, seed: int, given: Courses | None = None) -> pd.DataFrame:
    """Return the forecasts of a posterior whose counts end with so many empty periods; see `forecast`."""
    data, given = posterior.counted, given or {}
    seen = data.seen
    last = seen.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)
    odds = ahead.log_odds(posterior, horizon, seed)
    noise, parts = Noise(derived_seed(seed, "forecast")), []
    for step, period in enumerate(data.periods[-horizon:]):
        own = [given.get((unit, period), given.get((unit, None), 0)) for unit in data.units]
        before = np.where(seen.any(axis=1), data.n[np.arange(len(last)), last], 0)
        n = np.where(np.array(own) > 0, own, before)
        if np.any(n == 0):
            unit = data.units[int(np.argmax(n == 0))]
            raise DataError(f"n: unit {unit!r} has no history and no courses in {period!r}; give its n.")
        drawn = Mixture(odds[:, :, step], n).draws(noise, period)
        parts.append(
            pd.DataFrame(
                {
                    "unit_id": data.units,
                    "period": period,
                    "n": n,
                    "n_given": np.array(own) > 0,
                    "history": seen.sum(axis=1),
                    "last_period": [
                        data.periods[at] if any_ else "" for at, any_ in zip(last, seen.any(axis=1), strict=True)
                    ],
                    **_described(drawn / n, ""),
                    **_described(drawn, "count_"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _described(drawn: np.ndarray, prefix: str) -> dict[str, np.ndarray]:
    quantiles = np.quantile(drawn, list(QUANTILES.values()), axis=0)
    return {f"{prefix}mean": drawn.mean(axis=0)} | {
        f"{prefix}{name}": values for name, values in zip(QUANTILES, quantiles, strict=True)
    }

"""Rolling origin: fit up to a period, forecast the next one, score, go on.

Rows of one period share its shock, so errors of rows are not independent: standard errors are of the target periods as
clusters, and there are as many as there are, not as many as there are units.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.own_data.services import ahead
from iatrogenesis.own_data.services.counted import Counted
from iatrogenesis.own_data.services.posterior import fit_or_simpler
from iatrogenesis.own_data.services.predictive import Came, Mixture, Predictive, scores
from iatrogenesis.own_data.services.processes import BEST, PROCESSES
from iatrogenesis.own_data.services.rivals import RULES, predicted

LEAST_HISTORY = 3  # periods before the first forecast
KNOWN, LAST = "as it came", "of the last period"


def rolled(data: Counted, seed: int, processes: Sequence[str] = (BEST,), rules: Sequence[str] = RULES) -> pd.DataFrame:
    """Forecast each period from those before it.

    Returns
    -------
    pandas.DataFrame
        One row per unit, target period, method and number of courses (`courses`: as it came, or of the last period):
        `unit_id`, `period`, `method`, `courses`, `n`, `history` (earlier periods with data), and the scores.
    """
    parts = []
    for at in range(LEAST_HISTORY, len(data.periods)):
        rows = np.flatnonzero(data.n[:, at] > 0)
        if rows.size and (data.n[:, :at] > 0).any(axis=0).sum() >= LEAST_HISTORY:
            parts += _target(data, at, rows, derived_seed(seed, "rolling", data.periods[at]), processes, rules)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _target(
    data: Counted, at: int, rows: np.ndarray, seed: int, processes: Sequence[str], rules: Sequence[str]
) -> list[pd.DataFrame]:
    past, noise = data.until(at), Noise(seed)
    every = past.extended(0, [data.units[row] for row in rows])
    place = {unit: row for row, unit in enumerate(every.units)}
    order = np.array([place[data.units[row]] for row in rows])
    came = Came(data.n[rows, at], data.low[rows, at], data.high[rows, at])
    history, last = (every.n[order] > 0).sum(axis=1), every.n[order, -1]
    about = {"unit_id": [data.units[row] for row in rows], "period": data.periods[at], "n": came.n, "history": history}
    found: list[pd.DataFrame] = []

    def add(method: str, courses: str, predictive: Predictive, kept: np.ndarray) -> None:
        these = Came(came.n[kept], came.low[kept], came.high[kept])
        score = scores(predictive, these, noise, f"{method} {courses}")
        found.append(pd.DataFrame(about)[kept].assign(method=method, courses=courses, **score))

    everybody, seen = np.ones(len(rows), bool), last > 0
    for name in processes:
        posterior = fit_or_simpler(every.extended(1), PROCESSES[name], seed)
        odds = ahead.log_odds(posterior, 1, seed)[:, order, 0]
        add(name, KNOWN, Mixture(odds, came.n), everybody)
        if name == processes[0]:
            add(name, LAST, Mixture(odds[:, seen], last[seen]), seen)
            shock = np.repeat(posterior.periods[:, -1] - posterior.periods[:, -2], ahead.REPEATED)
            bell = ahead.log_odds(posterior, 1, seed, normal=True)[:, order, 0]
            add(f"{name}, normal innovations", KNOWN, Mixture(bell, came.n), everybody)
            add(f"{name}, no shock", KNOWN, Mixture(odds - shock[:, None], came.n), everybody)
    for rule in rules:
        n = np.ones(len(every.units), np.int64)
        n[order] = came.n
        full = predicted(rule, every, n)
        add(rule, KNOWN, type(full)(full.mean[order], full.concentration[order], came.n), everybody)
    return found

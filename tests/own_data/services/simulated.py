"""Counts simulated from the model, truth known."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.services.processes import PROCESSES

TRUTH = {"total": 0.3, "next": 0.8, "lasting": 0.5, "shock": 0.05}
PERIODS = tuple(f"{year}-{(year + 1) % 100:02d}" for year in range(2015, 2023))


def simulated(units=40, periods=5, seed=1, courses=800.0, **truth):
    """Counts and the true rates; the columns that `counted` takes."""
    values, noise = TRUTH | truth, np.random.default_rng(seed)
    factor = np.linalg.cholesky(PROCESSES["ar"].covariance(values, periods))
    level = np.log(0.06 / 0.94) + np.cumsum(values["shock"] * noise.normal(size=periods))
    rate = 1 / (1 + np.exp(-(level + noise.normal(size=(units, periods)) @ factor.T)))
    n = np.maximum(1, noise.lognormal(np.log(courses), 0.7, size=(units, 1)).astype(int) + np.zeros((1, periods), int))
    table = pd.DataFrame(
        {
            "unit_id": np.repeat([f"u{unit:03d}" for unit in range(units)], periods),
            "period": np.tile(PERIODS[:periods], units),
            "n": n.reshape(-1),
            "deteriorated": noise.binomial(n, rate).reshape(-1),
        }
    )
    return table, rate


def rounded(table):
    """As a publisher does: below 5 suppressed, the rest to 5."""
    count = table["deteriorated"].astype("Int64")
    return table.assign(
        n=(5 * np.round(table["n"] / 5)).astype(int), deteriorated=((count + 2) // 5 * 5).where(count >= 5)
    )

"""Which units stand out, by two questions that are not the same.

*Does it exceed?* Whether a unit's rate is at least 1.2 times that of a typical unit in the period: a posterior
probability. Of the selected, the expected share that does not exceed is at most the stated false discovery rate.
Units differ for many reasons, so with thousands of courses many exceed: case mix, coding, who is counted as finished.

*Is it unlike the others?* Whether its count is extreme for a unit of such a population, spread included: both tails of
the predictive distribution of a unit that was not among the data, its weight in the spread taken out by importance
weights (leave one unit out). The count belongs to its tail, and so does the whole range that a published count stands
for: of a suppressed one no more is known than that it is at most 4. Selected by Benjamini & Hochberg. This is the
funnel whose limits know overdispersion (Spiegelhalter 2005, 10.1002/sim.1970): few or none stand out where units differ
as a normal distribution has it.

Neither says why: a rate that stands out is no cause.
"""

import numpy as np
import pandas as pd
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import betainc, expit

from iatrogenesis.inference.answers.selection import selected, significant
from iatrogenesis.inference.engines.collapsed.weights import smoothed
from iatrogenesis.own_data.services.posterior import Posterior

MARGIN = 1.2
USED = 250  # draws of the spreads that tail probabilities are averaged over
NODES = 24


def tails(posterior: Posterior) -> tuple[np.ndarray, np.ndarray]:
    """Return the chances that a unit like the others has a count as low, and as high, shape (units, periods) each.

    NaN where there are no data. Of a published range each tail has all, so that neither chance is too small.
    """
    data = posterior.counted
    values, periods = posterior.every
    points, weights = hermegauss(NODES)
    weights /= weights.sum()
    # Every k-th, and not those of the greatest weight: these are of one region, where spreads vary too little.
    number = len(posterior.log_weight)
    used = np.linspace(0, number - 1, min(USED, number)).astype(np.int64)
    size = data.n.shape[1]
    spread = np.empty((len(used), size))
    for row, draw in enumerate(used):
        own = {name: float(value[draw]) for name, value in values.items()}
        spread[row] = np.sqrt(np.diag(posterior.process.covariance(own, size)))
    rates = expit(periods[used][:, None, :] + points[:, None] * spread[:, None, :])  # (draws, nodes, periods)
    low, high = np.full((2, *data.n.shape), np.nan)
    for s in range(len(data.units)):
        without, _ = smoothed(posterior.log_weight - posterior.unit_log_likelihood[:, s])
        share = np.exp(without[used] - without[used].max())
        share /= share.sum()
        seen = data.seen[s]
        n, rate = data.n[s, seen], rates[:, :, seen]
        below, upto = (_at_most(count, n, rate) for count in (data.low[s, seen] - 1, data.high[s, seen]))
        low[s, seen], high[s, seen] = (np.einsum("d,k,dkt->t", share, weights, each) for each in (upto, 1.0 - below))
    return low, high


def _at_most(count: np.ndarray, n: np.ndarray, rate: np.ndarray) -> np.ndarray:
    inner = np.clip(count, 0, np.maximum(n - 1, 0))
    found = betainc(n - inner, inner + 1.0, 1.0 - rate)
    return np.where(count < 0, 0.0, np.where(count >= n, 1.0, found))


def table(posterior: Posterior, level: float, least: int) -> pd.DataFrame:
    """Return one row per unit and period with data.

    Parameters
    ----------
    posterior
        Of the counts.
    level
        False discovery rate of each of the two selections, within a period.
    least
        Units with fewer courses in a period are not selected.

    Returns
    -------
    pandas.DataFrame
        `unit_id`, `period`, `n`, `deteriorated` (missing where suppressed), `raw_rate`; modelled `rate` with
        `rate_low` and `rate_high` (95 %), `ratio` to a typical unit of the period; `p_high`, `p_low`: probability that
        the ratio is above 1.2 or below its inverse, `exceeds` ("high", "low" or empty); `tail`, twice the smaller of
        the two tails, and `unlike_others` ("high", "low" or empty).
    """
    data, parts = posterior.counted, []
    low_tail, high_tail = tails(posterior)
    odds = posterior.log_odds
    for at, period in enumerate(data.periods):
        rows = np.flatnonzero(data.seen[:, at])
        if not rows.size:
            continue
        rates = expit(odds[:, rows, at])
        ratio = rates / expit(posterior.periods[:, at])[:, None]
        high, low = (ratio > MARGIN).mean(axis=0), (ratio < 1 / MARGIN).mean(axis=0)
        judged = data.n[rows, at] >= least
        n, shown = data.n[rows, at], data.shown[rows, at]
        below, above = low_tail[rows, at], high_tail[rows, at]
        parts.append(
            pd.DataFrame(
                {
                    "unit_id": [data.units[row] for row in rows],
                    "period": period,
                    "n": n,
                    "deteriorated": pd.array(shown, dtype="Int64"),
                    "raw_rate": shown / n,
                    "rate": rates.mean(axis=0),
                    "rate_low": np.quantile(rates, 0.025, axis=0),
                    "rate_high": np.quantile(rates, 0.975, axis=0),
                    "ratio": np.median(ratio, axis=0),
                    "p_high": high,
                    "p_low": low,
                    "exceeds": _sides(judged, high, low, level, selected),
                    "tail": two_sided(below, above),
                    "unlike_others": _unlike(judged, below, above, level),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _sides(judged: np.ndarray, high: np.ndarray, low: np.ndarray, level: float, choose) -> np.ndarray:
    found = np.full(len(judged), "", dtype=object)
    for name, probability in (("high", high), ("low", low)):
        found[np.flatnonzero(judged)[choose(probability[judged], level)]] = name
    return found


def two_sided(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Return p-values of both sides, shape kept."""
    return np.minimum(1.0, 2 * np.minimum(below, above))


def _unlike(judged: np.ndarray, below: np.ndarray, above: np.ndarray, level: float) -> np.ndarray:
    found = np.full(len(judged), "", dtype=object)
    rows = np.flatnonzero(judged)
    if rows.size:
        chosen = rows[significant(1 - two_sided(below[rows], above[rows]), level)]
        found[chosen] = np.where(above[chosen] < below[chosen], "high", "low")
    return found

"""Cluster bootstrap of the logistic regression: therapists are drawn with replacement, each with all own clients.

It trusts no model of the likeness between one therapist's clients, and needs no formula for what is estimated.
Intervals are bias-corrected and accelerated (BCa, Efron 1987, 10.1080/01621459.1987.10478410), the acceleration from
leaving out one therapist at a time; a test rejects where the interval leaves out 0.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
from scipy.special import expit, ndtr, ndtri

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.methods.answer import (
    LEVEL,
    RATED_RISK,
    Answer,
    DataSet,
    Estimate,
    Settings,
    one_by_one,
    trait_of,
)
from iatrogenesis.simulation_study.methods.regression import (
    MARGINAL,
    PER,
    design,
    estimable,
    place_of_burnout,
    prepared,
)

PLACE = 4.5
LABEL = "cluster bootstrap"
LOOK = ("<", "orange")
GROUP = "bootstrap"
SECONDS = (0.02, 0.07)
SLOW = True
TARGETS = ("log_odds_ratio_marginal[t]", "risk_change_rated[burnout]")
RESAMPLES = 399
BLOCK = 2_000_000  # numbers of one array held at a time
STEPS = 12
CLOSE = 1e-6  # the largest step that is no more worth taking, in log odds
RIDGE = 1e-9  # of each client: a band of ages that a resample lacks stays where it was
LOST = 0.05  # share of resamples without an estimate above which there is no answer


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return one_by_one(partial(_fit, seed=settings.seed))(data_sets, settings)


def _fit(data_set: DataSet, seed: int) -> Answer:
    data = estimable(prepared(data_set))
    columns, events = design(data), data.deteriorated.astype(float)
    seen, therapist = np.unique(data.therapist, return_inverse=True)
    resamples = resampled(len(seen), Noise(derived_seed(seed, "cluster bootstrap", data.dataset)))
    without_one = 1.0 - np.eye(len(seen))
    weights = np.vstack([np.ones(len(seen)), resamples, without_one])
    beta = weighted(columns, events, weights[:, therapist])
    risk = _changes(columns, beta, weights[:, therapist], place_of_burnout(data))
    values = {
        f"{MARGINAL}[{trait}]": beta[:, place]
        for place, name in enumerate(data.covariate_names, start=1)
        if (trait := trait_of(name)) is not None
    }
    estimates = [_estimate(name, found) for name, found in (values | {RATED_RISK: risk}).items()]
    return Answer(data_set.replicate, estimates)


def resampled(therapists: int, noise: Noise, resamples: int = RESAMPLES) -> np.ndarray:
    """Return how often each therapist is drawn in each resample, shape (resamples, therapists)."""
    uniform = noise.uniform("therapist", therapist=np.arange(therapists), occasion=np.arange(resamples)[:, None])
    drawn = np.minimum((uniform * therapists).astype(np.int64), therapists - 1)
    return np.array([np.bincount(row, minlength=therapists) for row in drawn], dtype=float)


def weighted(columns: np.ndarray, events: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the coefficients of logistic regressions with these weights of the clients.

    All at once: the products of columns are made once, and a Newton step of many regressions is a matrix product.

    Parameters
    ----------
    columns, events
        Shapes (clients, p) and (clients,).
    weights
        Shape (regressions, clients). The first regression's coefficients are where the others start.

    Returns
    -------
    numpy.ndarray
        Shape (regressions, p); NaN where the steps did not end.
    """
    size = columns.shape[1]
    upper = np.triu_indices(size)
    products = columns[:, upper[0]] * columns[:, upper[1]]
    rate = events.mean()
    start = np.append(np.log(rate / (1 - rate)), np.zeros(size - 1))
    first = _newton(columns, events, products, upper, weights[:1], start)
    block = max(1, BLOCK // len(events))
    rest = [
        _newton(columns, events, products, upper, weights[at : at + block], first[0])
        for at in range(1, len(weights), block)
    ]
    return np.vstack([first, *rest])


def _newton(columns, events, products, upper, weights: np.ndarray, start: np.ndarray) -> np.ndarray:
    size = columns.shape[1]
    beta = np.tile(start, (len(weights), 1))
    going = np.arange(len(weights))
    information = np.empty((len(weights), size, size))
    for _ in range(STEPS):
        own = weights[going]
        risk = expit(beta[going] @ columns.T)
        score = (own * (events - risk)) @ columns
        entries = (own * risk * (1 - risk)) @ products
        now = information[: len(going)]
        now[:, upper[0], upper[1]] = entries
        now[:, upper[1], upper[0]] = entries
        now += RIDGE * len(events) * np.eye(size)
        step = np.linalg.solve(now, score[:, :, None])[:, :, 0]
        beta[going] += np.clip(step, -2.0, 2.0)
        going = going[np.abs(step).max(axis=1) > CLOSE]
        if not going.size:
            break
    # What still moves is a coefficient without an end, of a band of ages without events; the others stand.
    return beta


def _changes(columns, beta: np.ndarray, weights: np.ndarray, burnout: int) -> np.ndarray:
    """Change of the mean risk of each resample's clients, per 1,000, if rated burnout were 1 SD lower."""
    found, block = np.empty(len(beta)), max(1, BLOCK // len(columns))
    for at in range(0, len(beta), block):
        part = slice(at, at + block)
        now = beta[part] @ columns.T
        change = expit(now - beta[part, burnout, None]) - expit(now)
        found[part] = PER * np.sum(weights[part] * change, axis=1) / weights[part].sum(axis=1)
    return found


def _estimate(name: str, values: np.ndarray) -> Estimate:
    """From the estimate, those of the resamples, and those without one therapist each."""
    estimate, drawn, without_one = values[0], values[1 : 1 + RESAMPLES], values[1 + RESAMPLES :]
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < (1 - LOST) * RESAMPLES or not np.all(np.isfinite(without_one)):
        raise DataError(f"{name}: the cluster bootstrap has too few resamples with an estimate")
    low, high = bca(estimate, drawn, without_one)
    return Estimate(name, float(estimate), float(drawn.std(ddof=1)), low, high, float(not low <= 0.0 <= high))


def bca(estimate: float, drawn: np.ndarray, without_one: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval.

    Parameters
    ----------
    drawn
        Estimates of the resamples.
    without_one
        Estimates without one cluster each.
    """
    half = 0.5 / len(drawn)
    bias = ndtri(np.clip(np.mean(drawn < estimate) + np.mean(drawn == estimate) / 2, half, 1 - half))
    off = without_one.mean() - without_one
    spread = np.sum(off**2)
    acceleration = np.sum(off**3) / (6 * spread**1.5) if spread > 0 else 0.0
    ends = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = np.quantile(drawn, ndtr(bias + ends / (1 - acceleration * ends)))
    return float(low), float(high)

"""James-Stein: each therapist's own rate shrunk linearly towards the mean, the more the fewer clients.

How much is told by the variance of true rates between therapists, estimated from moments that binomial counts have
exactly, however rare events are: a variance-stabilising transformation (Efron & Morris 1975,
10.1080/01621459.1975.10479864) stabilises nothing at one event per therapist, and would find no spread. Uncertainty
about that variance is averaged over as by Morris (1983, 10.1080/01621459.1983.10477920), every variance from 0 on being
as likely beforehand; for equal numbers of clients and normal rates this is the estimator of James and Stein, its
positive part smoothed. So where no spread is found, therapists are not alike for certain; where there is none, rates
are further from the truth than by the positive part itself. Intervals are those of a beta distribution whose mean is
the shrunk rate, and whose variance has what the therapist's own clients leave open and the errors of mean and variance.
Nothing is adjusted for.

    rate_j of mean m and variance V,   y_j = events_j / n_j
    Var(y_j) = V (1 - 1 / n_j) + m (1 - m) / n_j,   shrunk to m + n_j / (n_j + M) (y_j - m),   M = m (1 - m) / V - 1
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammainc, gammaincinv

from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.methods.answer import Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.rates import beta_table
from iatrogenesis.simulation_study.methods.regression import both_outcomes, prepared

PLACE = 1.4
LABEL = "James-Stein"
LOOK = ("+", "grey")
GROUP = "fast"
SECONDS = (0.004, 0.0028)
TARGETS = ("own_rate",)
FEWEST = 4  # therapists: with three or fewer nothing may be shrunk
STEPS = 100
CLOSE = 1e-9  # of the variance's share of m (1 - m)
WIDEST = 0.9  # the same share at most: at 1 every rate is 0 or 1
PARTS = 32  # equally probable values of the variance


@dataclass(frozen=True)
class Spread:
    """What moments say of the variance of therapists' rates.

    Attributes
    ----------
    between
        The variance V, unbiased before it is cut off: it may be negative.
    within
        Average variance of an observed rate given the true one, weighted as in `between`.
    freedom
        Degrees of freedom of the multiple of a chi-squared variable that has mean and variance of the estimate of
        `between` + `within`; k - 1 for k normal observations of equal variance, fewer for counts of rare events.
    """

    between: float
    within: float
    freedom: float


def _fit(data_set: DataSet) -> Answer:
    data = both_outcomes(prepared(data_set, ()))
    seen = np.flatnonzero(data.clients)
    if len(seen) < FEWEST or data.clients.max() < 2:
        raise DataError(f"{data_set.name}: James-Stein needs {FEWEST} therapists, one with two clients or more")
    clients, events = data.clients[seen], data.events[seen]
    rate, variance = shrunk(events, clients)
    table = beta_table(rate, variance, data_set.replicate)
    return Answer(data_set.replicate, therapists=pd.DataFrame({"therapist": seen, **table}))


def moments(events: np.ndarray, clients: np.ndarray) -> Spread:
    """Return the variance of rates between therapists from counts, shape (k,) each, k at least 2.

    Squares of y - m are weighted by 1 / Var(y)^2, as maximum likelihood weights those of normal observations; their
    expectation is exact for any weights that are not estimated.
    """
    rates, between, k = events / clients, 0.0, len(events)
    for _ in range(STEPS):
        mean, error, total = _mean(rates, clients, between)
        share, squared = error / total, total**-2
        whole = mean * (1 - mean) + error  # E[m (1 - m)] is smaller by the variance of the mean's estimate
        of_within, of_between = (
            squared * ((1 - 2 * share) * part + share**2 @ part) for part in (1 / clients, 1 - 1 / clients)
        )
        then = float((squared @ (rates - mean) ** 2 - whole * of_within.sum()) / of_between.sum())
        close = abs(then - between) < CLOSE * whole
        between = then
        if close:
            break
    within = float(whole * of_within.sum() / of_between.sum())
    third, fourth = central(mean, max(between, 0.0), clients)
    # Where more events come than were expected, the mean rises and takes a part of the squares back.
    back = of_within.sum() * (1 - 2 * mean) * share
    noise = np.sum(squared**2 * (fourth - total**2) - 2 * squared * back * third + back**2 * total)
    noise = float(noise / of_between.sum() ** 2)
    return Spread(between, within, (k - 1) / k * 2 * (max(between, 0.0) + within) ** 2 / noise)


def central(mean: float, variance: float, clients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return third and fourth central moment of observed rates, true ones having a beta distribution; shape (k,)."""
    # Falling factorials of a beta-binomial count have the expectation n (n - 1) ... times E[p^r].
    size = np.inf if variance <= 0 else mean * (1 - mean) / variance - 1
    steps = np.arange(4)
    raised = np.cumprod((mean + steps / size) / (1 + steps / size))
    falling = np.cumprod(clients[:, None] - steps, axis=1) * raised
    powers = falling @ np.array([[1, 1, 1, 1], [0, 1, 3, 7], [0, 0, 1, 6], [0, 0, 0, 1]])
    first, second, third, last = (powers / clients[:, None] ** (steps + 1.0)).T
    return (
        third - 3 * second * mean + 3 * first * mean**2 - mean**3,
        last - 4 * third * mean + 6 * second * mean**2 - 4 * first * mean**3 + mean**4,
    )


def shrunk(events: np.ndarray, clients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shrunk rates and their variances, shape (k,), k at least 4."""
    spread, rates = moments(events, clients), events / clients
    total = max(spread.between + spread.within, 1e-3 * spread.within)
    # Over 1 / (V + within), which is gamma distributed given the data, cut off where V would be negative.
    shape, scale = max(spread.freedom / 2 - 1, 0.5), spread.freedom * total / 2
    places = (np.arange(PARTS) + 0.5) / PARTS * gammainc(shape, scale / spread.within)
    centres, left = np.empty((2, PARTS, len(rates)))
    for part, between in enumerate(scale / gammaincinv(shape, places) - spread.within):
        mean, error, _ = _mean(rates, clients, float(between))
        size = mean * (1 - mean) / np.clip(between, CLOSE, WIDEST * mean * (1 - mean)) - 1
        own = clients / (clients + size)
        centres[part] = mean + own * (rates - mean)
        left[part] = centres[part] * (1 - centres[part]) / (clients + size + 1) + (1 - own) ** 2 * error
    return centres.mean(axis=0), left.mean(axis=0) + centres.var(axis=0)


def _mean(rates: np.ndarray, clients: np.ndarray, between: float) -> tuple[float, float, np.ndarray]:
    """Weighted mean of rates if their true variance were this, its variance, and that of each rate, shape (k,)."""
    mean = float(np.average(rates, weights=clients))
    for _ in range(2):
        whole = mean * (1 - mean)
        total = np.clip(between, 0.0, WIDEST * whole) * (1 - 1 / clients) + whole / clients
        mean = float(np.average(rates, weights=1 / total))
    return mean, float(1 / np.sum(1 / total)), total


answers = one_by_one(_fit)

"""Cluster bootstrap of the logistic regression: therapists are drawn with replacement, each with all own clients.

It trusts no model of the likeness between one therapist's clients, and needs no formula for what is estimated.
Intervals are bias-corrected and accelerated (BCa, Efron 1987, 10.1080/01621459.1987.10478410), the acceleration from
leaving out one therapist at a time; a test rejects where the interval leaves out 0. Resamples whose search for a
solution does not end are left out; with more than 5 % of them there is no answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import ndtr, ndtri

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import OutcomeData
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
SECONDS = (0.02, 0.056)
SLOW = True
TARGETS = ("log_odds_ratio_marginal[t]", "risk_change_rated[burnout]")
RESAMPLES = 999  # ends of a 95 % interval are then the 25th from either side, or thereabouts (BCa)
BLOCK = 300_000  # numbers of one array held at a time: they stay in the nearer memory
STEPS = 30
CHORDS = (2, 3)  # steps that take the information of the one before
CLOSE = 1e-4  # the largest last step, in log odds: what it leaves is of the order of its square
RISE = 1e-5  # the largest last rise of the log-likelihood
ENDLESS = 30.0  # log odds that stand for infinitely many
RIDGE = 1e-9  # of each client: a band of ages that a resample lacks stays where it was
LOST = 0.05  # share of resamples whose search did not end above which there is no answer


def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
    """Yield an answer per data set; see `iatrogenesis.simulation_study.methods`."""
    return one_by_one(partial(_fit, seed=settings.seed))(data_sets, settings)


def _fit(data_set: DataSet, seed: int) -> Answer:
    data = estimable(prepared(data_set))
    seen, therapist = np.unique(data.therapist, return_inverse=True)
    clients = Clients.of(design(data), data.deteriorated.astype(float), therapist, bands(data))
    resamples = resampled(len(seen), Noise(derived_seed(seed, "cluster bootstrap", data.dataset)))
    weights = np.vstack([np.ones(len(seen)), resamples, 1.0 - np.eye(len(seen))])
    beta, ended = weighted(clients, weights)
    lost = np.count_nonzero(~ended[1 : 1 + RESAMPLES])
    if lost > LOST * RESAMPLES or not ended[0] or not ended[1 + RESAMPLES :].all():
        raise DataError(f"{data_set.name}: {lost} of {RESAMPLES} resamples, or one without a therapist, have no fit")
    values = {
        f"{MARGINAL}[{trait}]": beta[:, place]
        for place, name in enumerate(data.covariate_names, start=1)
        if (trait := trait_of(name)) is not None
    }
    values[RATED_RISK] = _changes(clients, beta, weights, place_of_burnout(data))
    return Answer(data_set.replicate, [_estimate(name, found, ended) for name, found in values.items()])


def bands(data: OutcomeData) -> np.ndarray:
    """Return which columns of the design are bands of ages, bool, shape (p,)."""
    return np.array([False, *(name.startswith("age[") for name in data.covariate_names)])


def resampled(therapists: int, noise: Noise, resamples: int = RESAMPLES) -> np.ndarray:
    """Return how often each therapist is drawn in each resample, shape (resamples, therapists)."""
    uniform = noise.uniform("therapist", therapist=np.arange(therapists), occasion=np.arange(resamples)[:, None])
    drawn = np.minimum((uniform * therapists).astype(np.int64), therapists - 1)
    return np.array([np.bincount(row, minlength=therapists) for row in drawn], dtype=float)


@dataclass(frozen=True)
class Clients:
    """Clients sorted by therapist, for many regressions that differ in the therapists' weights.

    Attributes
    ----------
    columns, events
        Shapes (clients, p) and (clients,).
    starts, sizes
        Of each therapist's clients, shape (therapists,).
    products, upper
        Products of two columns each, shape (clients, p (p + 1) / 2), and which.
    bands
        Columns of two values, one inside a band and one outside; bool, shape (p,).
    """

    columns: np.ndarray
    events: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    products: np.ndarray
    upper: tuple[np.ndarray, np.ndarray]
    bands: np.ndarray

    @classmethod
    def of(cls, columns, events, therapist: np.ndarray, bands: np.ndarray | None = None) -> "Clients":
        """From clients in any order; all therapists, 0 to the last, have some."""
        order = np.argsort(therapist, kind="stable")
        columns, events, sizes = columns[order], events[order], np.bincount(therapist)
        rows, others = np.triu_indices(columns.shape[1])
        bands = np.zeros(columns.shape[1], dtype=bool) if bands is None else bands
        products = columns[:, rows] * columns[:, others]
        return cls(columns, events, np.cumsum(sizes) - sizes, sizes, products, (rows, others), bands)

    def information(self, entries: np.ndarray) -> np.ndarray:
        """Matrices of their upper triangles, shape (regressions, p, p)."""
        full = np.empty((len(entries), len(self.bands), len(self.bands)))
        full[:, self.upper[0], self.upper[1]] = entries
        full[:, self.upper[1], self.upper[0]] = entries
        return full + RIDGE * len(self.events) * np.eye(len(self.bands))


def weighted(clients: Clients, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of logistic regressions with these weights of the therapists.

    All at once: the products of columns are made once, and a Newton step of many regressions is a matrix product. The
    first step of all but the first regression is made of sums per therapist. A band of ages in which a resample has the
    same outcome throughout has an infinite coefficient: it is put far out, where it stays, and the others are those
    without these clients.

    Parameters
    ----------
    weights
        Shape (regressions, therapists). The first regression's coefficients are where the others start.

    Returns
    -------
    tuple of numpy.ndarray
        Coefficients, shape (regressions, p), and whether the search for them ended: the likelihood rises no more, and
        no coefficient moves. bool, shape (regressions,).
    """
    rate = clients.events.mean()
    start = np.append(np.log(rate / (1 - rate)), np.zeros(clients.columns.shape[1] - 1))
    first, ended = _newton(clients, weights[:1], start[None, :])
    risk = _risk(clients, first)[0]
    score = np.add.reduceat((clients.events - risk)[:, None] * clients.columns, clients.starts)
    entries = np.add.reduceat((risk * (1 - risk))[:, None] * clients.products, clients.starts)
    step = np.linalg.solve(clients.information(weights @ entries), (weights @ score)[:, :, None])[:, :, 0]
    starts = first + np.clip(step, -2.0, 2.0) + _endless(clients, weights)
    block = max(1, BLOCK // len(clients.events))
    found = [
        _newton(clients, weights[at : at + block], starts[at : at + block]) for at in range(1, len(weights), block)
    ]
    return np.vstack([first, *(beta for beta, _ in found)]), np.concatenate([ended, *(over for _, over in found)])


def _endless(clients: Clients, weights: np.ndarray) -> np.ndarray:
    """What to add to coefficients for bands with one outcome throughout to be sure of it, shape (regressions, p)."""
    moved = np.zeros((len(weights), clients.columns.shape[1]))
    for place in np.flatnonzero(clients.bands):
        column = clients.columns[:, place]
        outside, inside = column.min(), column.max()
        own = np.column_stack([clients.events, 1 - clients.events]) * (column == inside)[:, None]
        events, others = (weights @ np.add.reduceat(own, clients.starts)).T
        far = ENDLESS * ((others == 0).astype(float) - (events == 0)) / (inside - outside)
        moved[:, place] += far
        moved[:, 0] -= outside * far  # nobody else's log odds change
    return moved


def _newton(clients: Clients, weights: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    beta, ended = start.copy(), np.zeros(len(weights), dtype=bool)
    going, own = np.arange(len(weights)), np.repeat(weights, clients.sizes, axis=1)
    inverse = np.empty((len(weights), beta.shape[1], beta.shape[1]))
    for number in range(STEPS):
        risk = _risk(clients, beta[going])
        score = (own * (clients.events - risk)) @ clients.columns
        if number not in CHORDS:
            risk *= 1 - risk
            risk *= own
            inverse[going] = np.linalg.inv(clients.information(risk @ clients.products))
        step = np.einsum("rij,rj->ri", inverse[going], score)
        beta[going] += np.clip(step, -2.0, 2.0)
        moves = (np.abs(step).max(axis=1) > CLOSE) | ~(np.einsum("ri,ri->r", score, step) < RISE)
        ended[going] = ~moves
        going, own = going[moves], own[moves]
        if not going.size:
            break
    return beta, ended


def _against(clients: Clients, beta: np.ndarray) -> np.ndarray:
    """Odds of no deterioration, shape (regressions, clients)."""
    odds = -beta @ clients.columns.T
    return np.exp(odds, out=odds)


def _risk(clients: Clients, beta: np.ndarray) -> np.ndarray:
    against = _against(clients, beta)
    against += 1.0
    return np.reciprocal(against, out=against)


def _changes(clients: Clients, beta: np.ndarray, weights: np.ndarray, burnout: int) -> np.ndarray:
    """Change of the mean risk of each resample's clients, per 1,000, if rated burnout were 1 SD lower."""
    found, block = np.empty(len(beta)), max(1, BLOCK // len(clients.events))
    for at in range(0, len(beta), block):
        part = slice(at, at + block)
        # 1 / (1 + f c) - 1 / (1 + c) with one exponential per client, c; f is of the regression.
        factor, change = np.exp(beta[part, burnout]), _against(clients, beta[part])
        below = change + 1.0
        below *= factor[:, None] * change + 1.0
        change /= below
        sums = np.add.reduceat(change, clients.starts, axis=1)
        found[part] = PER * (1 - factor) * np.sum(weights[part] * sums, axis=1) / (weights[part] @ clients.sizes)
    return found


def _estimate(name: str, values: np.ndarray, ended: np.ndarray) -> Estimate:
    """From the estimate, those of the resamples whose search ended, and those without one therapist each."""
    drawn = values[1 : 1 + RESAMPLES][ended[1 : 1 + RESAMPLES]]
    low, high = bca(values[0], drawn, values[1 + RESAMPLES :])
    return Estimate(name, float(values[0]), float(drawn.std(ddof=1)), low, high, float(not low <= 0.0 <= high))


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

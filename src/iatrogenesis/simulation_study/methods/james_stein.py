"""James-Stein: each therapist's own rate shrunk towards the mean, more so the fewer clients there are.

On the scale on which the variance of a rate hardly depends on the rate, the arcsine of its square root (Efron & Morris
1975, 10.1080/01621459.1975.10479864), with unequal variances and intervals that include the uncertainty of how much to
shrink (Morris 1983, 10.1080/01621459.1983.10477920): where no spread is found, therapists are still not alike for
certain. The constants that steady the variance of a rare event's rate make it too large on average, so all are moved
together on that scale until as many deteriorations are expected as were seen. Nothing is adjusted for.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.tables import DataError
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, one_by_one
from iatrogenesis.simulation_study.methods.rates import ranked_draws, uniforms
from iatrogenesis.simulation_study.methods.regression import prepared

PLACE = 1.4
LABEL = "James-Stein"
LOOK = ("+", "grey")
GROUP = "fast"
SECONDS = (0.003, 0.002)
TARGETS = ("own_rate",)
FEWEST = 4  # therapists: with three or fewer nothing may be shrunk
STEPS = 100
CLOSE = 1e-12


def _fit(data_set: DataSet) -> Answer:
    data = prepared(data_set, ())
    seen = np.flatnonzero(data.clients)
    if len(seen) < FEWEST:
        raise DataError(f"{data_set.name}: James-Stein needs {FEWEST} therapists with clients, found {len(seen)}")
    clients, events = data.clients[seen], data.events[seen]
    angle, variance = stabilised(events, clients)
    centre, se = shrunk(angle, variance)
    centre = centre + correction(centre, se, events, clients)
    reach = ndtri(0.5 + LEVEL / 2) * se
    rate = 0.5 * (1 - np.cos(2 * centre) * np.exp(-2 * se**2))  # the mean of sin^2 of a normal
    at_limit = np.arcsin(np.sqrt(harmful_rate(np.average(rate, weights=clients))))
    table = {
        "therapist": seen,
        "score": rate,
        "rate": rate,
        "low": _rate(centre - reach),
        "high": _rate(centre + reach),
        "exceeds": ndtr((centre - at_limit) / se),
    }
    ranks = ranked_draws(_rate(centre + se * ndtri(uniforms(len(seen), data_set.replicate))))
    return Answer(data_set.replicate, therapists=pd.DataFrame({**table, **ranks}))


def stabilised(events: np.ndarray, clients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the arcsine of each rate and its variance, 1 / (4 n + 2) (Anscombe 1948, 10.1093/biomet/35.3-4.246)."""
    return np.arcsin(np.sqrt((events + 3 / 8) / (clients + 3 / 4))), 1 / (4 * clients + 2.0)


def shrunk(values: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what values of known variance are shrunk to, and its standard error, shape (k,), k at least 4.

    Morris (1983), equations of the parametric empirical Bayes estimator with a common mean.
    """
    k, between = len(values), float(np.var(values))
    for _ in range(STEPS):
        weight = 1 / (variance + between)
        mean = np.average(values, weights=weight)
        then = max(np.average(k / (k - 1) * (values - mean) ** 2 - variance, weights=weight), 0.0)
        if abs(then - between) < CLOSE:
            break
        between = then
    weight = 1 / (variance + between)
    mean = np.average(values, weights=weight)
    share = (k - 3) / (k - 1) * variance * weight
    typical = np.average(variance, weights=weight)
    unsure = 2 / (k - 3) * share**2 * (typical + between) * weight
    se = np.sqrt(variance * (1 - (k - 1) / k * share) + unsure * (values - mean) ** 2)
    return values - share * (values - mean), se


def correction(centre: np.ndarray, se: np.ndarray, events: np.ndarray, clients: np.ndarray) -> float:
    """Return by how much to move all angles for the expected events to be those seen.

    The sum of n sin^2 over normals is a constant less a cosine of twice the shift, and so is solved for.
    """
    weight = clients * np.exp(-2 * se**2)
    along, across = weight @ np.cos(2 * centre), weight @ np.sin(2 * centre)
    wanted = (clients.sum() - 2 * events.sum()) / np.hypot(along, across)
    return float(np.arccos(np.clip(wanted, -1.0, 1.0)) - np.arctan2(across, along)) / 2


def _rate(angle: np.ndarray) -> np.ndarray:
    return np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2


answers = one_by_one(_fit)

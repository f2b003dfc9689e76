"""What users care about in data of each kind, as a few numbers: the measure of predictive checks.

A model whose data are of a kind of their own registers its statistics itself, as `measurement` does.
"""

from functools import singledispatch

import numpy as np

from iatrogenesis.inference.data.endings import EndingData
from iatrogenesis.inference.data.ordinal import CATEGORIES, OrdinalData
from iatrogenesis.inference.data.outcomes import FitData, OutcomeData
from iatrogenesis.inference.data.sessions import SessionData

FEWEST = 5  # clients from which a therapist's own rate enters the spread of rates


@singledispatch
def statistics(data: FitData) -> dict[str, float]:
    """Return the statistics of a data set by name: percentages, or points of the instrument."""
    raise TypeError(f"no statistics are known for {type(data).__name__}")


@statistics.register
def _(data: OutcomeData) -> dict[str, float]:
    rates = _rates(data.deteriorated, data.trials, data.therapist, len(data.therapist_ids))
    found = {
        "deterioration rate, %": 100 * data.deteriorated.sum() / data.trials.sum(),
        "SD of therapists' rates, %": float(np.std(rates)),
        "highest therapist's rate, %": float(rates.max()),
        "therapists without deterioration, %": float(100 * np.mean(rates == 0)),
    }
    if data.service_ids:
        of_services = _rates(data.events, data.clients, data.service, len(data.service_ids))
        found["SD of services' rates, %"] = float(np.std(of_services))
    return found


@statistics.register
def _(data: OrdinalData) -> dict[str, float]:
    shares = np.bincount(data.outcome, minlength=len(CATEGORIES)) / len(data.outcome)
    found = {f"{name}, %": 100 * share for name, share in zip(CATEGORIES, shares, strict=True)}
    spread = statistics(data.people)["SD of therapists' rates, %"]
    recovered = (data.outcome == len(CATEGORIES) - 1).astype(int)
    rates = _rates(recovered, np.ones_like(recovered), data.people.therapist, len(data.therapist_ids))
    return found | {"SD of therapists' rates, %": spread, "SD of therapists' recovery rates, %": float(np.std(rates))}


@statistics.register
def _(data: SessionData) -> dict[str, float]:
    sessions, time, time_squared, score, time_score, _ = data.sums.T
    long = sessions >= 3
    centred = time_squared - time**2 / sessions
    slope = (time_score - time * score / sessions)[long] / centred[long]
    therapist = data.therapist[long]
    clients = np.bincount(therapist, minlength=len(data.therapist_ids))
    means = np.bincount(therapist, weights=slope, minlength=len(clients)) / np.maximum(clients, 1)
    return {
        "mean score": float(score.sum() / sessions.sum() + data.centre),
        "mean slope, points per doubling": float(slope.mean()),
        "SD of clients' slopes": float(slope.std()),
        "clients whose slope is above 0, %": float(100 * np.mean(slope > 0)),
        "SD of therapists' mean slopes": float(np.std(means[clients >= FEWEST])),
    }


@statistics.register
def _(data: EndingData) -> dict[str, float]:
    ended = np.zeros((len(data.therapist_ids), 2))
    np.add.at(ended, data.therapist, data.counts[:, 1:])
    courses = ended.sum(axis=1)
    rates = 100 * ended[:, 0] / np.maximum(courses, 1)
    worse = data.covariates[:, 0] > 0
    return {
        "courses dropped out of, %": 100 * ended[:, 0].sum() / ended.sum(),
        "SD of therapists' dropout rates, %": float(np.std(rates[courses >= FEWEST])),
        "dropouts after the first session, %": float(100 * data.counts[data.stage == 0, 1].sum() / ended[:, 0].sum()),
        "dropout after sessions when worse, %": float(100 * data.counts[worse, 1].sum() / data.counts[worse, 0].sum()),
    }


def _rates(events: np.ndarray, trials: np.ndarray, unit: np.ndarray, units: int) -> np.ndarray:
    """Percent of each unit that has clients enough; of all that have any, where none has enough."""
    clients = np.bincount(unit, weights=trials, minlength=units)
    enough = clients >= min(FEWEST, clients.max())
    return 100 * np.bincount(unit, weights=events, minlength=units)[enough] / clients[enough]

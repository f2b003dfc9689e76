"""How services differ, and how long."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import pattern
from iatrogenesis.world.judged import Sample

LARGE = 200  # finished courses of a service, as in evidence T22
YEARS = 4  # whole years that are compared with each other


def _logits(sample: Sample, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log odds of deterioration of each group, its sampling variance, and its courses; half a client added."""
    done = sample.finished
    _, number = np.unique(group[done], return_inverse=True)
    n = np.bincount(number)
    worse = np.bincount(number, weights=sample.deteriorated[done]) + 0.5
    better = n - worse + 1.0
    return np.log(worse / better), 1 / worse + 1 / better, n


@pattern("T22")
def spread_of_services(counterparts: Counterparts) -> float:
    """SD between services of the log odds of deterioration, by DerSimonian & Laird (1986)."""
    logit, variance, n = _logits(counterparts.treated, counterparts.treated.cluster)
    logit, variance = logit[n >= LARGE], variance[n >= LARGE]
    weight = 1 / variance
    mean = np.sum(weight * logit) / weight.sum()
    excess = np.sum(weight * (logit - mean) ** 2) - (len(logit) - 1)
    between = excess / (weight.sum() - np.sum(weight**2) / weight.sum())
    return float(np.sqrt(max(between, 0.0)))


def _rates(sample: Sample) -> np.ndarray:
    _, number = np.unique(sample.cluster[sample.finished], return_inverse=True)
    n = np.bincount(number)
    return (np.bincount(number, weights=sample.deteriorated[sample.finished]) / n)[n >= LARGE]


@pattern("T23_low")
def low_service(counterparts: Counterparts) -> float:
    """Fifth percentile of services' deterioration rates, services with at least 200 finished courses."""
    return float(np.quantile(_rates(counterparts.treated), 0.05))


@pattern("T23_high")
def high_service(counterparts: Counterparts) -> float:
    """Ninety-fifth percentile, likewise."""
    return float(np.quantile(_rates(counterparts.treated), 0.95))


def _persistence(lag: int):
    """Correlation of a service's log odds in years so far apart, freed of sampling error."""

    def function(counterparts: Counterparts) -> float:
        sample = counterparts.treated.only(counterparts.treated.year < YEARS)
        logit, variance, _ = _logits(sample, sample.cluster * YEARS + sample.year)
        logit, variance = (values.reshape(-1, YEARS) for values in (logit, variance))
        logit = logit - logit.mean(axis=0)
        signal = np.mean(logit**2, axis=0) - variance.mean(axis=0)
        pairs = [(year, year + lag) for year in range(YEARS - lag)]
        together = [np.mean(logit[:, a] * logit[:, b]) for a, b in pairs]
        return float(np.sum(together) / np.sum([np.sqrt(max(signal[a] * signal[b], 1e-12)) for a, b in pairs]))

    return function


for _lag in (1, 2, 3):
    pattern(f"T24_lag{_lag}", over_years=True)(_persistence(_lag))

"""Where patterns are kept, and the few numbers that several of them need."""

from collections.abc import Callable

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.world.judged import Sample

Pattern = Callable[[Counterparts], float]
PATTERNS: dict[str, Pattern] = {}
OVER_YEARS: dict[str, Pattern] = {}


def pattern(name: str, *, over_years: bool = False) -> Callable[[Pattern], Pattern]:
    """Register a function as the simulated counterpart of a row of the evidence."""

    def register(function: Pattern) -> Pattern:
        (OVER_YEARS if over_years else PATTERNS)[name] = function
        return function

    return register


def odds_ratio(event: np.ndarray, exposed: np.ndarray) -> float:
    """Odds of ``event`` among the exposed over the odds among the others."""
    inside, outside = event[exposed].mean(), event[~exposed].mean()
    return float(inside / (1 - inside) / (outside / (1 - outside)))


def fall(sample: Sample) -> np.ndarray:
    """Fall of the PHQ-9 from the first to the last session, of everybody."""
    return sample.first["phq9"].astype(float) - sample.last["phq9"]


def counted(sample: Sample, event: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Events and clients of each therapist, among some of the clients."""
    _, unit = np.unique(sample.unit[among], return_inverse=True)
    return np.bincount(unit, weights=event[among]).astype(np.int64), np.bincount(unit)


def mean_by(values: np.ndarray, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and number of each group, and every row's group as a number from 0."""
    _, number = np.unique(group, return_inverse=True)
    count = np.bincount(number)
    return np.bincount(number, weights=values) / count, count, number


def between_share(values: np.ndarray, group: np.ndarray) -> float:
    """Share of variance between groups of unequal size, by analysis of variance (may come out below 0).

    Searle, Casella & McCulloch (1992), Variance Components, the one-way random model.
    """
    means, count, number = mean_by(values, group)
    groups, total = len(count), len(values)
    within = np.sum((values - means[number]) ** 2) / (total - groups)
    among = np.sum(count * (means - values.mean()) ** 2) / (groups - 1)
    size = (total - np.sum(count**2) / total) / (groups - 1)
    between = (among - within) / size
    return float(between / (between + within))


def residual(outcome: np.ndarray, *covariates: np.ndarray) -> np.ndarray:
    """What a straight line through the covariates leaves of the outcome."""
    design = np.column_stack([np.ones(len(outcome)), *covariates]).astype(float)
    return outcome - design @ np.linalg.lstsq(design, outcome, rcond=None)[0]

"""Burnout: what goes with it, and how long it lasts."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import between_share, fall, mean_by, odds_ratio, pattern, residual
from iatrogenesis.world.burnout import WEEKS_PER_YEAR
from iatrogenesis.world.judged import Sample

BURNED_OUT_SHARE = 0.352  # evidence B04, Sayer et al. 2024: share of therapists at or above the cut of a single item
MONTH = 4  # weeks


def _burned_out(sample: Sample) -> np.ndarray:
    return sample.burnout_rating > np.quantile(sample.burnout_rating, 1 - BURNED_OUT_SHARE)


@pattern("B01")
def burnout_share(counterparts: Counterparts) -> float:
    """Share of the therapists' variance in the fall of the PHQ-9, given the first, that rated burnout explains."""
    done = counterparts.treated.only(counterparts.treated.finished)
    rated, _, number = mean_by(done.burnout_rating, done.unit)
    left = residual(fall(done), done.first["phq9"])
    before = between_share(left, done.unit)
    after = between_share(residual(left, rated[number]), done.unit)
    return 1 - (after / (1 - after)) / (before / (1 - before))


@pattern("B02")
def burnout_improvement(counterparts: Counterparts) -> float:
    """Odds ratio of improvement with a burned-out therapist."""
    sample = counterparts.treated
    return odds_ratio(sample.improved[sample.finished], _burned_out(sample)[sample.finished])


@pattern("B03")
def burnout_dropout(counterparts: Counterparts) -> float:
    """Odds ratio of dropout with a burned-out therapist."""
    return odds_ratio(counterparts.treated.dropped_out, _burned_out(counterparts.treated))


@pattern("B09")
def workload_burnout(counterparts: Counterparts) -> float:
    """Correlation of the size of the caseload with burnout."""
    return float(np.corrcoef(counterparts.treated.workload, counterparts.treated.burnout)[0, 1])


@pattern("S03")
def busy_weeks(counterparts: Counterparts) -> float:
    """Slope within therapists of the fall of the PHQ-9 on how busy the therapist was over the course, points per SD."""
    done = counterparts.treated.only(counterparts.treated.finished)
    busy, _, number = mean_by(done.pressure, done.unit)
    own = done.pressure - busy[number]
    return float(np.sum(own * fall(done)) / np.sum(own**2))


@pattern("B13", over_years=True)
def burnout_stability(counterparts: Counterparts) -> float:
    """Correlation over therapists of burnout in the first month of two years that follow each other."""
    sample = counterparts.treated
    early = sample.start_week % WEEKS_PER_YEAR < MONTH
    states = []
    for year in (0, 1):
        some = early & (sample.year == year)
        mean, _, _ = mean_by(sample.burnout[some], sample.unit[some])
        states.append(dict(zip(np.unique(sample.unit[some]), mean, strict=True)))
    both = sorted(set(states[0]) & set(states[1]))
    return float(np.corrcoef([[state[unit] for unit in both] for state in states])[0, 1])

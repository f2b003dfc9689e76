"""Alliance, ruptures and their repair, and outcome."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import fall, mean_by, pattern
from iatrogenesis.world.judged import Sample


@pattern("A01")
def alliance_outcome(counterparts: Counterparts) -> float:
    """Correlation of the mean alliance rating with the fall of the PHQ-9."""
    done = counterparts.treated.only(counterparts.treated.finished)
    return float(np.corrcoef(done.alliance_rating, fall(done))[0, 1])


def _slopes(sample: Sample) -> tuple[float, float]:
    """Points of fall per SD of rated alliance, between therapists' means and within therapists."""
    done = sample.only(sample.finished)
    mean, count, number = mean_by(done.alliance_rating, done.unit)
    outcome, _, _ = mean_by(fall(done), done.unit)
    centred = mean - np.average(mean, weights=count)
    between = np.sum(count * centred * outcome) / np.sum(count * centred**2)
    own = done.alliance_rating - mean[number]
    return float(between), float(np.sum(own * fall(done)) / np.sum(own**2))


@pattern("A03")
def between_therapists(counterparts: Counterparts) -> float:
    """Slope of the fall of the PHQ-9 on alliance between therapists."""
    return _slopes(counterparts.treated)[0]


@pattern("A04")
def within_therapists(counterparts: Counterparts) -> float:
    """Slope of the fall of the PHQ-9 on alliance within therapists."""
    return _slopes(counterparts.treated)[1]


@pattern("A05")
def repair_outcome(counterparts: Counterparts) -> float:
    """Correlation, among clients with a rupture, of the share of ruptures repaired with the fall of the PHQ-9."""
    sample = counterparts.treated
    torn = sample.only(sample.finished & (sample.ruptures > 0))
    return float(np.corrcoef(np.minimum(torn.repairs / torn.ruptures, 1.0), fall(torn))[0, 1])

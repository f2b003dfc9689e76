"""What monitoring does for those who are not on track."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import pattern


def _off_track(counterparts: Counterparts) -> np.ndarray:
    """Finished courses in which the alarm went off.

    Until then both worlds are the same for a client, so the group is the same with and without monitoring.
    """
    return counterparts.monitored.alarmed & counterparts.monitored.finished & counterparts.treated.finished


def points(counterparts: Counterparts, instrument: str) -> float:
    """Difference of last scores, with monitoring less without, of clients who are not on track."""
    who = _off_track(counterparts)
    with_it, without = (w.last[instrument][who].astype(float) for w in (counterparts.monitored, counterparts.treated))
    return float((with_it - without).mean())


@pattern("F02")
def standardised(counterparts: Counterparts) -> float:
    """Standardised difference of the last PHQ-9 in favour of monitoring, of clients who are not on track."""
    who = _off_track(counterparts)
    return -points(counterparts, "phq9") / float(counterparts.treated.last["phq9"][who].std())


@pattern("F06_phq9")
def phq9_points(counterparts: Counterparts) -> float:
    """Points of the PHQ-9 by monitoring, of clients who are not on track."""
    return points(counterparts, "phq9")


@pattern("F06_gad7")
def gad7_points(counterparts: Counterparts) -> float:
    """Points of the GAD-7, likewise."""
    return points(counterparts, "gad7")

"""Burnout as a process on the therapist: slow, pushed by workload and by clients who get worse."""

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Therapists, first_burnout
from iatrogenesis.world.parameters import BurnoutProcess

WEEKS_PER_YEAR = 52


def weekly_stability(process: BurnoutProcess) -> float | np.ndarray:
    """Share of a deviation that is still there a week later.

    The yearly correlation is that of the whole state. Its part from workload is permanent (its variance is the squared
    correlation with workload), so the moving part carries the rest.
    """
    permanent = process.workload_correlation.value**2
    return ((process.yearly_stability.value - permanent) / (1 - permanent)) ** (1 / WEEKS_PER_YEAR)


def start(process: BurnoutProcess, relief: float | np.ndarray, therapists: Therapists, noise: Noise) -> np.ndarray:
    """Burnout in the first week, SD of the reference population, shape (therapists,); ``relief``: see `next_week`."""
    around = first_burnout(process, therapists.workload, therapists.replicate, therapists.index, noise)
    return process.mean.value - process.support.value - relief + around


def first_pressure(therapists: Therapists, noise: Noise) -> np.ndarray:
    """How much busier than usual each therapist is in the first week, in SD over weeks, shape (therapists,)."""
    return noise.normal("pressure.start", replicate=therapists.replicate, therapist=therapists.index)


def next_pressure(process: BurnoutProcess, new: np.ndarray, pressure: np.ndarray) -> np.ndarray:
    """How much busier than usual each therapist is one week on: busy spells come and go (``new``: the week's noise)."""
    kept = process.pressure_stability.value
    return kept * pressure + np.sqrt(1 - kept**2) * new


def next_week(
    process: BurnoutProcess,
    relief: float | np.ndarray,
    therapists: Therapists,
    shock: np.ndarray,
    burnout: np.ndarray,
    worse_share: np.ndarray,
) -> np.ndarray:
    """Burnout one week on.

    Parameters
    ----------
    relief
        SD taken off the level that burnout tends to, by preventions.
    shock
        Noise of the week, standard normal, shape (therapists,).
    worse_share
        Share of the therapist's clients in session this week who are reliably worse than at their start or in crisis;
        where nobody could be judged, the expected share. Shape (therapists,).
    """
    stability = weekly_stability(process)
    r = process.workload_correlation.value
    target = (
        process.mean.value
        - process.support.value
        - relief
        + r * therapists.workload
        + process.distress_push.value * (worse_share - process.expected_worse.value)
    )
    return target + stability * (burnout - target) + np.sqrt((1 - r**2) * (1 - stability**2)) * shock

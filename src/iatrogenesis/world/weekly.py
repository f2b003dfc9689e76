"""Chance of therapists from week to week, drawn for some weeks ahead."""

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Therapists

AHEAD = 13  # weeks: a quarter of a year


class Weekly:
    """Standard normal numbers of therapists for one decision, week by week.

    They are drawn for some weeks ahead: there are far fewer therapists than clients, and a draw for them alone would
    take longer to call than to do.
    """

    def __init__(self, noise: Noise, therapists: Therapists, decision: str) -> None:
        self._noise, self._decision = noise, decision
        self._who = {"replicate": therapists.replicate, "therapist": therapists.index}
        self._from: int | None = None
        self._numbers = np.empty((0, 0))

    def at(self, week: int) -> np.ndarray:
        """Numbers of a week, shape (therapists,)."""
        start = week - week % AHEAD
        if start != self._from:
            weeks = np.arange(start, start + AHEAD)[:, None]
            self._from, self._numbers = start, self._noise.normal(self._decision, **self._who, occasion=weeks)
        return self._numbers[week - start]

"""Incompetence: a small gradient over the whole range, and harm in the lower tail."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class Incompetence(Mechanism):
    """Severity rises below a threshold of competence; above it, competence hardly matters.

    drift = drift_below_threshold * max(0, threshold - competence) - drift_per_sd * competence
    """

    kind: Literal["incompetence"] = "incompetence"
    seed: ClassVar = ("The Role of Therapist Competence and Burnout", "Causes Behind Iatrogenic Effects in Therapy")
    signs: ClassVar = {"drift": 1}
    drift_per_sd: Sourced
    threshold: Sourced
    drift_below_threshold: Sourced

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session; positive is worse."""
        shortfall = np.maximum(self.threshold.value - week.competence, 0.0)
        return self.drift_below_threshold.value * shortfall - self.drift_per_sd.value * week.competence

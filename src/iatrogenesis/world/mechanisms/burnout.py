"""Burnout: an exhausted therapist helps less, and less warmly."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class Burnout(Mechanism):
    """Each SD of burnout adds points of severity and takes alliance away; in busy weeks cues are overlooked.

    drift = drift_per_sd * burnout + drift_per_pressure * pressure
    alliance = alliance_per_sd * burnout
    """

    kind: Literal["burnout"] = "burnout"
    seed: ClassVar = ("The Role of Therapist Competence and Burnout", "Causes Behind Iatrogenic Effects in Therapy")
    signs: ClassVar = {"drift": 1, "alliance": -1}
    drift_per_sd: Sourced
    drift_per_pressure: Sourced
    alliance_per_sd: Sourced

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session; positive is worse."""
        return self.drift_per_sd.value * week.burnout + self.drift_per_pressure.value * week.pressure

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance; negative with burnout (reduced empathy)."""
        return self.alliance_per_sd.value * week.burnout

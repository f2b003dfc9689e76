"""New symptoms: strain turns into trouble of another kind, which was not there at intake."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class NewSymptoms(Mechanism):
    """Exacerbation and a bad alliance make new symptoms; these wear on what was there before.

    symptom = per_point * max(0, transient) + per_sd * max(0, -1 - alliance)
    drift = spill * second
    """

    kind: Literal["new_symptoms"] = "new_symptoms"
    seed: ClassVar = ("Common Types of Therapy-Induced Harm",)
    signs: ClassVar = {"symptom": 1, "drift": 1}
    per_point: Sourced
    per_sd: Sourced
    spill: Sourced

    def symptom(self, week: Week, own: Own) -> np.ndarray:
        """Points of new symptoms per session."""
        bad = np.maximum(-1.0 - week.alliance, 0.0)
        return self.per_point.value * np.maximum(week.transient, 0.0) + self.per_sd.value * bad

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session by what the new symptoms take."""
        return self.spill.value * week.second

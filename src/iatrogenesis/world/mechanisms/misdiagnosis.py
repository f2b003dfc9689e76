"""Misdiagnosis: the treatment does not match the trouble, until somebody finds out."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Week


class Misdiagnosis(Mechanism):
    """A wrong diagnosis costs part of what treatment brings, worsens, and adds new symptoms; it may be corrected.

    wrong = 1 with probability share, drawn once per client; after each session 0 with probability correction, and 0
            with another therapist
    gain = -gain_loss * wrong
    drift = mismatch_points * wrong
    symptom = symptom_points * wrong
    """

    kind: Literal["misdiagnosis"] = "misdiagnosis"
    seed: ClassVar = (
        "Common Types of Therapy-Induced Harm",
        "Misdiagnosis and Its Consequences",
        "Treatment Mismatch Dangers",
        "How Misdiagnosis Harms Self-Perception",
    )
    signs: ClassVar = {"gain": -1, "drift": 1, "symptom": 1}
    own: ClassVar = ("wrong",)
    ends_with_therapist: ClassVar = ("wrong",)
    share: Sourced
    correction: Sourced
    gain_loss: Sourced
    mismatch_points: Sourced
    symptom_points: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: float) -> Own:
        """Whose diagnosis is wrong."""
        return {"wrong": draw.uniform("wrong") < float(self.share) * exposure}

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Log gain; negative while the treatment does not match."""
        return -float(self.gain_loss) * own["wrong"]

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session while the treatment does not match."""
        return float(self.mismatch_points) * own["wrong"]

    def symptom(self, week: Week, own: Own) -> np.ndarray:
        """Points of new symptoms while the treatment does not match."""
        return float(self.symptom_points) * own["wrong"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Some diagnoses are corrected."""
        return {"wrong": own["wrong"] * ~draw.event("correction", float(self.correction) * own["wrong"])}

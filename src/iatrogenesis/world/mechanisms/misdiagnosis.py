"""Misdiagnosis: the treatment does not match the trouble, until somebody finds out."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Probability, Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


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
    share: Proportion
    correction: Probability
    gain_loss: Sourced
    mismatch_points: Sourced
    symptom_points: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Whose diagnosis is wrong."""
        return {"wrong": draw.uniform("wrong") < self.share.value * exposure}

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Log gain; negative while the treatment does not match."""
        return -self.gain_loss.value * own["wrong"]

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session while the treatment does not match."""
        return self.mismatch_points.value * own["wrong"]

    def symptom(self, week: Week, own: Own) -> np.ndarray:
        """Points of new symptoms while the treatment does not match."""
        return self.symptom_points.value * own["wrong"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Some diagnoses are corrected."""
        return {"wrong": own["wrong"] * ~draw.event("correction", self.correction.value * own["wrong"])}

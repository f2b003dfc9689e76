"""Emotional withdrawal: after being hurt, the client shuts down; therapy no longer reaches, and shame stays."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class EmotionalWithdrawal(Mechanism):
    """Open ruptures and exacerbations numb; numbness fades slowly.

    numbness = 0 at first; after each session min(1, kept * numbness + per_rupture * strained + per_point * transient)
    alliance = -alliance_loss * numbness
    gain = -gain_loss * numbness
    after = shame_points * numbness
    """

    kind: Literal["emotional_withdrawal"] = "emotional_withdrawal"
    seed: ClassVar = ("Recognizing Signs of Iatrogenic Trauma", "Emotional Withdrawal Symptoms")
    signs: ClassVar = {"alliance": -1, "gain": -1}
    own: ClassVar = ("numbness",)
    kept: Proportion
    per_rupture: Proportion
    per_point: Proportion
    alliance_loss: Sourced
    gain_loss: Sourced
    shame_points: Sourced

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance; negative with numbness."""
        return -self.alliance_loss.value * own["numbness"]

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Log gain; negative with numbness."""
        return -self.gain_loss.value * own["numbness"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Hurt adds to numbness, time takes from it."""
        hurt = self.per_rupture.value * week.strained + self.per_point.value * np.maximum(week.transient, 0.0)
        return {"numbness": np.minimum(self.kept.value * own["numbness"] + hurt, 1.0)}

    def after(self, own: Own) -> np.ndarray:
        """Points of shame and hopelessness that outlast therapy."""
        return self.shame_points.value * own["numbness"]

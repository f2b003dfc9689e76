"""Resistance: bad experience teaches that therapy does not work; it outlasts the episode."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class Resistance(Mechanism):
    """Being worse and being at odds feed distrust; it is carried into the next episode, or prevents one.

    distrust = 0 at first; after each session distrust + (per_worse * worse + per_rupture * strained) * (1 - distrust);
               carried into the next episode
    alliance = -alliance_loss * distrust
    dropout = dropout_logit * distrust
    gain = -gain_loss * distrust       (the belief of being incurable)
    help_seeking = -barrier * distrust
    """

    kind: Literal["resistance"] = "resistance"
    seed: ClassVar = ("Recognizing Signs of Iatrogenic Trauma", "Increased Therapy Resistance")
    signs: ClassVar = {"alliance": -1, "dropout": 1, "gain": -1}
    own: ClassVar = ("distrust",)
    carried: ClassVar = ("distrust",)
    per_worse: Proportion
    per_rupture: Proportion
    alliance_loss: Sourced
    dropout_logit: Sourced
    gain_loss: Sourced
    barrier: Sourced

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance; negative with distrust."""
        return -self.alliance_loss.value * own["distrust"]

    def dropout(self, week: Week, own: Own) -> np.ndarray:
        """Log odds; positive with distrust."""
        return self.dropout_logit.value * own["distrust"]

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Log gain; negative with the belief of being incurable."""
        return -self.gain_loss.value * own["distrust"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Each bad session teaches."""
        lesson = self.per_worse.value * week.worse + self.per_rupture.value * week.strained
        return {"distrust": own["distrust"] + lesson * (1.0 - own["distrust"])}

    def help_seeking(self, own: Own) -> np.ndarray:
        """Log odds; negative with distrust."""
        return -self.barrier.value * own["distrust"]

"""Poor communication between providers: two plans that pull in different directions."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Probability, Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class PoorCommunication(Mechanism):
    """Clients who also see another provider now and then get contradicting advice.

    shared = 1 with probability share, drawn once per client
    muddled = 1 with probability muddle after each session, for clients with shared = 1; it lasts one session
    gain = -gain_loss * muddled
    drift = muddle_points * muddled
    alliance = -alliance_loss * muddled
    """

    kind: Literal["poor_communication"] = "poor_communication"
    seed: ClassVar = ("Treatment Mismatch Dangers", "Side Effects and Dependency")
    signs: ClassVar = {"gain": -1, "drift": 1, "alliance": -1}
    own: ClassVar = ("shared", "muddled")
    share: Proportion
    muddle: Probability
    gain_loss: Sourced
    muddle_points: Sourced
    alliance_loss: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who has another provider."""
        return {"shared": draw.uniform("shared") < self.share.value * exposure}

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Log gain; negative in a muddled week."""
        return -self.gain_loss.value * own["muddled"]

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points in a muddled week."""
        return self.muddle_points.value * own["muddled"]

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance; negative in a muddled week."""
        return -self.alliance_loss.value * own["muddled"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Whose providers contradict each other until the next session."""
        return {"muddled": draw.event("muddled", self.muddle.value * own["shared"])}

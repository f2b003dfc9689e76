"""Dependency on therapy: while it lasts all seems well; what was not learned to do alone comes back after the end."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class Dependency(Mechanism):
    """Reliance grows with sessions in prone clients; it holds them in therapy and rebounds at follow-up.

    prone = 1 with probability share, drawn once per client
    reliance = 0 at first; after each session reliance + growth * prone * (1 - reliance); carried into the next episode
    dropout = -clinging * reliance
    after = rebound_points * reliance
    help_seeking = return_logit * reliance
    """

    kind: Literal["dependency"] = "dependency"
    seed: ClassVar = (
        "Opening",
        "Common Types of Therapy-Induced Harm",
        "Reinforcing Negative Self-Perception",
        "How Misdiagnosis Harms Self-Perception",
        "Conclusion",
    )
    signs: ClassVar = {"dropout": -1}
    own: ClassVar = ("prone", "reliance")
    carried: ClassVar = ("reliance",)
    share: Proportion
    growth: Proportion
    clinging: Sourced
    rebound_points: Sourced
    return_logit: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who leans on the therapist."""
        return {"prone": draw.uniform("prone") < self.share.value * exposure}

    def dropout(self, week: Week, own: Own) -> np.ndarray:
        """Log odds; negative, because reliance keeps people in therapy."""
        return -self.clinging.value * own["reliance"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Reliance grows with every session."""
        return {"reliance": own["reliance"] + self.growth.value * own["prone"] * (1.0 - own["reliance"])}

    def after(self, own: Own) -> np.ndarray:
        """Points that come back once the therapist is gone."""
        return self.rebound_points.value * own["reliance"]

    def help_seeking(self, own: Own) -> np.ndarray:
        """Log odds of coming back; positive with reliance."""
        return self.return_logit.value * own["reliance"]

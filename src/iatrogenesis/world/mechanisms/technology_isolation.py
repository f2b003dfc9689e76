"""Technology-related isolation: treatment at a screen, unsupervised, in place of people."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class TechnologyIsolation(Mechanism):
    """Clients treated at a distance withdraw from people; isolation grows and worsens.

    remote = 1 with probability share, drawn once per client
    isolation = 0 at first; after each session isolation + growth * remote * (1 - isolation)
    alliance = -alliance_loss * remote
    drift = isolation_points * isolation
    """

    kind: Literal["technology_isolation"] = "technology_isolation"
    seed: ClassVar = ("Causes Behind Iatrogenic Effects in Therapy",)
    signs: ClassVar = {"alliance": -1, "drift": 1}
    own: ClassVar = ("remote", "isolation")
    share: Proportion
    growth: Proportion
    alliance_loss: Sourced
    isolation_points: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who is treated at a distance without supervision."""
        return {"remote": draw.uniform("remote") < self.share.value * exposure}

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance; negative at a distance."""
        return -self.alliance_loss.value * own["remote"]

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session by isolation."""
        return self.isolation_points.value * own["isolation"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Isolation grows with every session at a distance."""
        return {"isolation": own["isolation"] + self.growth.value * own["remote"] * (1.0 - own["isolation"])}

"""Misfit: client and therapist do not suit each other; the alliance suffers and ruptures come more often."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class Misfit(Mechanism):
    """Fit raises the alliance and lowers the odds of a rupture. All its harm goes through these two.

    alliance = alliance_per_sd * fit
    rupture = rupture_per_sd * fit
    """

    kind: Literal["misfit"] = "misfit"
    seed: ClassVar = ("Causes Behind Iatrogenic Effects in Therapy",)
    signs: ClassVar = {"alliance": -1, "rupture": 1}
    alliance_per_sd: Sourced
    rupture_per_sd: Sourced

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance per SD of fit."""
        return self.alliance_per_sd.value * week.fit

    def rupture(self, week: Week, own: Own) -> np.ndarray:
        """Log odds of a rupture; misfit (negative fit) raises them."""
        return self.rupture_per_sd.value * week.fit

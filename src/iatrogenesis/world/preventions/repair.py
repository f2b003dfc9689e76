"""Repair of trust in three steps: acknowledge, apologise, collaborate. Each changes something of its own."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Own, Week
from iatrogenesis.world.preventions.base import Amount, Prevention


class Repair(Prevention):
    """A rupture is named, felt with, and turned into a plan.

    repair = acknowledge                   (of the ruptures that would stay open, so many more are repaired)
    soothe = apologise                     (a new rupture takes so much less from the alliance)
    empowered = 1 after a repair, 0 at first; 0 again with another therapist
    alliance = collaborate * empowered     (a repaired alliance is better than before)
    """

    kind: Literal["repair"] = "repair"
    seed: ClassVar = ("Repairing Trust After Therapeutic Harm", "Conclusion")
    signs: ClassVar = {"alliance": 1}
    own: ClassVar = ("empowered",)
    ends_with_therapist: ClassVar = ("empowered",)
    acknowledge: Proportion
    apologise: Proportion
    collaborate: Sourced

    def repair(self, week: Week) -> Amount:
        """Admitting the harm restores honesty: more ruptures are repaired."""
        return self.acknowledge.value

    def soothe(self, week: Week) -> Amount:
        """An apology without excuses validates: less is broken."""
        return self.apologise.value

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """A plan made together empowers: SD of alliance after a repair."""
        return self.collaborate.value * own["empowered"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Whoever lived through a repair is empowered."""
        return {"empowered": np.maximum(own["empowered"], week.repaired)}

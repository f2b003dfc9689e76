"""Collaborative decisions: clients are asked, and keep trusting their own judgement."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Own, Week
from iatrogenesis.world.preventions.base import Amount, Prevention


class CollaborativeDecisions(Prevention):
    """Fewer clients are not asked, fewer grow dependent, and the alliance is better.

    exposure(lack_of_collaboration) = 1 - fewer_unasked
    exposure(dependency) = 1 - fewer_prone
    alliance = alliance_gain
    """

    kind: Literal["collaborative_decisions"] = "collaborative_decisions"
    seed: ClassVar = ("Preventative Measures for Iatrogenic Effects", "Treatment Mismatch Dangers")
    signs: ClassVar = {"alliance": 1}
    fewer_unasked: Proportion
    fewer_prone: Proportion
    alliance_gain: Sourced

    def exposure(self, kind: str) -> Amount:
        """Fewer are left out, fewer lean on the therapist."""
        fewer = {"lack_of_collaboration": self.fewer_unasked, "dependency": self.fewer_prone}
        return 1.0 - fewer[kind].value if kind in fewer else 1.0

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance, the same for all."""
        return np.full_like(week.alliance, self.alliance_gain.value)

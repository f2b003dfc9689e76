"""Lack of collaboration: a therapist who decides alone. Clients' preferences are not met, and more of them leave."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class LackOfCollaboration(Mechanism):
    """Some clients are not asked; with them the alliance is worse, and dropping out likelier.

    unasked = 1 with probability share, drawn once per client; 0 again with another therapist
    alliance = -alliance_loss * unasked
    dropout = dropout_logit * unasked
    """

    kind: Literal["lack_of_collaboration"] = "lack_of_collaboration"
    seed: ClassVar = ("Causes Behind Iatrogenic Effects in Therapy", "Treatment Mismatch Dangers")
    signs: ClassVar = {"alliance": -1, "dropout": 1}
    own: ClassVar = ("unasked",)
    ends_with_therapist: ClassVar = ("unasked",)
    share: Proportion
    alliance_loss: Sourced
    dropout_logit: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who is not asked."""
        return {"unasked": draw.uniform("unasked") < self.share.value * exposure}

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance; negative where the client is not asked."""
        return -self.alliance_loss.value * own["unasked"]

    def dropout(self, week: Week, own: Own) -> np.ndarray:
        """Log odds; positive where the client is not asked."""
        return self.dropout_logit.value * own["unasked"]

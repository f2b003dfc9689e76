"""Self-harm ideation: sudden worsening raises its odds, and an episode worsens symptoms in turn."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class SelfHarmIdeation(Mechanism):
    """Exacerbation, new symptoms and open ruptures raise the odds of an episode beyond what severity alone does.

    crisis = per_point * (transient + second) + per_rupture * strained
    exacerbation = distress_points * crisis
    dropout = dropout_logit * crisis
    """

    kind: Literal["self_harm_ideation"] = "self_harm_ideation"
    seed: ClassVar = ("Recognizing Signs of Iatrogenic Trauma", "Self-Harm Ideation Spikes")
    signs: ClassVar = {"crisis": 1, "exacerbation": 1, "dropout": 1}
    per_point: Sourced
    per_rupture: Sourced
    distress_points: Sourced
    dropout_logit: Sourced

    def crisis(self, week: Week, own: Own) -> np.ndarray:
        """Log odds of an episode."""
        return self.per_point.value * (week.transient + week.second) + self.per_rupture.value * week.strained

    def exacerbation(self, week: Week, own: Own) -> np.ndarray:
        """Transient points after an episode."""
        return self.distress_points.value * week.crisis

    def dropout(self, week: Week, own: Own) -> np.ndarray:
        """Log odds of leaving after an episode."""
        return self.dropout_logit.value * week.crisis

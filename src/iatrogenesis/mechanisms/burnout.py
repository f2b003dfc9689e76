"""Burnout: an exhausted therapist helps less, and less warmly."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.mechanisms.base import Mechanism, Week
from iatrogenesis.sources import Sourced


class Burnout(Mechanism):
    """Each SD of the therapist's burnout this week adds points of severity and takes alliance away."""

    kind: Literal["burnout"] = "burnout"
    seed_paragraph: ClassVar[str] = "The Role of Therapist Competence and Burnout"
    drift_per_sd: Sourced
    alliance_per_sd: Sourced

    def drift(self, week: Week) -> np.ndarray:
        """Points per session; positive is worse."""
        return float(self.drift_per_sd) * week.burnout

    def alliance(self, week: Week) -> np.ndarray:
        """SD of alliance; negative with burnout (reduced empathy)."""
        return float(self.alliance_per_sd) * week.burnout

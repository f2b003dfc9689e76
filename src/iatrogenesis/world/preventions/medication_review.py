"""Medication review: fewer drugs that should not have been given; the others watched, and tapered."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.world.mechanisms.base import Week
from iatrogenesis.world.preventions.base import Amount, Prevention


class MedicationReview(Prevention):
    """Some inappropriate prescriptions are found at the start; the harm of the rest is lowered by check-ups.

    exposure(overmedication) = 1 - found
    effect(overmedication) = 1 - watched
    """

    kind: Literal["medication_review"] = "medication_review"
    seed: ClassVar = ("Side Effects and Dependency", "Prescription Risks and Misuse")
    found: Proportion
    watched: Proportion

    def exposure(self, kind: str) -> Amount:
        """Fewer clients take what they should not."""
        return 1.0 - self.found.value if kind == "overmedication" else 1.0

    def effect(self, kind: str, week: Week) -> np.ndarray | float | None:
        """Regular check-ins catch part of the rest."""
        return 1.0 - self.watched.value if kind == "overmedication" else None

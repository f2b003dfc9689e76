"""Non-pathologising language: fewer labels, and labels that stick less."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.world.mechanisms.base import Week
from iatrogenesis.world.preventions.base import Amount, Prevention


class NonPathologisingLanguage(Prevention):
    """Strengths are named, not only disorders.

    exposure(labelling) = 1 - fewer_labels
    effect(labelling) = 1 - softer
    """

    kind: Literal["non_pathologising_language"] = "non_pathologising_language"
    seed: ClassVar = ("Preventative Measures for Iatrogenic Effects", "The Impact of Stigmatizing Labels")
    fewer_labels: Proportion
    softer: Proportion

    def exposure(self, kind: str) -> Amount:
        """Fewer clients get a label."""
        return 1.0 - self.fewer_labels.value if kind == "labelling" else 1.0

    def effect(self, kind: str, week: Week) -> np.ndarray | float | None:
        """What a label does is softened."""
        return 1.0 - self.softer.value if kind == "labelling" else None

"""Adjustment: a therapist who knows that it goes wrong changes what is done."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.world.mechanisms.base import Week
from iatrogenesis.world.preventions.base import Prevention

ADJUSTABLE = ("misapplied_technique", "misdiagnosis", "vulnerability", "lack_of_collaboration", "technology_isolation")


class Adjustment(Prevention):
    """What the therapist can change about technique, plan and pace is changed, once it is noticed.

    effect(kind) = 1 - changed * noticed    for misapplied_technique, misdiagnosis, vulnerability,
                                            lack_of_collaboration and technology_isolation
    """

    kind: Literal["adjustment"] = "adjustment"
    seed: ClassVar = ("Repairing Trust After Therapeutic Harm", "Self-Harm Ideation Spikes")
    changed: Proportion

    def effect(self, kind: str, week: Week) -> np.ndarray | float | None:
        """Less of what harmed, for clients who were noticed."""
        return 1.0 - self.changed.value * week.noticed if kind in ADJUSTABLE else None

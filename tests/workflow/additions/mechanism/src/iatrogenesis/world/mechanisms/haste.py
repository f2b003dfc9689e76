"""Haste: in a therapist's busier weeks sessions are cut short, and clients stay away."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Mechanism, Own, Week


class Haste(Mechanism):
    """Pressure raises the odds of dropping out.

    dropout = dropout_per_pressure * pressure
    """

    kind: Literal["haste"] = "haste"
    seed: ClassVar = ("Causes Behind Iatrogenic Effects in Therapy",)
    signs: ClassVar = {"dropout": 1}
    dropout_per_pressure: Sourced

    def dropout(self, week: Week, own: Own) -> np.ndarray:
        """Log odds per SD of pressure."""
        return self.dropout_per_pressure.value * week.pressure

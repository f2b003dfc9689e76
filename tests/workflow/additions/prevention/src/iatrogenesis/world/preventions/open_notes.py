"""Open notes: clients read what is written about their sessions, and say so when it goes wrong."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.mechanisms.base import Week
from iatrogenesis.world.preventions.base import Prevention


class OpenNotes(Prevention):
    """A client who is worse tells the therapist with some probability in each session.

    notice = told * worse
    """

    kind: Literal["open_notes"] = "open_notes"
    seed: ClassVar = ("Repairing Trust After Therapeutic Harm",)
    told: Sourced

    def notice(self, week: Week) -> np.ndarray:
        """Probability of being told."""
        return self.told.value * week.worse

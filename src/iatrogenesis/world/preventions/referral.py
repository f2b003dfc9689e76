"""Referral: where it does not work with one therapist, another one of the same service takes over."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Probability
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Week
from iatrogenesis.world.preventions.base import Prevention


class Referral(Prevention):
    """A client who is known to be worse is referred with some probability after each session, once.

    refer = noticed and worse, with probability willingness after each session
    """

    kind: Literal["referral"] = "referral"
    seed: ClassVar = ("Repairing Trust After Therapeutic Harm",)
    willingness: Probability

    def refer(self, week: Week, draw: Draw) -> np.ndarray:
        """Who goes to another therapist."""
        known = (week.noticed > 0) & (week.worse > 0)
        return draw.event("willing", self.willingness.value * known)

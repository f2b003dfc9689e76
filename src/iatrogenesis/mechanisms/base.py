"""What a mechanism is: a route by which therapy harms, as contributions to named channels.

A mechanism never calls or changes another, nor the world: it returns numbers and the engine adds them up. So their
order does not matter, and taking one out moves nothing else.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from iatrogenesis.sources import Strict


@dataclass(frozen=True)
class Week:
    """What a mechanism may look at: the sessions of one week, one entry per dyad in session, shape (dyads,).

    Attributes
    ----------
    competence, burnout, fit
        True latent states in SD of the reference population (burnout: of this week).
    alliance
        Alliance in SD, after this week's ruptures and repairs.
    session
        Number of the session, from 1.
    """

    competence: np.ndarray
    burnout: np.ndarray
    fit: np.ndarray
    alliance: np.ndarray
    session: np.ndarray


class Mechanism(Strict):
    """Base class. A subclass names its ``kind``, declares its sourced numbers and overrides the channels it uses."""

    kind: str
    seed_paragraph: ClassVar[str] = ""
    """The words of the founding text that this mechanism makes computable."""

    def alliance(self, week: Week) -> np.ndarray | float:
        """SD of alliance added in this session (higher is better). ``week.alliance`` is the core's alone here."""
        return 0.0

    def rupture(self, week: Week) -> np.ndarray | float:
        """Added to the log odds of a rupture in this session (higher is worse)."""
        return 0.0

    def drift(self, week: Week) -> np.ndarray | float:
        """PHQ-9-equivalent points added to true severity until the next session (higher is worse)."""
        return 0.0

    def dropout(self, week: Week) -> np.ndarray | float:
        """Added to the log odds of dropping out after this session (higher is worse)."""
        return 0.0

"""What a prevention is: it contributes to channels as a mechanism does, and can stand between one and the client."""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.core.quantities import Minutes
from iatrogenesis.core.sources import Strict
from iatrogenesis.world.cohort import Therapists
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Mechanism, Week

type Amount = float | np.ndarray


class Cost(Strict):
    """Working time that a prevention takes, in minutes; what is left out is none."""

    per_client: Minutes | None = None
    per_session: Minutes | None = None
    per_therapist_week: Minutes | None = None

    def hours(self, clients: Amount, sessions: Amount, therapist_weeks: Amount) -> Amount:
        """Hours for so many clients, sessions and weeks of therapists."""
        parts = ((self.per_client, clients), (self.per_session, sessions), (self.per_therapist_week, therapist_weeks))
        return sum(minutes.value * number for minutes, number in parts if minutes is not None) / 60


@dataclass(frozen=True)
class Posts:
    """How caseloads are distributed before any prevention: mean and SD in clients at a time."""

    mean: Amount
    sd: Amount


class Prevention(Mechanism):
    """Base class. Besides the channels of a mechanism a subclass may override what is below.

    ``exposure`` and ``effect`` name mechanisms by kind: several preventions multiply, so their order does not matter.
    ``notice``, ``repair`` and ``soothe`` are shares of what is left by the others.
    """

    cost: Cost = Cost()

    def exposure(self, kind: str) -> Amount:
        """Factor, 0 to 1, on a client's chance to meet the mechanism ``kind``."""
        return 1.0

    def effect(self, kind: str, week: Week) -> np.ndarray | float | None:
        """Factor, 0 to 1, on all that the mechanism ``kind`` contributes in this session; None: untouched."""
        return None

    def staff(self, therapists: Therapists, posts: Posts) -> Therapists:
        """The therapists, trained or relieved of places."""
        return therapists

    def relief(self) -> Amount:
        """SD taken off the level that therapists' burnout tends to."""
        return 0.0

    def notice(self, week: Week) -> np.ndarray | float:
        """Probability that a therapist who has not noticed so far learns in this session that a client is off track."""
        return 0.0

    def repair(self, week: Week) -> np.ndarray | float:
        """Share of open ruptures repaired in this session of those that would stay open."""
        return 0.0

    def soothe(self, week: Week) -> np.ndarray | float:
        """Share of a new rupture's damage to the alliance that is avoided."""
        return 0.0

    def refer(self, week: Week, draw: Draw) -> np.ndarray | None:
        """Who is referred to another therapist after this session; None for nobody. Once per client."""
        return None

"""One simulated set of clients: who took part, and what became of them."""

from dataclasses import dataclass, field

import numpy as np

from iatrogenesis.world.cohort import Clients, Therapists
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.state import State

ENDS = ("in_treatment", "completed", "dropped_out")
COMPLETED, DROPPED_OUT = 1, 2


@dataclass
class Run:
    """One simulated set: who took part, how they ended, and (if recorded) every session and therapist-week.

    ``one_of_many`` tells whether its replicates belong to a design with several, so that ids must name them.
    """

    scenario: Scenario
    therapists: Therapists
    clients: Clients
    state: State
    follow_up: dict[str, np.ndarray]
    weeks: int
    sessions: list[dict[str, np.ndarray]] = field(default_factory=list)
    therapist_weeks: list[dict[str, np.ndarray]] = field(default_factory=list)
    one_of_many: bool = False

    @property
    def alliance_rating(self) -> np.ndarray:
        """Each client's mean rating of the alliance over the course, in SD, shape (clients,)."""
        return self.state.alliance_rating_sum / self.state.session

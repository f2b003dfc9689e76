"""One simulated set of clients: who took part, and what became of them."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from iatrogenesis.world.cohort import Clients, Therapists
from iatrogenesis.world.members import one_of
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

    def of_member(self, member: int) -> "Run":
        """The part of one member of an ensemble, as it is when that member is simulated alone (but for `weeks`)."""
        rows = slice(*np.searchsorted(self.therapists.member, [member, member + 1]))
        clients = slice(*np.searchsorted(self.clients.row, [rows.start, rows.stop]))
        therapists = replace(_cut(self.therapists, rows), member=np.zeros(rows.stop - rows.start, dtype=np.int64))
        therapists = replace(therapists, first_client=therapists.first_client - clients.start)
        own = _cut(self.clients, clients)
        state = _cut(self.state, clients)

        def moved(week: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            mine = (week["row"] >= rows.start) & (week["row"] < rows.stop)
            found = {name: values[mine] for name, values in week.items()}
            return found | {"client": found["client"] - clients.start, "row": found["row"] - rows.start}

        return replace(
            self,
            scenario=one_of(self.scenario, member),
            therapists=therapists,
            clients=replace(own, row=own.row - rows.start),
            state=replace(state, row=state.row - rows.start),
            follow_up={name: values[clients] for name, values in self.follow_up.items()},
            sessions=[moved(week) for week in self.sessions],
            therapist_weeks=[{k: v[rows] for k, v in week.items()} for week in self.therapist_weeks],
        )

    @property
    def alliance_rating(self) -> np.ndarray:
        """Each client's mean rating of the alliance over the course, in SD, shape (clients,)."""
        return self.state.alliance_rating_sum / self.state.session


def _cut[T: (Therapists, Clients, State)](of_many: T, where: slice) -> T:
    """Some of the people of a record of arrays by name."""

    def cut(values: Any) -> Any:
        return {name: part[where] for name, part in values.items()} if isinstance(values, dict) else values[where]

    return replace(of_many, **{part.name: cut(getattr(of_many, part.name)) for part in fields(of_many)})

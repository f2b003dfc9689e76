"""The mechanisms and preventions of one run, their own states, and what they add up to."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from iatrogenesis.world.caseload_places import CaseloadPlaces
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import CHANNELS, Intake, Mechanism, Own, Share, Week
from iatrogenesis.world.preventions.base import Prevention


class Routes:
    """All routes of harm and prevention of a scenario.

    Attributes
    ----------
    names
        Names of all own states, ``kind.name``, in the order in which they are stored.
    """

    def __init__(self, mechanisms: Sequence[Mechanism], preventions: Sequence[Prevention]) -> None:
        self.mechanisms, self.preventions = tuple(mechanisms), tuple(preventions)
        self.all = (*self.mechanisms, *self.preventions)
        self.names = [f"{route.kind}.{name}" for route in self.all for name in route.own]
        self._of_channel = {
            channel: [route for route in self.all if channel in route.channels()] for channel in CHANNELS
        }
        self._moving = [route for route in self.all if type(route).move is not Mechanism.move]
        # Those that override a hook; of the others each would be asked every week, and say nothing.
        self._with = {
            hook: [one for one in self.preventions if getattr(type(one), hook) is not getattr(Prevention, hook)]
            for hook in ("effect", "notice", "repair", "soothe", "refer")
        }
        self._own: dict[str, Own] = {}

    def begin(self, intake: Intake, clients: Draw) -> dict[str, np.ndarray]:
        """Own states of all clients at their first session, by ``kind.name``; those left out begin at 0."""
        found = {}
        for route in self.all:
            exposure: Share = 1.0
            for prevention in self.preventions:
                exposure = exposure * prevention.exposure(route.kind)
            for name, values in route.begin(intake, clients.of(route.kind), exposure).items():
                found[f"{route.kind}.{name}"] = values.astype(float)
        return found

    def look(self, places: CaseloadPlaces) -> None:
        """Own states of the clients now in session; to be called whenever clients came or went."""
        self._own = {route.kind: {name: places[f"{route.kind}.{name}"] for name in route.own} for route in self.all}

    def total(self, channel: str, week: Week) -> np.ndarray | float:
        """Sum of what all routes contribute to a channel, each times what preventions leave of it."""
        total = 0.0
        for route in self._of_channel[channel]:
            part = getattr(route, channel)(week, self._own[route.kind])
            for prevention in self._with["effect"]:
                factor = prevention.effect(route.kind, week)
                if factor is not None:
                    part = part * factor
            total = total + part
        return total

    def left_over(self, share: str, week: Week) -> np.ndarray | float:
        """What all preventions leave of a share (``notice``, ``repair`` or ``soothe``): product of one less each."""
        left = 1.0
        for prevention in self._with[share]:
            left = left * (1.0 - getattr(prevention, share)(week))
        return left

    def referred(self, week: Week, draw: Draw) -> np.ndarray | None:
        """Whom any prevention refers to another therapist; None where none refers."""
        found = [prevention.refer(week, draw.of(prevention.kind)) for prevention in self._with["refer"]]
        found = [who for who in found if who is not None]
        return reduce(np.logical_or, found) if found else None

    def move(self, week: Week, draw: Draw) -> None:
        """Own states move to the next session."""
        for route in self._moving:
            own = self._own[route.kind]
            for name, values in route.move(week, own, draw.of(route.kind)).items():
                own[name][:] = values

    def ends_with_therapist(self) -> list[str]:
        """Own states that fall to 0 with another therapist."""
        return [f"{route.kind}.{name}" for route in self.all for name in route.ends_with_therapist]

    def carried(self) -> list[str]:
        """Own states that last into the next episode."""
        return [f"{route.kind}.{name}" for route in self.all for name in route.carried]

    def at_the_end(self, what: str, own: dict[str, np.ndarray]) -> np.ndarray | float:
        """Sum over routes of ``after`` or ``help_seeking``, from own states by ``kind.name``, shape (clients,)."""
        total = 0.0
        for route in self.all:
            mine = {name: own[f"{route.kind}.{name}"] for name in route.own}
            total = total + getattr(route, what)(mine)
        return total

    @property
    def relief(self) -> Share:
        """SD taken off the burnout that therapists tend to."""
        return sum((prevention.relief() for prevention in self.preventions), start=0.0)

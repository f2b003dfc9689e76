"""From true severity to the scores that a service sees.

    mark_i = mean + level_loading (intake level - mean level) - change_loading (intake level + elevation)
             + own_sd sqrt(1 - changing_share) own_i
    true   = mark_i + change_loading severity + second_loading second + own_sd sqrt(changing_share) v
    score  = true + error

rounded, within the instrument's range. So an instrument sees the level a client came with, the change since, symptoms
of another kind, a part of its own that stays with the client, one (v) that moves from week to week as severity does,
and an error whose size follows from its reliable change.
"""

from typing import NamedTuple

import numpy as np

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise
from iatrogenesis.world.caseload_places import CaseloadPlaces
from iatrogenesis.world.cohort import Clients
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.parameters import Scores, World

FOLLOW_UP_OCCASION = 1_000_000  # beyond any session number: its own noise


class Seen(NamedTuple):
    """Whole-number scores (as floats), and what they would be without error, by instrument."""

    scores: dict[str, np.ndarray]
    true: dict[str, np.ndarray]


class Scoring:
    """The instruments, and what they add to each client's scores.

    Attributes
    ----------
    marks
        What stays, by ``mark.<instrument>``, shape (clients,).
    began
        The part that moves, in SD, as it is at intake, by ``own.<instrument>``, shape (clients,).
    """

    def __init__(self, world: World, instruments: Instruments, clients: Clients, noise: Noise) -> None:
        self._instruments = instruments.by_name()
        everyone = Draw(noise, clients.replicate, clients.therapist, clients.index)
        elevation = world.client.intake_elevation.value
        mean_level = world.client.severity_mean.value - elevation
        self.marks, self.began = {}, {}
        for name, instrument in self._instruments.items():
            part = world.scores[name]
            mark = instrument.mean.value + part.level_loading.value * (clients.level - mean_level)
            mark = mark - part.change_loading.value * (clients.level + elevation)
            stays = part.own_sd.value * np.sqrt(1.0 - part.changing_share.value)
            self.marks[f"mark.{name}"] = mark + stays * everyone.normal(f"{name}.own")
            if np.any(_moves(part)):
                self.began[f"own.{name}"] = everyone.normal(f"{name}.own_change")

    def see(self, places: CaseloadPlaces, world: World, draw: Draw) -> Seen:
        """Scores of the clients in session."""
        marks = {name: places[f"mark.{name}"] for name in self._instruments}
        own = {name: places[name] for name in self.began}
        return self._seen(marks, own, places["severity"], places["second"], world, draw)

    def move(self, places: CaseloadPlaces, world: World, draw: Draw) -> None:
        """The instruments' moving parts until the next session."""
        kept = world.client.fluctuation_stability.value
        for name in self.began:
            new = draw.normal(f"{name.removeprefix('own.')}.own_change")
            places[name] = kept * places[name] + np.sqrt(1 - kept**2) * new

    def at_follow_up(
        self, severity: np.ndarray, second: np.ndarray, own: dict[str, np.ndarray], world: World, everyone: Draw
    ) -> Seen:
        """Scores of everyone at follow-up, from the moving parts as they were at the end."""
        draw = everyone.then(FOLLOW_UP_OCCASION)
        marks = {name: self.marks[f"mark.{name}"] for name in self._instruments}
        kept = world.client.fluctuation_stability.value**world.follow_up.weeks.value
        new = np.sqrt(1 - kept**2)
        moved = {
            name: kept * own[name] + new * draw.normal(f"{name.removeprefix('own.')}.own_change") for name in self.began
        }
        return self._seen(marks, moved, severity, second, world, draw)

    def _seen(self, marks: dict, own: dict, severity: np.ndarray, second: np.ndarray, world: World, draw: Draw) -> Seen:
        seen = Seen({}, {})
        for name, instrument in self._instruments.items():
            part = world.scores[name]
            true = marks[name] + part.change_loading.value * severity + part.second_loading.value * second
            if f"own.{name}" in own:
                true = true + _moves(part) * own[f"own.{name}"]
            seen.true[name] = instrument.score(true)
            seen.scores[name] = instrument.score(true + instrument.error_sd * draw.normal(f"{name}.error"))
        return seen


def _moves(part: Scores) -> float | np.ndarray:
    """SD of the moving part, in points."""
    return part.own_sd.value * np.sqrt(part.changing_share.value)

"""From true severity to the scores that a service sees.

    mark_i = mean + level_loading (intake level - mean level) - change_loading (intake level + elevation) + own_i
    score  = mark_i + change_loading severity + second_loading second + error

rounded, within the instrument's range. So an instrument sees the level a client came with, the change since, symptoms
of another kind, a part of its own that stays with the client, one that belongs to the occasion, and measurement error.
"""

import numpy as np

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise
from iatrogenesis.world.caseload_places import CaseloadPlaces
from iatrogenesis.world.cohort import Clients
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.parameters import World

FOLLOW_UP_OCCASION = 1_000_000  # beyond any session number: its own noise


class Scoring:
    """The instruments, and what they constantly add to each client's scores.

    Attributes
    ----------
    marks
        By ``mark.<instrument>``, shape (clients,).
    """

    def __init__(self, world: World, instruments: Instruments, clients: Clients, noise: Noise) -> None:
        self._instruments = instruments.by_name()
        everyone = Draw(noise, clients.replicate, clients.therapist, clients.index)
        elevation = world.client.intake_elevation.value
        mean_level = world.client.severity_mean.value - elevation
        self.marks = {}
        for name, instrument in self._instruments.items():
            part = world.scores[name]
            mark = instrument.mean.value + part.level_loading.value * (clients.level - mean_level)
            mark = mark - part.change_loading.value * (clients.level + elevation)
            self.marks[f"mark.{name}"] = mark + part.own_sd.value * everyone.normal(f"{name}.own")

    @property
    def names(self) -> list[str]:
        """Names of the constant parts."""
        return list(self.marks)

    def see(self, places: CaseloadPlaces, world: World, draw: Draw) -> dict[str, np.ndarray]:
        """Whole-number scores (as floats) of the clients in session."""
        marks = {name: places[f"mark.{name}"] for name in self._instruments}
        return self._seen(marks, places["severity"], places["second"], world, draw)

    def at_follow_up(
        self, severity: np.ndarray, second: np.ndarray, world: World, everyone: Draw
    ) -> dict[str, np.ndarray]:
        """Whole-number scores of everyone at follow-up."""
        draw = everyone.then(FOLLOW_UP_OCCASION)
        marks = {name: self.marks[f"mark.{name}"] for name in self._instruments}
        seen = self._seen(marks, severity, second, world, draw)
        return {name: values.astype(np.int16) for name, values in seen.items()}

    def _seen(
        self, marks: dict, severity: np.ndarray, second: np.ndarray, world: World, draw: Draw
    ) -> dict[str, np.ndarray]:
        seen = {}
        for name, instrument in self._instruments.items():
            part = world.scores[name]
            true = marks[name] + part.change_loading.value * severity + part.second_loading.value * second
            error = np.hypot(part.occasion_sd.value, instrument.error_sd) * draw.normal(f"{name}.error")
            seen[name] = instrument.score(true + error)
        return seen

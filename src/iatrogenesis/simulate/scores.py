"""From true severity to the scores that a service sees."""

from collections.abc import Mapping

import numpy as np

from iatrogenesis.instruments import Instruments
from iatrogenesis.simulate.cohort import Clients
from iatrogenesis.simulate.world import World
from iatrogenesis.streams import Noise


def scores(
    world: World,
    instruments: Instruments,
    clients: Clients,
    noise: Noise,
    who: np.ndarray,
    severity: np.ndarray,
    occasion: np.ndarray | int,
) -> Mapping[str, np.ndarray]:
    """Whole-number score of each instrument for the clients ``who`` (positions) at their ``occasion`` (session).

    An instrument sees the level a client came with, the change since, a part of its own that stays with the client, a
    part of its own that belongs to the occasion, and measurement error: ``mean + a (level - mean level) + b (change -
    mean elevation) + own + occasion + error``, rounded, within the instrument's range.
    """
    counter = {name: values[who] for name, values in clients.who().items()}
    mean_level = float(world.client.severity_mean) - float(world.client.intake_elevation)
    level = clients.level[who] - mean_level
    change = severity - clients.level[who] - float(world.client.intake_elevation)
    seen = {}
    for name, instrument in instruments.by_name().items():
        part = world.scores[name]
        true = float(instrument.mean) + float(part.level_loading) * level + float(part.change_loading) * change
        own = float(part.own_sd) * noise.normal(f"{name}.own", **counter)
        at_occasion = np.hypot(float(part.occasion_sd), instrument.error_sd)
        error = at_occasion * noise.normal(f"{name}.error", **counter, occasion=occasion)
        seen[name] = instrument.score(true + own + error)
    return seen

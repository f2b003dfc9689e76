"""Counterparts: samples of the same clients in routine care and in the worlds it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from iatrogenesis.world.judged import Sample


@dataclass(frozen=True)
class Counterparts:
    """Samples of one set of clients, one per world.

    Attributes
    ----------
    treated
        Routine care.
    untreated
        Over the weeks agreed, without treatment.
    reference
        At average competence, burnout and fit.
    monitored
        Routine care with outcome monitoring.
    """

    treated: Sample
    untreated: Sample | None = None
    reference: Sample | None = None
    monitored: Sample | None = None

    def only(self, keep: Callable[[Sample], np.ndarray]) -> Self:
        """The counterparts of some of the clients."""
        samples = {part.name: getattr(self, part.name) for part in fields(self)}
        return type(self)(**{name: one if one is None else one.only(keep(one)) for name, one in samples.items()})

    def without(self, replicate: int) -> Self:
        """The counterparts with one replicate left out (for the jackknife)."""
        return self.only(lambda sample: sample.replicate != replicate)

"""The coordinates in which a posterior is followed: whitened parameters, the intercept as the data see it.

Spreads and shares decide how far the intercept lies from most therapists' log odds, and how uncertain it is. With that
taken out, the intercept's posterior hardly depends on them.
"""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.inference.engines.collapsed.integrals import Integrated
from iatrogenesis.inference.engines.collapsed.marginal import NODES
from iatrogenesis.inference.engines.collapsed.whitened import Parameters


@dataclass(frozen=True)
class Coordinates:
    """The posterior density of one fit in coordinates that suit it.

    Attributes
    ----------
    parameters, integrated
        What is whitened, and the data.
    start
        Coordinates of a point near the mode, shape (d,).
    variance
        Of the intercept there, up to the factor that `Integrated.intercept` leaves open.
    """

    parameters: Parameters
    integrated: Integrated
    start: np.ndarray
    variance: float

    @classmethod
    def of(cls, parameters: Parameters, integrated: Integrated) -> "Coordinates":
        """Begin where the data's integral says."""
        nothing = {name: np.zeros(() if size is None else size) for name, size in parameters.sizes.items()}
        start = parameters.coordinates(nothing | dict(integrated.start()))
        _, variance = integrated.intercept(parameters.point(start[None]))
        return cls(parameters, integrated, start, float(variance[0]))

    @property
    def order(self) -> np.ndarray:
        """The coordinates, spreads and shares first and locations after them."""
        straight = np.zeros(self.parameters.size, dtype=bool)
        for name in self.integrated.LOCATIONS:
            if name in self.parameters.sizes:
                straight[self.parameters.place(name)] = True
        return np.argsort(straight, kind="stable")

    @property
    def bent(self) -> int:
        """How many spreads and shares there are."""
        named = [name for name in self.integrated.LOCATIONS if name in self.parameters.sizes]
        return self.parameters.size - sum(self.parameters.sizes[name] or 1 for name in named)

    def point(self, at: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return parameters by name, and the log density of their prior in these coordinates, at (draws, d)."""
        place, sd = self.parameters.place("intercept"), self.parameters.sd("intercept")
        shift, variance = self.integrated.intercept(self.parameters.point(at))
        width = np.sqrt(variance / self.variance)
        standard, begun = at.copy(), self.start[place]
        standard[:, place] = begun + (at[:, place] - begun) * width[:, None] + shift[:, None] / sd
        return self.parameters.point(standard), np.log(width) + self.parameters.log_density(standard)

    def log_density(self, at: np.ndarray, nodes: int = NODES[0]) -> np.ndarray:
        """Log posterior density, up to a constant, at points (draws, d)."""
        point, log_prior = self.point(at)
        return self.integrated.integrals(point, nodes).value.sum(axis=0) + log_prior

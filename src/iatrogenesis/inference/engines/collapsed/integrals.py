"""What the engine asks of a model whose effects it integrates out, beyond the plain random intercept."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Protocol

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.engines.collapsed.marginal import NODES
from iatrogenesis.inference.engines.collapsed.whitened import Draws

IDLE = 4.0  # log density below the highest
CLOSE, SELDOM = 0.02, 0.5  # in log density, of nine in ten draws, and of all: weights vary far more than that


@dataclass(frozen=True)
class Integrals:
    """Of each unit (therapist, or service with its therapists) at each draw.

    Attributes
    ----------
    value
        Log of the unit's likelihood with its effects integrated out, shape (units, draws).
    effects
        Effects drawn from their conditional distribution, by parameter, each of shape (number, draws); and single
        numbers that follow from the point, of shape (draws,).
    """

    value: np.ndarray
    effects: Draws | None = None


class Integrated(Protocol):
    """The data of one fit, ready to be integrated at any common parameters.

    Attributes
    ----------
    LOCATIONS
        The parameters whose posterior is nearly normal given the others.
    """

    LOCATIONS: ClassVar[tuple[str, ...]]

    def start(self) -> Draws:
        """Return a point from which the posterior's mode can be climbed to, by parameter; others start at 0."""

    def intercept(self, point: Draws) -> tuple[np.ndarray, np.ndarray]:
        """Return what spreads and shares decide about the intercept.

        How far it lies from most therapists' log odds, and its variance given the data, up to a factor; each of shape
        (draws,). Therapists' log odds are seen, their mean is not: the wider they spread, the less is known of the
        intercept.
        """

    def integrals(self, point: Draws, nodes: int, noise: Noise | None = None) -> Integrals:
        """Integrate at many points.

        Parameters
        ----------
        point
            Common parameters by name, each of shape (draws,) or (draws, size).
        nodes
            Of the quadrature, of `iatrogenesis.inference.engines.collapsed.marginal.NODES`.
        noise
            To draw effects by; none are drawn without.
        """


def enough_nodes(integrated: Integrated, point: Draws, log_weight: np.ndarray) -> int | None:
    """Return the fewest nodes that leave the log-likelihood at these points as it is with the next more.

    A constant is allowed for, and points that have next to no weight are left out. None where even the most nodes are
    not enough for nine points in ten.
    """
    likely = log_weight > log_weight.max() - IDLE
    fewer, apart = integrated.integrals(point, NODES[0]).value.sum(axis=0), np.array([np.inf])
    for nodes, more in pairwise(NODES):
        better = integrated.integrals(point, more).value.sum(axis=0)
        apart = np.abs(better - fewer - np.median((better - fewer)[likely]))[likely]
        if np.quantile(apart, 0.9) < CLOSE and apart.max() < SELDOM:
            return nodes
        fewer = better
    return NODES[-1] if np.quantile(apart, 0.9) < CLOSE else None

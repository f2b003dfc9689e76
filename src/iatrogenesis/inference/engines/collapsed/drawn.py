"""What drawing gives, whichever way the draws were proposed."""

from typing import NamedTuple

import numpy as np


class Drawn(NamedTuple):
    """Draws that all weigh the same, and how well they were proposed."""

    parameters: dict[str, np.ndarray]  # by name, (draws, ...)
    k: float  # Pareto's, of the importance weights
    effective: float  # draws, by the weights
    nodes: int  # of the quadrature

"""Models of which the engine knows the integral only: their posterior is followed by its density alone."""

import numpy as np
from scipy.special import logsumexp

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.engines.collapsed.adaptive import find, learnt
from iatrogenesis.inference.engines.collapsed.classes import Classes
from iatrogenesis.inference.engines.collapsed.coordinates import Coordinates
from iatrogenesis.inference.engines.collapsed.drawn import Drawn
from iatrogenesis.inference.engines.collapsed.integrals import Integrated, enough_nodes
from iatrogenesis.inference.engines.collapsed.marginal import NODES
from iatrogenesis.inference.engines.collapsed.nested import Nested
from iatrogenesis.inference.engines.collapsed.rated import Rated
from iatrogenesis.inference.engines.collapsed.skewed import Skewed
from iatrogenesis.inference.engines.collapsed.weights import Unreliable, highest_k, resampled, smoothed
from iatrogenesis.inference.engines.collapsed.whitened import Parameters
from iatrogenesis.inference.models.priors import Priors

INTEGRALS = {"classes": Classes, "nested": Nested, "rated": Rated, "skewed": Skewed}
"""By what models say in ``COLLAPSED``."""
TRIED = 32  # draws on which the number of nodes is tried
LEARNT = 800  # draws at most from which kernels are learnt
ATTEMPTS = 6  # all but the first learn from the draws before them


def coordinates(model: str, integral: str, data: FitData, priors: Priors) -> Coordinates:
    """Return the posterior density of one fit, ready to be evaluated."""
    # pyrefly: ignore[bad-argument-type]: each model's data are of its own kind
    integrated: Integrated = INTEGRALS[integral].of(data)
    return Coordinates.of(Parameters.of(model, data, priors), integrated)


def draw(density: Coordinates, noise: Noise, draws: int, max_k: float | None, fit: str) -> Drawn:
    """Draw from a posterior; ``fit`` is what errors call it.

    Raises
    ------
    Unreliable
        If Pareto k exceeds ``max_k`` (by default what so many draws allow) after all attempts, or the integrals need
        more nodes than there are.
    """
    allowed = np.inf if max_k is None else max_k
    mixture = find(density.log_density, density.start, density.order)
    proposed, parts, heights, k = [], [], [], np.inf
    for attempt in range(ATTEMPTS):
        at = mixture.draw(noise, draws, f"attempt {attempt}")
        nodes = _nodes(density, at[:TRIED], mixture.log_density(at[:TRIED]))
        if nodes is None:
            raise Unreliable(f"{fit}: the integrals need more nodes than {NODES[-1]}")
        point, log_prior = density.point(at)
        found = density.integrated.integrals(point, nodes, Noise(derived_seed(noise.seed, "attempt", attempt)))
        proposed.append(mixture)
        parts.append((at, point, dict(found.effects or {})))
        heights.append(found.value.sum(axis=0) + log_prior)
        # All draws so far, as if each came from all mixtures alike (the balance heuristic).
        every = np.concatenate([one for one, _, _ in parts])
        log_ratio = np.concatenate(heights) - logsumexp([one.log_density(every) for one in proposed], axis=0)
        log_weight, k = smoothed(log_ratio)
        enough = min(highest_k(len(every)), allowed)
        last = attempt == ATTEMPTS - 1
        if k <= (max(enough, max_k or 0.0) if last else enough):
            return _resampled(parts, np.exp(log_weight), draws, k, nodes, noise)
        few = slice(None, None, -(-len(every) // LEARNT))
        mixture = learnt(proposed[0], every[few], log_ratio[few], density.bent)
    raise Unreliable(f"{fit}: Pareto k {k:.2f} of the importance weights of {ATTEMPTS * draws} draws is too high")


def _nodes(density: Coordinates, at: np.ndarray, log_proposal: np.ndarray) -> int | None:
    point, log_prior = density.point(at)
    log_target = density.integrated.integrals(point, NODES[0]).value.sum(axis=0) + log_prior
    return enough_nodes(density.integrated, point, log_target - log_proposal)


def _resampled(parts: list[tuple], weight: np.ndarray, draws: int, k: float, nodes: int, noise: Noise) -> Drawn:
    """Take so many draws that all weigh the same."""
    number = np.arange(draws)
    chosen = resampled(weight, float(noise.uniform("resample")), noise.uniform("order", client=number))
    points, effects = ([part[place] for part in parts] for place in (1, 2))
    parameters = {name: np.concatenate([one[name] for one in points])[chosen] for name in points[0]}
    for name in effects[0]:
        parameters[name] = np.concatenate([one[name] for one in effects], axis=-1)[..., chosen].T
    return Drawn(parameters, k, 1.0 / np.sum(weight**2), nodes)

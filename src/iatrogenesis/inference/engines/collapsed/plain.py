"""The plain random intercept: therapist SDs on a grid, coefficients near normal given each; the fastest way."""

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.drawn import Drawn
from iatrogenesis.inference.engines.collapsed.marginal import NODES
from iatrogenesis.inference.engines.collapsed.proposal import TAILS, Proposal, find
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.engines.collapsed.weights import Unreliable, highest_k, resampled, smoothed
from iatrogenesis.inference.models.priors import Priors

TRIED = 32  # draws on which the number of nodes is tried


class Weighted(NamedTuple):
    """Proposals, with effects drawn at each, and how much each counts."""

    beta: np.ndarray  # (draws, k + 1)
    sd: np.ndarray  # (draws,)
    effects: np.ndarray  # (J_seen, draws)
    weight: np.ndarray  # (draws,)
    k: float  # Pareto's, of the weights
    nodes: int  # of the quadrature


def draw(data: OutcomeData, priors: Priors, noise: Noise, draws: int, max_k: float, fit: str) -> Drawn:
    """Draw from the posterior of a model with the equations of `casemix`; ``fit`` is what errors call it.

    Raises
    ------
    Unreliable
        If Pareto k exceeds ``max_k``, or the integrals need more nodes than there are.
    """
    target = Target.of(data, priors)
    found = _weighted(target, find(target), noise, draws, max_k, fit)
    effective = 1.0 / np.sum(found.weight**2)
    return Drawn(equally_weighted(found, noise, target, data), found.k, effective, found.nodes)


def _weighted(target: Target, proposal: Proposal, noise: Noise, draws: int, max_k: float, fit: str) -> Weighted:
    """Propose and weigh, with the lightest tails that follow the posterior."""
    number, columns = np.arange(draws), np.arange(len(target.mean))
    normal = noise.normal("coefficients", client=number[:, None], occasion=columns)
    uniforms = noise.uniform("effect", therapist=target.seen[:, None], client=number)
    guess = target.parabolas(*proposal.best)
    best, enough = None, min(highest_k(draws), max_k)
    for tails in TAILS:
        chi = chi2.ppf(noise.uniform("tails", client=number), tails.freedom)
        beta, sd, log_proposal = proposal.draw(noise.uniform("therapist_sd", client=number), normal, chi, tails)
        nodes = target.enough_nodes(beta[:TRIED], sd[:TRIED], guess, log_proposal[:TRIED])
        if nodes is None:
            raise Unreliable(f"{fit}: the therapists' integrals need more nodes than {NODES[-1]}")
        log_target, effects = target.log_posterior(beta, sd, guess, uniforms, nodes=nodes)
        log_weight, k = smoothed(log_target - log_proposal)
        if best is None or k < best.k:
            best = Weighted(beta, sd, effects, np.exp(log_weight), k, nodes)
        if k <= enough:
            break
    if best is not None and best.k <= max_k:
        return best
    raise Unreliable(f"{fit}: Pareto k {best.k if best else np.inf:.2f} of the importance weights is above {max_k:.3g}")


def equally_weighted(found: Weighted, noise: Noise, target: Target, data: OutcomeData) -> dict[str, np.ndarray]:
    """Parameters by name at equally weighted draws, one draw after the other: shapes (draws, ...)."""
    number = np.arange(len(found.sd))
    chosen = resampled(found.weight, float(noise.uniform("resample")), noise.uniform("order", client=number))
    sd = found.sd[chosen]
    effects = np.empty((len(number), len(data.therapist_ids)))
    effects[:, target.seen] = found.effects[:, chosen].T
    # The data say nothing of therapists without clients: they are drawn from the population.
    unseen = np.setdiff1d(np.arange(len(data.therapist_ids)), target.seen)
    effects[:, unseen] = sd[:, None] * noise.normal("unseen", therapist=unseen, client=number[:, None])
    parameters = {"intercept": found.beta[chosen, 0], "therapist_sd": sd, "therapist_effect": effects}
    if data.covariate_names:
        parameters["coefficients"] = found.beta[chosen, 1:]
    return parameters

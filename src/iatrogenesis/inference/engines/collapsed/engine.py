"""Draws from the posterior by importance, with therapist effects, in the form that all engines return."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from scipy.stats import chi2

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.marginal import NODES
from iatrogenesis.inference.engines.collapsed.proposal import TAILS, Proposal, find
from iatrogenesis.inference.engines.collapsed.target import Target
from iatrogenesis.inference.models import OUTCOME_MODELS
from iatrogenesis.inference.models.priors import Priors

MODELS = OUTCOME_MODELS
"""Models that this engine covers: one random intercept, normal priors, logistic link."""
DIMS = {"intercept": None, "therapist_sd": None, "therapist_effect": "therapist", "coefficients": "covariate"}
MAX_K = 0.7
TRIED = 32  # draws on which the number of nodes is tried


class Unreliable(RuntimeError):
    """The proposal does not follow the posterior well enough; another engine must be used."""


class Weighted(NamedTuple):
    """Proposals, with effects drawn at each, and how much each counts."""

    beta: np.ndarray  # (draws, k + 1)
    sd: np.ndarray  # (draws,)
    effects: np.ndarray  # (J_seen, draws)
    weight: np.ndarray  # (draws,)
    k: float  # Pareto's, of the weights
    nodes: int  # of the quadrature


def sample(
    model: str,
    data: OutcomeData,
    priors: Priors,
    seed: int,
    *,
    draws: int = 2000,
    chains: int = 4,
    max_k: float = MAX_K,
) -> xr.DataTree:
    """Draw from the posterior of a model of `MODELS`.

    Parameters
    ----------
    draws
        Proposals, and draws returned, in all chains together; a multiple of ``chains``. Chains are parts of one
        sample, so R-hat says nothing here; what tells is Pareto k.
    max_k
        Highest Pareto k of the importance weights at which draws are returned (Vehtari et al. 2024, arXiv:1507.02646).

    Returns
    -------
    xarray.DataTree
        See `iatrogenesis.inference.data.posterior.posterior_tree`; sample_stats holds pareto_k and effective (draws, by
        the weights).

    Raises
    ------
    DataError
        If a check of the data fails.
    Unreliable
        If Pareto k exceeds ``max_k``, or the proposal cannot be found.
    ValueError
        If the engine does not cover the model.
    """
    if model not in MODELS:
        raise ValueError(f"engine collapsed covers {', '.join(MODELS)}; {model} is fitted by nuts")
    target = Target.of(data.validate(), priors)
    noise = Noise(derived_seed(seed, "collapsed", model, data.dataset))
    found = _weighted(target, find(target), noise, draws, max_k, f"{data.dataset}, {model}")
    shape = (chains, draws // chains)
    parameters = _drawn(found, noise, target, data)
    posterior = {name: values.reshape(*shape, *values.shape[1:]) for name, values in parameters.items()}
    effective = 1.0 / np.sum(found.weight**2)
    statistics = {"pareto_k": np.full(shape, found.k), "effective": np.full(shape, effective)}
    about = {
        "model": model,
        "engine": "collapsed",
        "seed": seed,
        "priors": priors.model_dump_json(),
        "draws": draws,
        "nodes": found.nodes,
    }
    return posterior_tree(data, posterior, statistics, about, DIMS)


def _weighted(target: Target, proposal: Proposal, noise: Noise, draws: int, max_k: float, fit: str) -> Weighted:
    """Propose and weigh, with the lightest tails that follow the posterior; ``fit`` is what errors call it."""
    number, columns = np.arange(draws), np.arange(len(target.mean))
    normal = noise.normal("coefficients", client=number[:, None], occasion=columns)
    uniforms = noise.uniform("effect", therapist=target.seen[:, None], client=number)
    guess = target.parabolas(*proposal.best)
    k = np.inf
    for tails in TAILS:
        chi = chi2.ppf(noise.uniform("tails", client=number), tails.freedom)
        beta, sd, log_proposal = proposal.draw(noise.uniform("therapist_sd", client=number), normal, chi, tails)
        nodes = target.enough_nodes(beta[:TRIED], sd[:TRIED], guess, log_proposal[:TRIED])
        if nodes is None:
            raise Unreliable(f"{fit}: the therapists' integrals need more nodes than {NODES[-1]}")
        log_target, effects = target.log_posterior(beta, sd, guess, uniforms, nodes=nodes)
        log_weight, k = _smoothed(log_target - log_proposal)
        if k <= max_k:
            return Weighted(beta, sd, effects, np.exp(log_weight), k, nodes)
    raise Unreliable(f"{fit}: Pareto k {k:.2f} of the importance weights is above {max_k}")


def _drawn(found: Weighted, noise: Noise, target: Target, data: OutcomeData) -> dict[str, np.ndarray]:
    """Parameters by name at equally weighted draws, one draw after the other: shapes (draws, ...)."""
    number = np.arange(len(found.sd))
    chosen = _resampled(found.weight, float(noise.uniform("resample")), noise.uniform("order", client=number))
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


def _smoothed(log_ratio: np.ndarray) -> tuple[np.ndarray, float]:
    """Pareto-smoothed log weights, normalised, and k."""
    log_weight, k = array_stats.psislw(-log_ratio)  # it takes log-likelihoods, whose weights are their inverse
    return np.asarray(log_weight), float(k)


def _resampled(weight: np.ndarray, offset: float, order: np.ndarray) -> np.ndarray:
    """Positions of equally weighted draws, systematically, in random order."""
    points = (np.arange(len(weight)) + offset) / len(weight)
    chosen = np.minimum(np.searchsorted(np.cumsum(weight) / weight.sum(), points), len(weight) - 1)
    return chosen[np.argsort(order)]

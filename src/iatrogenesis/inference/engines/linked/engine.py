"""Draws from the posterior of models in which clients may have two therapists, in the form that all engines return."""

import numpy as np
import xarray as xr
from scipy.stats import chi2

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.membership import MembershipData
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed.engine import DIMS
from iatrogenesis.inference.engines.collapsed.marginal import NODES
from iatrogenesis.inference.engines.collapsed.plain import TRIED, Weighted, equally_weighted
from iatrogenesis.inference.engines.collapsed.proposal import TAILS
from iatrogenesis.inference.engines.collapsed.weights import Unreliable, highest_k, smoothed
from iatrogenesis.inference.engines.linked.laplace import find
from iatrogenesis.inference.engines.linked.target import LinkedTarget
from iatrogenesis.inference.models import COLLAPSED_MODELS, FACTS, key
from iatrogenesis.inference.models.priors import Priors

LINKED = "linked"
MODELS = tuple(name for name in COLLAPSED_MODELS if FACTS[name]["COLLAPSED"] == LINKED)
"""Models that this engine covers: their own files say so (``COLLAPSED``)."""


def sample(
    model: str,
    data: MembershipData,
    priors: Priors,
    seed: int,
    *,
    draws: int = 2000,
    chains: int = 4,
    max_k: float | None = None,
) -> xr.DataTree:
    """Draw from the posterior; see `iatrogenesis.inference.engines.collapsed.engine.sample`, whose contract this keeps.

    The tree says `collapsed` as its engine, because therapists are integrated out here too, and Pareto k judges.

    Raises
    ------
    DataError
        If a check of the data fails.
    Unreliable
        If Pareto k exceeds ``max_k``, or the integrals need too many nodes.
    ValueError
        If the engine does not cover the model.
    """
    if model not in MODELS:
        raise ValueError(f"clients with two therapists: covered are {', '.join(MODELS)}, not {model}")
    target = LinkedTarget.of(data.validate(), priors)
    noise = Noise(derived_seed(seed, "collapsed", key(model), data.dataset))
    highest = highest_k(draws) if max_k is None else max_k
    found = _weighted(target, noise, draws, highest, f"{data.dataset}, {model}")
    shape = (chains, draws // chains)
    # pyrefly: ignore[bad-argument-type]: what it asks of a target is which therapists have clients
    parameters = equally_weighted(found, noise, target, data.people)
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


def _weighted(target: LinkedTarget, noise: Noise, draws: int, max_k: float, fit: str) -> Weighted:
    """Propose and weigh, with the lightest tails that follow the posterior; ``fit`` is what errors call it."""
    number, columns = np.arange(draws), np.arange(len(target.mean))
    proposal, guess = find(target, noise.uniform("trial", therapist=target.seen))
    normal = noise.normal("coefficients", client=number[:, None], occasion=columns)
    uniforms = noise.uniform("effect", therapist=target.seen[:, None], client=number)
    k = np.inf
    for tails in TAILS:
        chi = chi2.ppf(noise.uniform("tails", client=number), tails.freedom)
        beta, sd, log_proposal = proposal.draw(noise.uniform("therapist_sd", client=number), normal, chi, tails)
        few = slice(TRIED)
        nodes = target.enough_nodes(beta[few], sd[few], guess, uniforms[:, few], log_proposal[few])
        if nodes is None:
            raise Unreliable(f"{fit}: the therapists' integrals need more nodes than {NODES[-1]}")
        log_target, effects = target.log_posterior(beta, sd, guess, uniforms, nodes=nodes)
        log_weight, k = smoothed(log_target - log_proposal)
        if k <= max_k:
            return Weighted(beta, sd, effects, np.exp(log_weight), k, nodes)
    raise Unreliable(f"{fit}: Pareto k {k:.2f} of the importance weights is above {max_k:.3g}")

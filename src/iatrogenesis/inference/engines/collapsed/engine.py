"""Draws from the posterior by importance, with therapist effects, in the form that all engines return."""

import numpy as np
import xarray as xr

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.collapsed import general, plain
from iatrogenesis.inference.engines.collapsed.weights import Unreliable, highest_k
from iatrogenesis.inference.models import COLLAPSED_MODELS, FACTS, key
from iatrogenesis.inference.models.priors import Priors

__all__ = ["DIMS", "MODELS", "Unreliable", "highest_k", "sample"]
PLAIN = "plain"
MODELS = tuple(name for name in COLLAPSED_MODELS if FACTS[name]["COLLAPSED"] in (PLAIN, *general.INTEGRALS))
"""Models that this engine covers: their own files say by which integral (``COLLAPSED``)."""
DIMS = {"intercept": None, "therapist_sd": None, "therapist_effect": "therapist", "coefficients": "covariate"}
"""Further dimension of each parameter of the plain random intercept."""


def sample(
    model: str,
    data: FitData,
    priors: Priors,
    seed: int,
    *,
    draws: int = 2000,
    chains: int = 4,
    max_k: float | None = None,
) -> xr.DataTree:
    """Draw from the posterior of a model of `MODELS`.

    Parameters
    ----------
    draws
        Proposals, and draws returned, in all chains together; a multiple of ``chains``. Chains are parts of one
        sample, so R-hat says nothing here; what tells is Pareto k.
    max_k
        Highest Pareto k of the importance weights at which draws are returned; by default what so many draws allow
        (`highest_k`), which is aimed at in any case.

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
    data.validate()
    fit = f"{data.dataset}, {model}"
    noise, integral = Noise(derived_seed(seed, "collapsed", key(model), data.dataset)), FACTS[model]["COLLAPSED"]
    if integral == PLAIN:
        # pyrefly: ignore[bad-argument-type]: these models have counts
        found = plain.draw(data, priors, noise, draws, highest_k(draws) if max_k is None else max_k, fit)
    else:
        found = general.draw(general.coordinates(model, integral, data, priors), noise, draws, max_k, fit)
    shape = (chains, draws // chains)
    posterior = {name: values.reshape(*shape, *values.shape[1:]) for name, values in found.parameters.items()}
    statistics = {"pareto_k": np.full(shape, found.k), "effective": np.full(shape, found.effective)}
    about = {
        "model": model,
        "engine": "collapsed",
        "seed": seed,
        "priors": priors.model_dump_json(),
        "draws": draws,
        "nodes": found.nodes,
    }
    dims = {name: dim for name, (dim, _) in FACTS[model]["PARAMETERS"].items()}
    return posterior_tree(data, posterior, statistics, about, dims)

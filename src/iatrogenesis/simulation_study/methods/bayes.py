"""What the hierarchical Bayesian methods share: fitting many data sets, and what a posterior says of therapists."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.standardise import stacked, therapists_rates
from iatrogenesis.inference.checks.diagnostics import diagnose
from iatrogenesis.inference.data.outcomes import FitData, OutcomeData
from iatrogenesis.inference.engines.fit import fit_all
from iatrogenesis.inference.models.spread import mor, vpc
from iatrogenesis.simulation_study.methods.answer import LEVEL, Answer, DataSet, Estimate, Settings, of_draws
from iatrogenesis.simulation_study.methods.rates import ranked_draws

DRAWS = 500  # for therapists' rates; the Monte Carlo error of a probability is at most .022
WORST_K = 1.0  # Pareto's, of weights that are used and counted as not passed; beyond it they have no finite mean
NODES = 5  # that stand for the clients in a rate

Prepare = Callable[[DataSet], FitData]
Summarise = Callable[[DataSet, FitData, xr.DataTree], tuple[list[Estimate], pd.DataFrame | None]]


def fitted(
    model: str, prepare: Prepare, summarise: Summarise, data_sets: Iterable[DataSet], settings: Settings
) -> Iterator[Answer]:
    """Fit one model to data sets by the collapsed engine where it covers the model, else by the sampler.

    What the collapsed engine refuses is a failure: the sampler would take ten seconds for it.
    """
    known, datas = {}, []
    for data_set in data_sets:
        try:
            data = prepare(data_set)
        except DataError as error:
            yield Answer(data_set.replicate, passed=False, problem=f"DataError: {error}")
            continue
        known[data_set.name] = (data_set, data)
        datas.append(data)
    how = {"engine": "collapsed", "max_k": WORST_K, "fallback": False}
    for tree in fit_all(model, datas, settings.priors, settings.sampler, settings.seed, **how):
        data_set, data = known.pop(tree.attrs["dataset"])
        if "failed" in tree.attrs:
            yield Answer(data_set.replicate, passed=False, problem=tree.attrs["failed"])
            continue
        if tree.attrs["engine"] == "collapsed":
            passed = bool(tree["sample_stats"]["pareto_k"].values.max() <= settings.convergence.max_pareto_k)
        else:
            passed = bool(diagnose(tree, settings.convergence)["passed"])
        estimates, therapists = summarise(data_set, data, tree)
        yield Answer(data_set.replicate, estimates, therapists, passed)


def spread_and_rates(data_set: DataSet, data: Any, tree: xr.DataTree) -> tuple[list[Estimate], pd.DataFrame]:
    """What a model without ratings says of its data (of its own kind): the spread between therapists, their table."""
    return spread(tree), therapists(tree, data)


def spread(tree: xr.DataTree) -> list[Estimate]:
    """Return the spread between therapists in its three forms; a prior above zero leaves nothing to test."""
    sd = stacked(tree, "therapist_sd")
    forms = {"therapist_sd": sd, "vpc": vpc(sd), "mor": mor(sd)}
    return [of_draws(name, draws, null=None) for name, draws in forms.items()]


def therapists(tree: xr.DataTree, data: OutcomeData) -> pd.DataFrame:
    """Return the therapists' table; see `Answer.therapists`."""
    seen = np.flatnonzero(data.clients)
    thin = _thinned(tree)
    rates = therapists_rates(thin, seen, NODES)
    low, high = np.quantile(rates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    rate = rates.mean(axis=0)
    exceeds = (rates > harmful_rate(rates.mean(axis=1, keepdims=True))).mean(axis=0)
    table = {"therapist": seen, "score": rate, "rate": rate, "low": low, "high": high, "exceeds": exceeds}
    return pd.DataFrame({**table, **ranked_draws(rates)})


def _thinned(tree: xr.DataTree) -> xr.DataTree:
    total = tree["posterior"].sizes["chain"] * tree["posterior"].sizes["draw"]
    every = max(1, total // DRAWS)
    if every == 1:
        return tree
    draws = {
        name: (("chain", "draw", *values.dims[2:]), stacked(tree, name)[None, ::every])
        for name, values in tree["posterior"].data_vars.items()
    }
    posterior = xr.Dataset(
        draws, coords={"covariate": tree["posterior"]["covariate"]} if "coefficients" in draws else {}
    )
    return xr.DataTree.from_dict({"posterior": posterior, "constant_data": tree["constant_data"].to_dataset()})

"""Engine `nuts`: the No-U-Turn sampler of nutpie on a PyMC model, compiled once and used for many data sets.

Compiling takes seconds to minutes, sampling often less than one second, so `compile_model` and `sample` are two calls.
What is compiled holds for one model, one set of priors and one length of each named dimension, such as the number of
therapists and of covariates; the number of rows may vary. The sampler checks nothing of what it is given, so every data
set is checked here first.

Draws depend on seed, model, parametrisation, data and sampler settings; not on cores, on the order of the data sets, or
on which data the model was compiled with. For that PyTensor's "fastmath" is off while compiling: it lets the compiler
reorder sums differently on each processor, and costs nothing to leave.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import nutpie
import pytensor
import xarray as xr

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import FitData, OutcomeData
from iatrogenesis.inference.data.posterior import posterior_tree
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import base, key
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.inference.models.priors import Priors

STATISTICS = ("diverging", "energy", "depth", "n_steps", "mean_tree_accept", "step_size", "maxdepth_reached")


@dataclass(frozen=True)
class Compiled:
    """A model ready to sample, and what its data must look like."""

    model: str
    priors: Priors
    coords: Mapping[str, tuple[str, ...]]
    centred: bool
    program: Any

    def accept(self, data: FitData) -> FitData:
        """Return checked data of the shape this was compiled for.

        Raises
        ------
        DataError
            If a check fails, or a named dimension has another length.
        """
        found = data.validate().coords()
        for dim in dict.fromkeys((*self.coords, *found)):
            names, compiled = found.get(dim, ()), self.coords.get(dim, ())
            if len(names) == len(compiled):
                continue
            if dim == "therapist":
                raise DataError(
                    f"{data.dataset}: {len(names)} therapists, but the model {self.model!r} was compiled for "
                    f"{len(compiled)}. Compile it for these data, or widen smaller data with OutcomeData.over."
                )
            raise DataError(
                f"{data.dataset}: {dim}s {names}, but the model {self.model!r} was compiled for {compiled}. Compile it "
                "for these data."
            )
        return data


@dataclass(frozen=True)
class FailedFit:
    """A fit that gave no draws; it is counted and shown like any other."""

    model: str
    dataset: str
    reason: str


def compile_model(name: str, data: FitData, priors: Priors, *, centred: bool | None = None) -> Compiled:
    """Compile a model for data of this shape.

    Parameters
    ----------
    name
        A name in `iatrogenesis.inference.models.MODELS`.
    data
        Gives the lengths of the named dimensions; its rows may later be swapped for others.
    priors
        Fixed in what is compiled.
    centred
        Parametrisation of the therapist effects, which changes speed and not the posterior; by default whichever suits
        these data (`iatrogenesis.inference.models.base.centring_pays`). Models without `OutcomeData` have one only.

    Raises
    ------
    UnknownModel
        If there is no such model.
    DataError
        If the data fail a check or lack what the model needs.
    """
    data.validate()
    if centred is None:
        centred = isinstance(data, OutcomeData) and base.centring_pays(data)
    built = model(name).build(data, priors, centred=centred)
    with pytensor.config.change_flags(numba__fastmath=False):
        program = nutpie.compile_pymc_model(built, backend="numba")
    return Compiled(name, priors, data.coords(), centred, program)


def sample(compiled: Compiled, data: FitData, sampler: Sampler, seed: int) -> xr.DataTree:
    """Draw from the posterior.

    Parameters
    ----------
    compiled
        From `compile_model`.
    data
        Of the compiled shape.
    sampler
        Settings.
    seed
        The study's seed; each model and data set derives its own from it.

    Returns
    -------
    xarray.DataTree
        See `iatrogenesis.inference.data.posterior.posterior_tree`.

    Raises
    ------
    DataError
        If a check fails, or the data do not have the compiled shape.
    RuntimeError
        If the sampler finds no starting point.
    """
    containers = {name: values for name, (_, values) in compiled.accept(data).arrays().items()}
    program = compiled.program.with_data(**containers)
    own_seed = derived_seed(seed, "nuts", key(compiled.model), data.dataset)
    drawn = nutpie.sample(
        program,
        chains=sampler.chains,
        draws=sampler.draws,
        tune=sampler.tune,
        target_accept=sampler.target_accept,
        cores=min(sampler.cores, sampler.chains),
        seed=own_seed,
        progress_bar=False,
        save_warmup=False,
    )
    about = {
        "model": compiled.model,
        "engine": "nuts",
        "seed": seed,
        "parametrisation": "centred" if compiled.centred else "non-centred",
        "priors": compiled.priors.model_dump_json(),
        "sampler": sampler.described(),
    }
    module = model(compiled.model)
    posterior = {name: drawn["posterior"][name].values for name in module.PARAMETERS if name in drawn["posterior"]}
    if hasattr(module, "complete"):
        posterior |= module.complete(data, posterior, Noise(own_seed))
    statistics = {name: drawn["sample_stats"][name].values for name in STATISTICS}
    dims = {name: dim for name, (dim, _) in module.PARAMETERS.items()}
    return posterior_tree(data, posterior, statistics, about, dims)


def sample_many(
    compiled: Compiled,
    datas: Sequence[FitData],
    sampler: Sampler,
    seed: int,
    workers: int,
    summarise: Callable[[xr.DataTree], Any] = lambda tree: tree,
) -> list[Any]:
    """Fit one compiled model to many data sets, several at a time; the same draws as one after the other.

    Parameters
    ----------
    compiled, sampler, seed
        As in `sample`. Data sets need different names, because the name enters the seed.
    datas
        All are checked before the first is fitted.
    workers
        Fits at a time, in threads (the sampler releases the interpreter's lock).
    summarise
        Called with each posterior; keep it small where there are thousands.

    Returns
    -------
    list
        What `summarise` returned, in the order of `datas`, and a `FailedFit` where the sampler failed.

    Raises
    ------
    DataError
        If a data set fails a check, or two have one name.
    """
    for data in datas:
        compiled.accept(data)
    names = [data.dataset for data in datas]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError(f"two data sets are named {twice[0]!r} and would share random numbers; rename one.")

    def fit(data: FitData) -> Any:
        try:
            tree = sample(compiled, data, sampler, seed)
        except RuntimeError as error:  # what nutpie raises when no starting point has a finite density
            return FailedFit(compiled.model, data.dataset, str(error))
        return summarise(tree)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(fit, datas))

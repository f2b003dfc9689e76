"""Fitting by the engine that was asked for, and by the other one where that cannot answer.

The collapsed engine covers some models; where its importance weights are unreliable, it refuses, and the sampler takes
over. The sampler is imported only then, because that takes seconds.
"""

from collections.abc import Iterator, Sequence

import xarray as xr

from iatrogenesis.inference.data.outcomes import FitData, shape_of
from iatrogenesis.inference.data.posterior import without_draws
from iatrogenesis.inference.engines.collapsed import engine as collapsed
from iatrogenesis.inference.engines.linked import engine as linked
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.priors import Priors

COLLAPSED = {name: part for part in (collapsed, linked) for name in part.MODELS}
"""Where each model is fitted whose therapists are integrated out."""


def fit_all(
    model: str,
    datas: Sequence[FitData],
    priors: Priors,
    sampler: Sampler,
    seed: int,
    *,
    engine: str,
    workers: int = 1,
    max_k: float | None = None,
    fallback: bool = True,
) -> Iterator[xr.DataTree]:
    """Fit one model to data sets.

    Parameters
    ----------
    engine
        ``collapsed`` for the models it covers (the sampler for others), or ``nuts``.
    max_k
        See `iatrogenesis.inference.engines.collapsed.engine.sample`.

    fallback
        Whether the sampler takes over where the collapsed engine refuses; else there are no draws then.

    Yields
    ------
    xarray.DataTree
        A posterior for each data set, in an order of its own. Where the collapsed engine refused, it is the sampler's,
        with the attribute `fallback` saying why; where no engine gave draws, see
        `iatrogenesis.inference.data.posterior.without_draws`.
    """
    left, why = list(datas), {}
    if engine == "collapsed" and model in COLLAPSED:
        left, part = [], COLLAPSED[model]
        for data in datas:
            try:
                draws = sampler.chains * sampler.draws
                # pyrefly: ignore[bad-argument-type]: each model's data are of its own kind
                yield part.sample(model, data, priors, seed, draws=draws, chains=sampler.chains, max_k=max_k)
            except collapsed.Unreliable as error:
                if fallback:
                    why[data.dataset] = str(error)
                    left.append(data)
                else:
                    yield without_draws(data, {"model": model, "engine": engine, "seed": seed}, str(error))
    for tree in _sampled(model, left, priors, sampler, seed, workers):
        if tree.attrs["dataset"] in why:
            tree.attrs["fallback"] = why[tree.attrs["dataset"]]
            print(f"{why[tree.attrs['dataset']]}; fitted by nuts instead", flush=True)
        yield tree


def _sampled(
    model: str, datas: Sequence[FitData], priors: Priors, sampler: Sampler, seed: int, workers: int
) -> Iterator[xr.DataTree]:
    if not datas:
        return
    from iatrogenesis.inference.engines import nuts

    shapes: dict[tuple, list[FitData]] = {}
    for data in datas:
        shapes.setdefault(shape_of(data), []).append(data)
    for shape, some in shapes.items():
        print(f"{model}: compiling for {dict(shape)}, then fitting {len(some)} data sets", flush=True)
        compiled = nuts.compile_model(model, some[0], priors)
        for data, found in zip(some, nuts.sample_many(compiled, some, sampler, seed, workers), strict=True):
            if isinstance(found, nuts.FailedFit):
                found = without_draws(data, {"model": model, "engine": "nuts", "seed": seed}, found.reason)
            yield found

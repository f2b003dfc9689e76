"""Fits of the models that the columns allow: the collapsed engine first, the sampler as a check or where it refuses."""

from collections.abc import Mapping

import xarray as xr
from pydantic import ValidationError

from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.inference.engines import fit
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models import key
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.choose import choose, main_model
from iatrogenesis.own_data.analysis.names import SAMPLED
from iatrogenesis.own_data.analysis.ready import ready
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData

SAMPLER = Sampler(chains=4, draws=1000, tune=500, target_accept=0.9)
MANY = 10_000  # rows; above it, draws cost more than they tell
FEWER = SAMPLER.model_copy(update={"draws": 300})
SAME_EQUATIONS = {"therapist": "casemix", "interaction": "casemix"}
"""Models that the sampler fits by the equations of another one: own columns need not have every rating."""


def priors_of(settings: OwnData) -> Priors:
    """Return the priors of the published study, with what the settings have instead.

    Raises
    ------
    DataError
        If the settings have a prior that no model knows, or one that is not allowed.
    """
    usual: dict = read_yaml(config_folder() / "default.yaml")["fit"]["priors"]
    own = settings.analysis.priors
    if unknown := [name for name in own if name not in usual]:
        raise DataError(f"analysis.priors: {unknown[0]!r} is not known; choose among {', '.join(usual)}.")
    merged = usual | {name: _merged(usual[name], values) for name, values in own.items()}
    try:
        return Priors.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"analysis.priors.{place}: {first['msg']}. Correct it, or leave it out.") from None


def _merged(usual: Mapping, own: Mapping) -> dict:
    """The usual prior with some numbers replaced; then the reason is that it is the user's own."""
    changed = {key: value for key, value in own.items() if not isinstance(value, Mapping)}
    parts = {key: _merged(usual.get(key, {}), value) for key, value in own.items() if isinstance(value, Mapping)}
    reason = {"reason": "given in the settings of this analysis"} if changed and "reason" not in changed else {}
    return {**usual, **changed, **parts, **reason}


def fit_all(prepared: Prepared, settings: OwnData, priors: Priors) -> dict[str, xr.DataTree]:
    """Fit every model that the columns allow, or those that the settings name.

    Returns
    -------
    dict
        Posteriors by model; with `SAMPLED` at the end of the name where the sampler has fitted the model once more. A
        fit that gave no draws is a tree with the attribute `failed`: it is shown and counted.

    Raises
    ------
    DataError
        If there is nothing to fit, or the settings name an unknown model.
    """
    start = ready(prepared, settings)
    choice = choose(start)
    found = {name: fitted(name, data, priors, settings.analysis.seed) for name, data in choice.datas.items()}
    if settings.analysis.check_by_sampler:
        main = main_model(start, tuple(found))
        found[main + SAMPLED] = fitted(main, choice.datas[main], priors, settings.analysis.seed, engine="nuts")
    return found


def fitted(model: str, data: FitData, priors: Priors, seed: int, engine: str = "collapsed") -> xr.DataTree:
    """Fit one model; the sampler takes over where the collapsed engine refuses."""
    own = derived_seed(seed, "own data", key(model), engine)
    sampler = FEWER if len(next(iter(data.arrays().values()))[1]) > MANY else SAMPLER
    if engine == "collapsed":
        covered = model in fit.COLLAPSED
        (tree,) = fit.fit_all(model, [data], priors, sampler, own, engine=engine, fallback=not covered)
        if "failed" not in tree.attrs:
            return tree
        reason = tree.attrs["failed"]
        tree = fitted(model, data, priors, seed, engine="nuts")
        tree.attrs["fallback"] = reason
        return tree
    (tree,) = fit.fit_all(SAME_EQUATIONS.get(model, model), [data], priors, sampler, own, engine=engine)
    tree.attrs["model"] = model
    return tree

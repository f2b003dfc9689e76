"""The deterioration models, by name.

A model is a module with `COVARIATES` (its default ones) and ``build(data, priors, *, centred) -> pymc.Model``. Modules
are imported on demand, because PyMC takes seconds to import and most of the pipeline does without.
"""

from importlib import import_module
from types import ModuleType

MODELS = {
    "null": "iatrogenesis.models.null",
    "casemix": "iatrogenesis.models.casemix",
    "therapist": "iatrogenesis.models.therapist",
}


class UnknownModel(ValueError):
    """A model was asked for by a name that no model has."""


def model(name: str) -> ModuleType:
    """Return the module of one model.

    Raises
    ------
    UnknownModel
        Listing the known names.
    """
    if name not in MODELS:
        raise UnknownModel(f"model {name!r} is not known; choose among {', '.join(MODELS)}.")
    return import_module(MODELS[name])

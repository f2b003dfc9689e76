"""The models, by name.

A model is a module that says everything about one model:

- its equations, in the docstring;
- ``COVARIATES``, ``PARAMETERS`` (what a posterior holds) and ``TABLES`` (what its data are made from);
- ``prepare(tables, dataset, truth=False)``, its data from tables;
- ``build(data, priors, centred=False)``, the PyMC model;
- ``prior_point(data, priors, noise)`` and ``replicate(data, point, noise)``, the model run forwards in NumPy, and
  ``log_likelihood(data, point)`` of each row given all effects (not where traits are latent);
- where parameters were integrated out, ``complete(data, posterior, noise)``, which draws them.

Modules are imported on demand and import PyMC only to build, because that takes seconds and most of the pipeline does
without.
"""

from importlib import import_module
from types import ModuleType

OUTCOME_MODELS = ("null", "casemix", "therapist", "interaction")
MODELS = {
    name: f"iatrogenesis.models.{name}"
    for name in (*OUTCOME_MODELS, "measurement", "service", "ordinal", "growth", "dropout")
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

"""A model's module by its name."""

from types import ModuleType

from iatrogenesis.core.registry import member
from iatrogenesis.inference.models import MODELS


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
    return member("iatrogenesis.inference.models", name)

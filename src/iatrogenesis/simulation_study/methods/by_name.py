"""A method's module by its name."""

from types import ModuleType

from iatrogenesis.core.registry import member
from iatrogenesis.simulation_study.methods import NAMES


def method(name: str) -> ModuleType:
    """Return the module of one method.

    Raises
    ------
    ValueError
        Listing the known names.
    """
    if name not in NAMES:
        raise ValueError(f"method {name!r} is not known; choose among {', '.join(NAMES)}")
    return member("iatrogenesis.simulation_study.methods", name)

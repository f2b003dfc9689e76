"""A method's module by its name, and what it costs."""

from types import ModuleType

from iatrogenesis.core.registry import member
from iatrogenesis.simulation_study.methods import FACTS, NAMES


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


def seconds(name: str, clients: int) -> float:
    """Return what one data set of so many clients costs about, on one core."""
    fixed, per_thousand = FACTS[name]["SECONDS"]
    return fixed + per_thousand * clients / 1000

"""Packages whose modules are found by name: one place, so that what a script can reach stays readable in the source.

`iatrogenesis.study.dependencies` looks for calls of these two functions. The package must therefore be written out, as
a string or as ``__name__`` within the package itself.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def member(package: str, name: str) -> ModuleType:
    """Return one module of a package.

    Raises
    ------
    ModuleNotFoundError
        If the package has no such module.
    """
    return import_module(f"{package}.{name}")


def members(package: str) -> list[ModuleType]:
    """Import and return every module of a package, in the order of their names."""
    folder = import_module(package).__path__
    return [import_module(f"{package}.{found.name}") for found in iter_modules(folder)]

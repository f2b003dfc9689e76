"""Packages whose modules are found by name: one place, so that what a script can reach stays readable in the source.

`iatrogenesis.study.dependencies` looks for calls of these functions. The package must therefore be written out, as a
string or as ``__name__`` within the package itself.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from iatrogenesis.core.declared import declaring


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


def declarations(package: str, *needed: str) -> dict[str, Mapping[str, Any]]:
    """Return what the modules of a package declare, without importing them; see `iatrogenesis.core.declared`."""
    (folder,) = import_module(package).__path__
    return declaring(Path(folder), *needed)

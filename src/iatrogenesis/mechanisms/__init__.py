"""One file, one mechanism. Adding a file here adds a mechanism; `KINDS` finds it by its ``kind``."""

from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

from iatrogenesis.mechanisms.base import Mechanism


def _kinds() -> dict[str, type[Mechanism]]:
    for module in iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
    return {
        get_args(cls.model_fields["kind"].annotation)[0]: cls for cls in sorted(Mechanism.__subclasses__(), key=str)
    }


KINDS = _kinds()

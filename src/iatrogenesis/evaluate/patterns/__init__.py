"""Published patterns as functions of simulated worlds, by the id of their row in ``config/evidence.csv``.

`PATTERNS` holds those of one service year, `OVER_YEARS` those that need several years of the same services.
"""

from importlib import import_module
from pkgutil import iter_modules

from iatrogenesis.evaluate.patterns.register import OVER_YEARS, PATTERNS

for _module in iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)

__all__ = ["OVER_YEARS", "PATTERNS"]

"""Published patterns as functions of simulated counterparts, by the id of their row in ``config/evidence.csv``.

`PATTERNS` holds those of one service year, `OVER_YEARS` those that need several years of the same services.
"""

from iatrogenesis.core.registry import members
from iatrogenesis.evidence.patterns.register import OVER_YEARS, PATTERNS

members(__name__)  # each adds its own

__all__ = ["OVER_YEARS", "PATTERNS"]

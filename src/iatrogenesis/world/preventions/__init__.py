"""One file, one prevention. Adding a file here adds a prevention; `KINDS` finds it by its ``kind``."""

from iatrogenesis.core.registry import members
from iatrogenesis.world.mechanisms.base import kinds_of
from iatrogenesis.world.preventions.base import Prevention

KINDS = kinds_of(Prevention, members(__name__))

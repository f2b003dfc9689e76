"""One file, one mechanism. Adding a file here adds a mechanism; `KINDS` finds it by its ``kind``."""

from iatrogenesis.core.registry import members
from iatrogenesis.world.mechanisms.base import Mechanism, kinds_of

KINDS = kinds_of(Mechanism, members(__name__))

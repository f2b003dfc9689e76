"""One file, one prevention. Adding a file here adds a prevention; `KINDS` finds it by its ``kind``."""

from iatrogenesis.mechanisms.base import kinds_of
from iatrogenesis.preventions.base import Prevention

KINDS = kinds_of(Prevention, __path__, __name__)

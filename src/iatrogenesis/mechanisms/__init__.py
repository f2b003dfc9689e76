"""One file, one mechanism. Adding a file here adds a mechanism; `KINDS` finds it by its ``kind``."""

from iatrogenesis.mechanisms.base import Mechanism, kinds_of

KINDS = kinds_of(Mechanism, __path__, __name__)

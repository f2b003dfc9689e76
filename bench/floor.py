"""The floor: no simulator that draws these numbers and keeps these bytes can be faster than just doing that."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from iatrogenesis.core.streams import Counter as Keys
from iatrogenesis.core.streams import Noise


@dataclass(frozen=True)
class CountingNoise(Noise):
    """Noise that counts how many numbers of each kind were drawn, and in how many calls."""

    drawn: Counter = field(default_factory=Counter)

    def uniform_at(self, decision: str, counter: Keys) -> np.ndarray:
        """As `Noise.uniform_at`, counted."""
        return self._counted("uniforms", super().uniform_at(decision, counter))

    def normal_at(self, decision: str, counter: Keys) -> np.ndarray:
        """As `Noise.normal_at`, counted."""
        return self._counted("normals", super().normal_at(decision, counter))

    def event_at(self, decision: str, counter: Keys, chance: np.ndarray) -> np.ndarray:
        """As `Noise.event_at`, counted as uniforms."""
        return self._counted("uniforms", super().event_at(decision, counter, chance))

    def _counted(self, kind: str, found: np.ndarray) -> np.ndarray:
        self.drawn.update({kind: found.size, "calls": 1})
        return found


def draw_and_write(drawn: Counter, kept: int, block: int) -> None:
    """Draw as many keyed numbers in blocks of the same size, and write as many bytes to memory."""
    noise, who = Noise(1), np.arange(block, dtype=np.uint32)
    keys = Keys.of(who, who, who, who)
    for kind, method in (("uniforms", noise.uniform_at), ("normals", noise.normal_at)):
        for _ in range(drawn[kind] // block):
            method("floor", keys)
    memory = np.empty(kept // 8)
    memory[:] = 1.0

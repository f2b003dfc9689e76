"""The floor: no simulator that draws these numbers and keeps these bytes can be faster than just doing that."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from iatrogenesis.core.streams import Noise


@dataclass(frozen=True)
class CountingNoise(Noise):
    """Noise that counts how many numbers of each kind were drawn, and in how many calls."""

    drawn: Counter = field(default_factory=Counter)

    def uniform(self, decision: str, **counter) -> np.ndarray:
        """As `Noise.uniform`, counted."""
        found = super().uniform(decision, **counter)
        self.drawn.update(uniforms=found.size, calls=1)
        return found

    def normal(self, decision: str, **counter) -> np.ndarray:
        """As `Noise.normal`, counted; the uniform that it is made from is not counted twice."""
        found = Noise.normal(self, decision, **counter)
        self.drawn.update(uniforms=-found.size, calls=-1)
        self.drawn.update(normals=found.size, calls=1)
        return found


def draw_and_write(drawn: Counter, kept: int, block: int) -> None:
    """Draw as many keyed numbers in blocks of the same size, and write as many bytes to memory."""
    noise, who = Noise(1), np.arange(block, dtype=np.uint32)
    counter = {"replicate": who, "therapist": who, "client": who, "occasion": who}
    for kind, method in (("uniforms", noise.uniform), ("normals", noise.normal)):
        for _ in range(drawn[kind] // block):
            method("floor", **counter)
    memory = np.empty(kept // 8)
    memory[:] = 1.0

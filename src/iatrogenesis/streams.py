"""Noise as a pure function of (seed, name of the decision, who, when): keyed, counter-based, without state.

Every random number of the project is ``philox(key, counter)``. The key is made from the study's seed and the *name of
the decision* ("dropout", "measurement.phq9"), the counter from the indices of replicate, therapist, client and
occasion. The scenario is in neither. So no number depends on how many others were drawn, in which order, on how many
cores or in which chunks, and the same client meets the same chance events in every scenario (the counterfactual twin).

Source of the generator: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
10.1145/2063384.2063405, algorithm Philox-4x32-10.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numba import njit, uint32, uint64, vectorize

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TO_UNIT = 1.0 / 4294967296.0  # 2**-32
_TWO_PI = 2.0 * np.pi


@njit(cache=True)
def philox4x32(c0, c1, c2, c3, k0, k1):
    """Ten rounds of Philox-4x32 on one counter; four independent 32-bit words."""
    for _ in range(10):
        product0 = _M0 * uint64(c0)
        product1 = _M1 * uint64(c2)
        c0, c1, c2, c3 = (
            uint32((product1 >> _SHIFT) ^ uint64(c1) ^ uint64(k0)),
            uint32(product1 & _LOW),
            uint32((product0 >> _SHIFT) ^ uint64(c3) ^ uint64(k1)),
            uint32(product0 & _LOW),
        )
        k0 = uint32(k0 + _W0)
        k1 = uint32(k1 + _W1)
    return c0, c1, c2, c3


@vectorize(["float64(uint32, uint32, uint32, uint32, uint32, uint32)"], cache=True)
def _uniform(k0, k1, replicate, therapist, client, occasion):
    word = philox4x32(replicate, therapist, client, occasion, k0, k1)[0]
    return (word + 0.5) * _TO_UNIT


@vectorize(["float64(uint32, uint32, uint32, uint32, uint32, uint32)"], cache=True)
def _normal(k0, k1, replicate, therapist, client, occasion):
    # Box-Muller: two words make one exact normal; the open interval keeps the logarithm finite.
    first, second, _, _ = philox4x32(replicate, therapist, client, occasion, k0, k1)
    radius = np.sqrt(-2.0 * np.log((first + 0.5) * _TO_UNIT))
    return radius * np.cos(_TWO_PI * (second + 0.5) * _TO_UNIT)


def decision_key(seed: int, decision: str) -> tuple[np.uint32, np.uint32]:
    """Two 32-bit key words for one named decision of one study seed."""
    digest = hashlib.blake2b(f"{seed}/{decision}".encode(), digest_size=8).digest()
    words = np.frombuffer(digest, dtype="<u4")
    return words[0], words[1]


def derived_seed(seed: int, *names: object) -> int:
    """Return a 32-bit seed for a tool that wants one number (a sampler, say), named after what it is used for."""
    return int(decision_key(seed, "/".join(map(str, names)))[0])


@dataclass(frozen=True)
class Noise:
    """The study's chance events.

    Parameters
    ----------
    seed
        The study's seed. Everything random follows from it.
    """

    seed: int

    def uniform(self, decision: str, *, replicate=0, therapist=0, client=0, occasion=0) -> np.ndarray:
        """Uniform numbers in the open interval (0, 1).

        Parameters
        ----------
        decision
            Name of the decision. A number belongs to the decision, never to a scenario.
        replicate, therapist, client, occasion
            Non-negative integers or arrays below 2**32 that broadcast against each other.

        Returns
        -------
        numpy.ndarray
            float64, of the broadcast shape.
        """
        return _uniform(*decision_key(self.seed, decision), *_counter(replicate, therapist, client, occasion))

    def normal(self, decision: str, *, replicate=0, therapist=0, client=0, occasion=0) -> np.ndarray:
        """Standard normal numbers; arguments as in :meth:`uniform`."""
        return _normal(*decision_key(self.seed, decision), *_counter(replicate, therapist, client, occasion))


def _counter(*indices) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(index).astype(np.uint32) for index in indices)

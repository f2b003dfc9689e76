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
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit, uint32, uint64

from iatrogenesis.core.former_names import keyed_by

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_SHIFT = np.uint64(32)
_TO_UNIT = 1.0 / 4294967296.0  # 2**-32


@njit(cache=True, inline="always")
def _round(c0, c1, c2, c3, k0, k1):
    product0 = _M0 * uint64(c0)
    product1 = _M1 * uint64(c2)
    c0 = uint32(product1 >> _SHIFT) ^ c1 ^ k0
    c2 = uint32(product0 >> _SHIFT) ^ c3 ^ k1
    return c0, uint32(product1), c2, uint32(product0), uint32(k0 + _W0), uint32(k1 + _W1)


@njit(cache=True, inline="always")
def philox4x32(c0, c1, c2, c3, k0, k1) -> tuple[int, int, int, int]:
    """Ten rounds of Philox-4x32 on one counter; four independent 32-bit words."""
    # Written out, because a loop here keeps the compiler from making several numbers at once.
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


@njit(cache=True)
def _uniform(k0, k1, replicate, therapist, client, occasion, out):
    # A plain loop over contiguous arrays: the compiler makes several numbers at once of it.
    for i in range(out.size):
        out[i] = (philox4x32(replicate[i], therapist[i], client[i], occasion[i], k0, k1)[0] + 0.5) * _TO_UNIT


@njit(cache=True)
def _event(k0, k1, replicate, therapist, client, occasion, chance, out):
    for i in range(out.size):  # drawing what cannot happen too is quicker than picking what can
        word = philox4x32(replicate[i], therapist[i], client[i], occasion[i], k0, k1)[0]
        out[i] = (word + 0.5) * _TO_UNIT < chance[i]


# Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution", 10.2307/2347330, routine PPND16:
# coefficients of the rational functions for the middle and for the tails (the far tails, p < exp(-25), never occur).
_A = (
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
)  # fmt: skip
_B = (
    1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
)  # fmt: skip
_C = (
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
)  # fmt: skip
_D = (
    1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
)  # fmt: skip


@njit(cache=True)
def _polynomial(c, x):
    return ((((((c[7] * x + c[6]) * x + c[5]) * x + c[4]) * x + c[3]) * x + c[2]) * x + c[1]) * x + c[0]


@njit(cache=True)
def _middle(q):
    r = 0.180625 - q * q
    return q * _polynomial(_A, r) / _polynomial(_B, r)


@njit(cache=True)
def _tail(p):
    r = np.sqrt(-np.log(min(p, 1.0 - p))) - 1.6
    z = _polynomial(_C, r) / _polynomial(_D, r)
    return z if p > 0.5 else -z


@njit(cache=True)
def normal_quantile(p: np.ndarray, out: np.ndarray) -> None:
    """Write quantiles of the standard normal distribution for p from 1e-10 to 1 - 1e-10 into out, to about 1e-15."""
    for i in range(p.size):
        out[i] = _middle(p[i] - 0.5)
    for i in range(p.size):  # apart, so that the loop above stays without branches
        if abs(p[i] - 0.5) > 0.425:
            out[i] = _tail(p[i])


@njit(cache=True)
def _normal(k0, k1, replicate, therapist, client, occasion, uniform, out):
    _uniform(k0, k1, replicate, therapist, client, occasion, uniform)  # by inversion: one word makes one normal
    normal_quantile(uniform, out)


@lru_cache(maxsize=4096)
def decision_key(seed: int, decision: str) -> tuple[np.uint32, np.uint32]:
    """Two 32-bit key words for one named decision of one study seed."""
    digest = hashlib.blake2b(f"{seed}/{decision}".encode(), digest_size=8).digest()
    words = np.frombuffer(digest, dtype="<u4")
    return words[0], words[1]


def derived_seed(seed: int, *names: object) -> int:
    """Return a 32-bit seed for a tool that wants one number (a sampler, say), named after what it is used for.

    A data set that was renamed gives the seed of its former name: see `iatrogenesis.core.former_names`.
    """
    return int(decision_key(seed, "/".join(keyed_by(str(name)) for name in names))[0])


class Counter(NamedTuple):
    """Who and when, as the generator takes it: uint32 arrays without gaps, all of one shape."""

    replicate: np.ndarray
    therapist: np.ndarray
    client: np.ndarray
    occasion: np.ndarray

    @classmethod
    def of(cls, replicate=0, therapist=0, client=0, occasion=0) -> "Counter":
        """Counter of non-negative integers or arrays below 2**32 that broadcast against each other."""
        arrays = [np.asarray(index).astype(np.uint32, copy=False) for index in (replicate, therapist, client, occasion)]
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        return cls(*(_filled(array, shape) for array in arrays))


def _filled(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if array.shape == shape:
        return np.asarray(array, order="C")
    filled = np.empty(shape, dtype=array.dtype)
    filled[...] = array
    return filled


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
        return self.uniform_at(decision, self.counter(replicate, therapist, client, occasion))

    def normal(self, decision: str, *, replicate=0, therapist=0, client=0, occasion=0) -> np.ndarray:
        """Standard normal numbers; arguments as in :meth:`uniform`."""
        return self.normal_at(decision, self.counter(replicate, therapist, client, occasion))

    def counter(self, replicate=0, therapist=0, client=0, occasion=0) -> Counter:
        """Counter of the people and the occasion that numbers are drawn for."""
        return Counter.of(replicate, therapist, client, occasion)

    def uniform_at(self, decision: str, counter: Counter) -> np.ndarray:
        """Uniform numbers for a counter that was made before: what is drawn often has no time to make it anew."""
        out = np.empty(counter.replicate.shape)
        # pyrefly: ignore[bad-argument-count]: a key has two parts, a counter four
        _uniform(*decision_key(self.seed, decision), *_flat(counter), out.reshape(-1))
        return out

    def normal_at(self, decision: str, counter: Counter) -> np.ndarray:
        """Standard normal numbers for a counter that was made before."""
        out = np.empty(counter.replicate.shape)
        flat = out.reshape(-1)
        # pyrefly: ignore[bad-argument-count]: a key has two parts, a counter four
        _normal(*decision_key(self.seed, decision), *_flat(counter), np.empty_like(flat), flat)
        return out

    def event_at(self, decision: str, counter: Counter, chance: np.ndarray) -> np.ndarray:
        """Whether events with these probabilities happen: uniform < chance, bool; both of shape (n,)."""
        out = np.empty(counter.replicate.shape, dtype=np.bool_)
        if chance.shape != out.shape:  # compiled code would read beyond its end
            raise ValueError(f"{decision}: chances have shape {chance.shape}, and there are {out.shape} who draw")
        _event(*decision_key(self.seed, decision), *counter, chance, out)
        return out


def _flat(counter: Counter) -> Counter | list[np.ndarray]:
    return counter if counter.replicate.ndim == 1 else [index.reshape(-1) for index in counter]

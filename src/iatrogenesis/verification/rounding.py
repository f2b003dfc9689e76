"""How a machine rounds: the last digits of logarithms and of sums differ between processors and their libraries.

`make` has NumPy and OpenBLAS take the same code on all x86 processors with AVX2. Elsewhere the same seed gives other
last digits, and then other bytes of a simulated table say nothing.
"""

import hashlib

import numpy as np
from scipy.special import expit, gammaln, ndtri

from iatrogenesis.core.streams import Noise

FILE = "rounding.txt"
NUMBERS = 4096
FUNCTIONS = (np.exp, np.log, np.log1p, np.expm1, np.sin, np.cos, np.tanh, np.sqrt, expit, gammaln)


def rounding() -> str:
    """Return 16 digits that are the same on machines whose functions, sums and products have the same last digits."""
    numbers = Noise(0).uniform("rounding", client=np.arange(NUMBERS))
    square = numbers.reshape(64, 64)
    found = [function(20.0 * numbers) for function in FUNCTIONS]
    found += [ndtri(numbers), Noise(0).normal("rounding", client=np.arange(NUMBERS))]
    found += [numbers**1.7, square @ square.T, np.atleast_1d(numbers @ numbers), np.atleast_1d(numbers.sum())]
    return hashlib.sha256(b"".join(one.tobytes() for one in found)).hexdigest()[:16]

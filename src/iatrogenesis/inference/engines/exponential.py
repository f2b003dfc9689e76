"""The exponential function in plain arithmetic, which a compiler does for several numbers at once."""

from numba import njit

FARTHEST = 40.0  # log odds beyond this change no probability by more than 1e-17


@njit(inline="always")
def exp(x: float) -> float:
    """Return e to the power of a number between -`FARTHEST` and `FARTHEST`, those beyond taken for it.

    Relative error below 2e-7 at 40 and 1e-11 at 10.
    """
    # (1 + z + z^2/2 + ... + z^6/720)^256 with z = x/256
    x = x if x < FARTHEST else FARTHEST
    x = x if x > -FARTHEST else -FARTHEST
    z = x * 0.00390625
    p = 1.0 + z * (1.0 + z * (0.5 + z * (1 / 6 + z * (1 / 24 + z * (1 / 120 + z * (1 / 720))))))
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    p = p * p
    return p * p

"""What a chart does when nothing has changed, and when the odds have: simulated by keyed noise.

Noise belongs to the unit, by its name: another unit more moves no number.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, uint32

from iatrogenesis.core.streams import decision_key, philox4x32

BLOCK = 256
_TO_UNIT = 1.0 / 4294967296.0


class Lengths(NamedTuple):
    """Courses until each run's alarm or end, int64, and whether there was an alarm, bool; shape (runs,)."""

    courses: np.ndarray
    alarm: np.ndarray


def highest(seed: int, name: str, risk: np.ndarray, cost: np.ndarray, gain: float, simulations: int) -> np.ndarray:
    """Return the highest value of each of so many charts over the unit's courses, float64, shape (simulations,).

    Parameters
    ----------
    seed, name
        What the noise is keyed by.
    risk
        Of each course, in the order of the chart, shape (n,): the outcomes are drawn by it.
    cost, gain
        See `iatrogenesis.own_data.surveillance.scores`.
    """
    found = np.empty(simulations)
    key = decision_key(seed, name)
    _highest(*key, _counts(risk), cost, gain, found)
    return found


def run_lengths(
    seed: int, name: str, risk: np.ndarray, cost: np.ndarray, gain: float, threshold: float, runs: int, most: int
) -> Lengths:
    """Return how long charts run until their alarm, over courses that are drawn from the unit's with replacement.

    Parameters
    ----------
    threshold
        An alarm is a value above it.
    most
        Courses after which a run without an alarm is ended.
    """
    found = Lengths(np.empty(runs, dtype=np.int64), np.empty(runs, dtype=np.bool_))
    _run_lengths(*decision_key(seed, name), _counts(risk), cost, gain, threshold, most, *found)
    return found


def _counts(risk: np.ndarray) -> np.ndarray:
    """Chances as numbers of 32-bit words below which a word means an event."""
    return np.minimum(np.ceil(risk * 4294967296.0 - 0.5), 4294967295.0).astype(np.uint32)


@njit(cache=True)
def _highest(k0, k1, chance, cost, gain, found):
    for first in range(0, found.size, BLOCK):
        block = min(BLOCK, found.size - first)
        value, top = np.zeros(block), np.zeros(block)
        for i in range(chance.size):
            below, off = chance[i], cost[i]
            for b in range(block):  # innermost, so that the compiler makes several numbers at once
                word = philox4x32(uint32(first + b), uint32(0), uint32(i), uint32(0), k0, k1)[0]
                value[b] = max(value[b] + ((gain if word < below else 0.0) - off), 0.0)
                top[b] = max(top[b], value[b])
        found[first : first + block] = top


@njit(cache=True)
def _run_lengths(k0, k1, chance, cost, gain, threshold, most, courses, alarm):
    number = chance.size
    for run in range(courses.size):
        value, length = 0.0, 0
        while length < most and value <= threshold:
            words = philox4x32(uint32(run), uint32(0), uint32(length), uint32(0), k0, k1)
            who = min(int(words[1] * _TO_UNIT * number), number - 1)
            value = max(value + ((gain if words[0] < chance[who] else 0.0) - cost[who]), 0.0)
            length += 1
        courses[run], alarm[run] = length, value > threshold

"""Selection: as many therapists as possible, of whom no more than a stated share is expected to be harmless.

A rule that flags whoever is harmful with a probability of at least .8 bounds each single error; the false discovery
rate bounds their share in the list. With probabilities v_j of being harmful, a list S has the posterior expected false
discovery rate sum_{j in S} (1 - v_j) / |S|. For any length the best list is that of the greatest v_j, and its rate
rises with its length; so the largest list is found by going down the order until the rate is reached. A capacity
(there are so many supervisors) cuts the list further. Gu & Koenker (2023), "Invidious comparisons", 10.3982/ECTA19304,
select by posterior tail probabilities under both constraints; theirs are of belonging to a top share, ours of being
harmful.

A p-value is no such probability: one less it, summed, says nothing of how many are harmless. From p-values the list is
that of Benjamini & Hochberg's step-up tests at the same level (`significant`), which keeps the mean over repetitions of
the share of harmless ones, 0 where nobody is selected, at or below the level if the tests are independent.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from iatrogenesis.core.definitions import FLAG_PROBABILITY
from iatrogenesis.core.tables import DataError

FDR_LEVEL = round(1 - FLAG_PROBABILITY, 9)
"""Expected share of harmless therapists among the selected: of the list as a whole what `FLAG_PROBABILITY` asks of each
one, so that the two rules differ in nothing else; a choice of this study."""

CAPACITY = 0.05
"""Share of therapists for whom there is capacity: the share that Imel et al. (2015, 10.1037/pst0000023) remove."""

ROUNDING = 1e-6  # probabilities are kept in single precision


def capacity(therapists: int, share: float = CAPACITY) -> int:
    """Return how many of so many therapists there is capacity for; at least one."""
    return max(1, int(np.rint(share * therapists)))


def selected(exceeds: ArrayLike, level: float = FDR_LEVEL, most: int | None = None) -> np.ndarray:
    """Select the largest set whose posterior expected false discovery rate is at most `level`.

    Parameters
    ----------
    exceeds
        Probability that each therapist is harmful, shape (therapists,).
    level
        Greatest expected share of harmless therapists among the selected, from 0 to 1.
    most
        Capacity: at most so many are selected. By default no limit.

    Returns
    -------
    numpy.ndarray
        bool, shape (therapists,). Of therapists with the same probability the first ones come first.

    Raises
    ------
    DataError
        If a probability is missing or not within 0 and 1.
    """
    exceeds = _within_0_and_1(exceeds)
    order = np.argsort(-exceeds, kind="stable")
    rate = np.cumsum(1 - exceeds[order]) / np.arange(1, len(order) + 1)
    # The rate never falls along the order: the number of lists within the level is the length of the longest one.
    length = int(np.count_nonzero(rate <= level + ROUNDING))
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[: length if most is None else min(length, most)]] = True
    return chosen


def significant(exceeds: ArrayLike, level: float = FDR_LEVEL, most: int | None = None) -> np.ndarray:
    """Select by Benjamini & Hochberg's tests of "not harmful" at the false discovery rate `level`.

    Parameters
    ----------
    exceeds
        One less the one-sided p-value of each therapist, shape (therapists,).
    level, most
        As in `selected`.

    Returns
    -------
    numpy.ndarray
        bool, shape (therapists,). Of therapists with the same p-value the first ones come first.

    Raises
    ------
    DataError
        If a number is missing or not within 0 and 1.
    """
    exceeds = _within_0_and_1(exceeds)
    low = false_discovery_control(1 - exceeds) <= level
    order = np.argsort(-exceeds, kind="stable")
    chosen = np.zeros(len(order), dtype=bool)
    chosen[order[:most]] = True
    return chosen & low


def _within_0_and_1(exceeds: ArrayLike) -> np.ndarray:
    exceeds = np.asarray(exceeds, dtype=float)
    if not np.all((exceeds >= 0) & (exceeds <= 1)):
        raise DataError("Probabilities of being harmful must lie within 0 and 1, without missing values.")
    return exceeds


def expected_fdr(exceeds: ArrayLike, chosen: np.ndarray) -> float:
    """Return the posterior expected share of harmless therapists among the chosen; 0 where nobody is chosen."""
    harmless = 1 - np.asarray(exceeds, dtype=float)[chosen]
    return float(harmless.mean()) if harmless.size else 0.0

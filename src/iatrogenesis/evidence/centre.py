"""The centre of the plausible worlds: routine care as the scenarios have it, its fitted numbers moved to the patterns.

Assumed and published numbers stay at their values. The fitted ones minimise the squared distance from the published
patterns, in tolerances, plus that from the middle of their own priors, in scores: the mode of their posterior. Every
trial has the same people and the same chance events, so that the distance is smooth and finite differences tell.
"""

from collections.abc import Callable

import numpy as np

STEP = 0.1
"""Scores by which each number is moved to see how patterns answer."""
SHORTER = 4.0
"""Factor by which a step that did not help is made shorter, and after one that did longer."""

Told = Callable[[np.ndarray], np.ndarray]
"""Patterns in tolerances, shape (patterns, trials), of worlds at these scores (unknowns, trials)."""


def centred(start: np.ndarray, free: np.ndarray, target: np.ndarray, told: Told, steps: int) -> np.ndarray:
    """Scores of the centre, shape (unknowns,), by the method of Levenberg and Marquardt.

    Parameters
    ----------
    start
        Scores to begin with, shape (unknowns,).
    free
        Which of them may move, boolean, shape (unknowns,).
    target
        Published values in tolerances, shape (patterns,).
    """
    scores, damping = start.copy(), 1.0
    moving = np.flatnonzero(free)
    for step in range(steps):
        trials = np.repeat(scores[:, None], len(moving) + 1, axis=1)
        trials[moving, np.arange(len(moving)) + 1] += STEP
        found = told(trials)
        slopes = (found[:, 1:] - found[:, :1]) / STEP
        off = target - found[:, 0]
        print(f"centre, step {step}: {np.sqrt(np.mean(off**2)):.2f} tolerances off (root mean square)", flush=True)
        # Several lengths of the step are tried at once, and the best is taken.
        lengths = damping * SHORTER ** np.arange(-1.0, 3.0)
        normal, downhill = slopes.T @ slopes + np.eye(len(moving)), slopes.T @ off - scores[moving]
        moves = [np.linalg.solve(normal + length * np.diag(np.diag(normal)), downhill) for length in lengths]
        trials = np.repeat(scores[:, None], len(moves) + 1, axis=1)
        for place, move in enumerate(moves, start=1):
            trials[moving, place] += move
        costs = np.sum((target[:, None] - told(trials)) ** 2, axis=0) + np.sum(trials[moving] ** 2, axis=0)
        best = int(np.nanargmin(costs))
        scores = trials[:, best]
        damping = damping * SHORTER**2 if best == 0 else lengths[best - 1]
    return scores

"""Rows with covariates, sorted by therapist, and their log odds for a block of parameter draws at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.marginal import BLOCK
from iatrogenesis.inference.engines.collapsed.whitened import Draws
from iatrogenesis.inference.engines.exponential import FARTHEST

USUAL_SD = 0.4  # of therapists' log odds, from which the search sets out


@dataclass(frozen=True)
class Rows:
    """Data of one fit.

    Attributes
    ----------
    design
        Column of ones and the covariates, sorted by therapist, shape (rows, k + 1).
    events, trials
        float64, shape (rows,).
    order
        Row of the data that each of these is.
    starts
        First row of each therapist with clients, and the number of rows.
    seen
        Positions of therapists with clients among all.
    therapists
        How many there are in all, J.
    guess
        Where the search for each seen therapist's mode begins, in standard deviations, shape (J_seen,).
    """

    design: np.ndarray
    events: np.ndarray
    trials: np.ndarray
    order: np.ndarray
    starts: np.ndarray
    seen: np.ndarray
    therapists: int
    guess: np.ndarray

    @classmethod
    def of(cls, data: OutcomeData) -> "Rows":
        """Sort checked data."""
        order = np.argsort(data.therapist, kind="stable")
        seen, first = np.unique(data.therapist[order], return_index=True)
        events, trials = data.deteriorated[order].astype(float), data.trials[order].astype(float)
        rate = (events.sum() + 0.5) / (trials.sum() + 1.0)
        more = np.add.reduceat(events - trials * rate, first)
        information = np.add.reduceat(trials, first) * rate * (1 - rate)
        return cls(
            design=np.ascontiguousarray(np.column_stack([np.ones(len(order)), data.covariates[order]])),
            events=events,
            trials=trials,
            order=order,
            starts=np.append(first, len(order)).astype(np.int64),
            seen=seen,
            therapists=len(data.therapist_ids),
            guess=np.clip(USUAL_SD * more / (1.0 + USUAL_SD**2 * information), -2.0, 2.0),
        )

    @property
    def single(self) -> bool:
        """Whether each row is one client."""
        return bool(np.all(self.trials == 1))

    def start(self) -> Draws:
        """The pooled rate, and a therapist SD as it usually is."""
        rate = (self.events.sum() + 0.5) / (self.trials.sum() + 1.0)
        return {"intercept": np.log(rate / (1 - rate)), "therapist_sd": np.asarray(USUAL_SD)}

    def variance(self, between: np.ndarray) -> np.ndarray:
        """Variance of the intercept, about, where therapists' log odds have a variance `between`."""
        rate = self.events.sum() / self.trials.sum()
        information = self.trials.sum() * np.clip(rate, 0.01, 0.99) * (1.0 - np.clip(rate, 0.01, 0.99))
        return 1.0 / information + between / len(self.seen)

    def beta(self, point: Draws) -> np.ndarray:
        """Intercept and coefficients, shape (draws, k + 1)."""
        parts = [point["intercept"][:, None]]
        return np.concatenate([*parts, point["coefficients"]] if "coefficients" in point else parts, axis=1)

    def blocks(
        self, beta: np.ndarray, shift: np.ndarray | None = None, design: np.ndarray | None = None
    ) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Yield slices of the draws with log odds and odds without therapists, shape (rows, block), in shared memory.

        Parameters
        ----------
        beta
            Shape (draws, k + 1), or of the columns of another design.
        shift
            Added to the log odds of a therapist's rows, shape (J_seen, draws).
        """
        columns, sizes = self.design if design is None else design, np.diff(self.starts)
        eta = odds = np.empty((0, 0))
        for first in range(0, len(beta), BLOCK):
            part = slice(first, first + BLOCK)
            size = len(beta[part])
            if eta.shape[1] != size:  # asking for memory anew costs as much as filling it
                eta, odds = np.empty((len(columns), size)), np.empty((len(columns), size))
            np.matmul(columns, beta[part].T, out=eta)
            if shift is not None:
                eta += np.repeat(shift[:, part], sizes, axis=0)
            np.clip(eta, -FARTHEST, FARTHEST, out=eta)
            np.exp(eta, out=odds)
            yield part, eta, odds

    def empty(self, draws: int) -> np.ndarray:
        """An array to be filled, of one row per seen therapist."""
        return np.empty((len(self.seen), draws))

    def uniforms(self, noise: Noise | None, draws: int) -> np.ndarray:
        """Uniform numbers to draw effects by, shape (J_seen, draws); without noise none, shape (0, draws)."""
        if noise is None:
            return np.empty((0, draws))
        return noise.uniform("effect", therapist=self.seen[:, None], client=np.arange(draws))

    def everybody(self, standard: np.ndarray, noise: Noise) -> np.ndarray:
        """Put standard normals of seen therapists among all, shape (J, draws).

        The data say nothing of therapists without clients: theirs are drawn from the population.
        """
        draws = np.arange(standard.shape[1])
        found = noise.normal("unseen", therapist=np.arange(self.therapists)[:, None], client=draws)
        found[self.seen] = standard
        return found

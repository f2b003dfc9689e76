"""Decisions by loss: leave a therapist alone, talk and support, or pause; and what another year of data is worth.

A flag says who is probably harmful, not what to do. A loss says it: with r the therapist's rate of deterioration, m the
mean rate of the service's therapists, both per 1,000 clients,

========================  ==============================================================================================
0, leave                  r - m: what the clients lose by not being with the average therapist
1, talk and support       r - m - share x max(r - m, 0) + cost: support removes a share of the excess, and takes time
2, pause                  cost: the clients go to the others, and a therapist is idle, and hurt if it was unjust
========================  ==============================================================================================

The decision is the action with the least posterior expected loss. All is in deteriorations per 1,000 clients, costs
too: a pause costs as much as so many deteriorations are bad.

*Another year of data* may change the decision. Its expected value (expected value of sample information, EVSI) is the
least expected loss now less the mean, over next year's possible counts, of the least expected loss then. A therapist's
count among n clients is binomial given the rate, so the mean is an exact sum over 0 to n. No data can be worth more
than knowing the rate itself (expected value of perfect information, EVPI).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field
from scipy.special import gammaln, xlog1py, xlogy

from iatrogenesis.core.sources import Strict
from iatrogenesis.core.tables import DataError

PER = 1000.0
BLOCK = 1_000_000  # numbers held at a time
ACTIONS = ("leave", "talk and support", "pause")


class Losses(Strict):
    """What actions cost and bring; choices of this study, made so that known rates lead to known actions.

    Where 6 % deteriorate on average, someone who knew the rates would support from one and a half times the mean on
    (where a quarter of the excess of 30 is 7.5) and pause from twice the mean on, the ratio from which a therapist is
    called harmful (where the excess is 60, and 52.5 with support, its cost included). That support removes a quarter of
    the excess is an assumption that nobody has measured.
    """

    support_share: float = Field(default=0.25, ge=0, le=1, description="Share of the excess that support removes")
    support_cost: float = Field(
        default=7.5, ge=0, description="Of talk and support, in deteriorations per 1,000 clients"
    )
    pause_cost: float = Field(default=52.5, ge=0, description="Of a pause, in deteriorations per 1,000 clients")

    def of(self, rate: ArrayLike, mean: ArrayLike) -> np.ndarray:
        """Return the loss of each action, per 1,000 clients, shape (3, ...) over that of the rates.

        Parameters
        ----------
        rate
            Of therapists, as probabilities, any shape.
        mean
            Mean rate of the service's therapists; broadcasts against `rate`.
        """
        excess = PER * (np.asarray(rate, dtype=float) - mean)
        supported = excess - self.support_share * np.maximum(excess, 0.0) + self.support_cost
        return np.stack([excess, supported, np.full(excess.shape, self.pause_cost)])


LOSSES = Losses()


class Value(NamedTuple):
    """Expected fall of the loss, per 1,000 clients of each therapist, shape (therapists,)."""

    evsi: np.ndarray
    evpi: np.ndarray


def decided(
    rates: np.ndarray, mean: ArrayLike | None = None, losses: Losses = LOSSES, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the action with the least posterior expected loss for each therapist: 0, 1 or 2 of `ACTIONS`.

    Parameters
    ----------
    rates
        Posterior draws, shape (draws, therapists).
    mean
        Mean rate of the service's therapists: a number, or one per draw, shape (draws, 1); by default that of `rates`.
    weights
        Of the draws, shape (draws,); equal by default.

    Returns
    -------
    numpy.ndarray
        int64, shape (therapists,). Of actions with the same expected loss the mildest.
    """
    return np.average(losses.of(rates, _mean(rates, mean)), axis=1, weights=weights).argmin(axis=0)


def value_of_another_year(
    rates: np.ndarray, clients: ArrayLike, mean: ArrayLike | None = None, losses: Losses = LOSSES
) -> Value:
    """Return what the outcomes of a therapist's next clients are worth to the decision about that therapist.

    What they teach about the others, and about the mean, is left out.

    Parameters
    ----------
    rates, mean
        As in `decided`.
    clients
        How many clients with a known outcome each therapist will have: a number, or shape (therapists,).

    Raises
    ------
    DataError
        If a number of clients is negative or not whole.
    """
    clients = np.broadcast_to(np.asarray(clients), rates.shape[1])
    if not np.all((clients >= 0) & (clients == np.floor(clients))):
        raise DataError("Next year's clients must be whole numbers, 0 or more.")
    loss = losses.of(rates, _mean(rates, mean))
    now = loss.mean(axis=1).min(axis=0)
    then = [_after(rates[:, j], int(clients[j]), loss[:, :, j]) for j in range(rates.shape[1])]
    # Rounding may leave a value just below zero.
    return Value(np.maximum(now - np.array(then), 0.0), np.maximum(now - loss.min(axis=0).mean(axis=0), 0.0))


def _mean(rates: np.ndarray, mean: ArrayLike | None) -> ArrayLike:
    return rates.mean(axis=1, keepdims=True) if mean is None else mean


def _after(rate: np.ndarray, clients: int, loss: np.ndarray) -> float:
    """Return the mean least expected loss after so many clients; rate (draws,), loss (actions, draws)."""
    total, block = 0.0, max(1, BLOCK // len(rate))
    for first in range(0, clients + 1, block):
        events = np.arange(first, min(first + block, clients + 1))[:, None]
        ways = gammaln(clients + 1) - gammaln(events + 1) - gammaln(clients - events + 1)
        chance = np.exp(ways + xlogy(events, rate) + xlog1py(clients - events, -rate))
        # Each row, over the draws, is the probability of the count and, divided by it, the posterior after it: the
        # division cancels against the weight of the count in the mean.
        total += float((chance @ loss.T).min(axis=1).sum())
    return total / len(rate)

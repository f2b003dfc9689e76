"""The keyed noise, bound to the people it is drawn for."""

import numpy as np

from iatrogenesis.core.streams import Counter, Noise


class Draw:
    """Chance events of these clients (or therapists) at this occasion.

    Parameters
    ----------
    replicate, therapist, client
        Counters of the people, shape (people,). ``therapist`` is the one on whose list the client came.
    occasion
        Number of the session, or of the week for therapists; scalar or shape (people,).
    """

    __slots__ = ("_counter", "_noise", "_prefix")

    def __init__(
        self,
        noise: Noise,
        replicate: np.ndarray,
        therapist: np.ndarray,
        client: np.ndarray | int = 0,
        occasion: np.ndarray | int = 0,
    ) -> None:
        self._noise, self._counter = noise, noise.counter(replicate, therapist, client, occasion)
        self._prefix = ""  # before the name of each decision, so that two mechanisms never share a number

    def uniform(self, decision: str) -> np.ndarray:
        """Uniform numbers in (0, 1), shape (people,)."""
        return self._noise.uniform_at(self._prefix + decision, self._counter)

    def normal(self, decision: str) -> np.ndarray:
        """Standard normal numbers, shape (people,)."""
        return self._noise.normal_at(self._prefix + decision, self._counter)

    def event(self, decision: str, chance: np.ndarray) -> np.ndarray:
        """Whether events with these probabilities happen, uniform < chance; bool, shape (people,)."""
        return self._noise.event_at(self._prefix + decision, self._counter, chance)

    def event_by_log_odds(self, decision: str, logit: np.ndarray | float) -> np.ndarray:
        """Whether events with these log odds happen, u < 1 / (1 + exp(-logit)) without dividing; bool, (people,)."""
        return self.uniform(decision) * (1.0 + np.exp(-logit)) < 1.0

    def at(self, where: np.ndarray) -> "Draw":
        """Some of the same people, by position."""
        return self._other(Counter(*(index[where] for index in self._counter)), self._prefix)

    def then(self, occasion: int) -> "Draw":
        """The same people at another occasion."""
        counter = self._counter._replace(occasion=np.full_like(self._counter.occasion, occasion))
        return self._other(counter, self._prefix)

    def of(self, kind: str) -> "Draw":
        """The same people, with names of decisions apart from everybody else's."""
        return self._other(self._counter, f"{kind}.")

    def _other(self, counter: Counter, prefix: str) -> "Draw":
        other = object.__new__(Draw)
        other._noise, other._counter, other._prefix = self._noise, counter, prefix
        return other

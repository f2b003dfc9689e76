"""The keyed noise, bound to the people it is drawn for."""

import numpy as np

from iatrogenesis.core.streams import Counter, Noise
from iatrogenesis.world.cohort import Therapists

AHEAD = 13  # weeks: a quarter of a year


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
        self._noise, self._counter = noise, Counter.of(replicate, therapist, client, occasion)
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


class Weekly:
    """Standard normal numbers of therapists for one decision, week by week.

    They are drawn for some weeks ahead: there are far fewer therapists than clients, and a draw for them alone would
    take longer to call than to do.
    """

    def __init__(self, noise: Noise, therapists: Therapists, decision: str) -> None:
        self._noise, self._decision = noise, decision
        self._who = {"replicate": therapists.replicate, "therapist": therapists.index}
        self._from, self._numbers = None, np.empty((0, 0))

    def at(self, week: int) -> np.ndarray:
        """Numbers of a week, shape (therapists,)."""
        start = week - week % AHEAD
        if start != self._from:
            weeks = np.arange(start, start + AHEAD)[:, None]
            self._from, self._numbers = start, self._noise.normal(self._decision, **self._who, occasion=weeks)
        return self._numbers[week - start]

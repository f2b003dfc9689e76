"""The keyed noise, bound to the people it is drawn for."""

from dataclasses import dataclass, replace

import numpy as np

from iatrogenesis.core.streams import Noise

WORTH_PICKING = 0.5  # below this share of possible events it is quicker to draw only those


@dataclass(frozen=True)
class Draw:
    """Chance events of these clients (or therapists) at this occasion.

    Attributes
    ----------
    replicate, therapist, client
        Counters of the people, uint32, shape (people,). ``therapist`` is the one on whose list the client came.
    occasion
        Number of the session, or of the week for therapists; uint32, scalar or shape (people,).
    prefix
        Put before the name of each decision, so that two mechanisms never share a number.
    """

    noise: Noise
    replicate: np.ndarray
    therapist: np.ndarray
    client: np.ndarray | int = 0
    occasion: np.ndarray | int = 0
    prefix: str = ""

    def uniform(self, decision: str) -> np.ndarray:
        """Uniform numbers in (0, 1), shape (people,)."""
        return self.noise.uniform(self.prefix + decision, **self._who())

    def normal(self, decision: str) -> np.ndarray:
        """Standard normal numbers, shape (people,)."""
        return self.noise.normal(self.prefix + decision, **self._who())

    def event(self, decision: str, chance: np.ndarray) -> np.ndarray:
        """Whether events with these probabilities happen, uniform < chance; bool, shape (people,).

        What cannot happen is not drawn. A number belongs to its decision, so the others stay what they are.
        """
        possible = chance > 0
        if np.count_nonzero(possible) > WORTH_PICKING * len(possible):
            return self.uniform(decision) < chance
        happens = np.zeros(len(possible), dtype=bool)
        where = np.flatnonzero(possible)
        happens[where] = self.at(where).uniform(decision) < chance[where]
        return happens

    def at(self, where: np.ndarray) -> "Draw":
        """Some of the same people, by position."""

        def pick(counter: np.ndarray | int) -> np.ndarray | int:
            return counter[where] if isinstance(counter, np.ndarray) and counter.ndim else counter

        return replace(
            self,
            replicate=pick(self.replicate),
            therapist=pick(self.therapist),
            client=pick(self.client),
            occasion=pick(self.occasion),
        )

    def of(self, kind: str) -> "Draw":
        """The same people, with names of decisions apart from everybody else's."""
        return replace(self, prefix=f"{kind}.")

    def _who(self) -> dict[str, np.ndarray | int]:
        return {
            "replicate": self.replicate,
            "therapist": self.therapist,
            "client": self.client,
            "occasion": self.occasion,
        }

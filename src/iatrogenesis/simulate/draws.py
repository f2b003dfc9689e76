"""The keyed noise, bound to the people it is drawn for."""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.streams import Noise


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

    def of(self, kind: str) -> "Draw":
        """The same people, with names of decisions apart from everybody else's."""
        return Draw(self.noise, self.replicate, self.therapist, self.client, self.occasion, f"{kind}.")

    def _who(self) -> dict[str, np.ndarray | int]:
        return {
            "replicate": self.replicate,
            "therapist": self.therapist,
            "client": self.client,
            "occasion": self.occasion,
        }

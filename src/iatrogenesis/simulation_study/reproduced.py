"""What published simulations found, and what their versions with rare harm take from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from iatrogenesis.core.quantities import NotNegative, Proportion, Spread
from iatrogenesis.core.sources import Sourced, Strict


class Reproduced(Strict):
    """Settings and results of published simulations, and what their versions with rare harm assume.

    See `config/reproductions.yaml`; `gained` is by share of variance between therapists.
    """

    gained: dict[str, Sourced]
    icc: Proportion
    confounding: Proportion
    apparent_icc: Proportion
    unlike: Spread
    burnout: Sourced
    therapists: NotNegative
    clients: NotNegative


@dataclass(frozen=True)
class Published:
    """Values of the evidence table that the versions with rare harm take.

    Attributes
    ----------
    harm_rate
        Reliable deterioration in England, D01.
    spread
        Share of variance of deterioration between therapists, T01.
    stability
        One-year correlation of burnout, B13.
    """

    harm_rate: float
    spread: float
    stability: float

    @classmethod
    def of(cls, evidence: Mapping[str, float]) -> Self:
        """From values by id of the evidence table."""
        return cls(evidence["D01"], evidence["T01"], evidence["B13"])

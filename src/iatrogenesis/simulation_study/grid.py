"""The grid of advice as a study gives it; apart from the engines that answer on it, which take seconds to import."""

from typing import Annotated

from pydantic import Field

from iatrogenesis.core.sources import EachOnce, Strict


class Advice(Strict):
    """The grid.

    Attributes
    ----------
    therapists, clients
        Numbers of therapists, at least 3 (a test of burnout needs a degree of freedom), and of clients of each.
    therapist_sd
        In log odds; the first is the one that curves are drawn for.
    burnout
        Log odds ratios per SD of true burnout.
    rate, reliability
        Deterioration rate; reliability of burnout's rating.
    coverage_mcse
        As in the simulation study; the number of replicates follows.
    """

    therapists: Annotated[tuple[Annotated[int, Field(ge=3, le=100_000)], ...], EachOnce] = Field(
        min_length=2, max_length=50
    )
    clients: Annotated[tuple[Annotated[int, Field(ge=1, le=100_000)], ...], EachOnce] = Field(
        min_length=2, max_length=50
    )
    therapist_sd: Annotated[tuple[Annotated[float, Field(ge=0, le=10)], ...], EachOnce] = Field(
        min_length=1, max_length=50
    )
    burnout: Annotated[tuple[Annotated[float, Field(ge=-10, le=10)], ...], EachOnce] = Field(
        min_length=1, max_length=50
    )
    rate: float = Field(gt=0, lt=0.5)
    reliability: float = Field(gt=0, le=1)
    coverage_mcse: float = Field(ge=0.002, le=0.2)

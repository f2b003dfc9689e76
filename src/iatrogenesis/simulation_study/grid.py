"""The grid of advice as a study gives it; apart from the engines that answer on it, which take seconds to import."""

from pydantic import Field

from iatrogenesis.core.sources import Finite, Strict


class Advice(Strict):
    """The grid.

    Attributes
    ----------
    therapists, clients
        Numbers of therapists, and of clients of each.
    therapist_sd
        In log odds; the first is the one that curves are drawn for.
    burnout
        Log odds ratios per SD of true burnout.
    rate, reliability
        Deterioration rate; reliability of burnout's rating.
    coverage_mcse
        As in the simulation study; the number of replicates follows.
    """

    therapists: tuple[int, ...] = Field(min_length=2)
    clients: tuple[int, ...] = Field(min_length=2)
    therapist_sd: tuple[float, ...] = Field(min_length=1)
    burnout: tuple[Finite, ...] = Field(min_length=1)
    rate: float = Field(gt=0, lt=0.5)
    reliability: float = Field(gt=0, le=1)
    coverage_mcse: float = Field(gt=0.001, le=0.2)

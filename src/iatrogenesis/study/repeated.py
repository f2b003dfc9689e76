"""Sections of a study that simulate the same size again and again: for each pair of orders, scenario or member."""

from typing import Annotated

from pydantic import Field

from iatrogenesis.core.sources import EachOnce, Strict
from iatrogenesis.world.cohort import Design


class Attribution(Strict):
    """What each mechanism of a world with every harm causes; the design is that of each pair of orders."""

    full: str
    pairs: int = Field(ge=2, le=10_000)
    design: Design


class Preventions(Strict):
    """What preventions avert in a world; each scenario is that world with preventions."""

    against: str
    scenarios: Annotated[tuple[str, ...], EachOnce] = Field(min_length=1)
    design: Design


class Conclusions(Strict):
    """Conclusions over the ensemble of plausible worlds (`iatrogenesis.harm.conclusions`).

    Attributes
    ----------
    prevented
        The scenario with every prevention.
    members
        How many members of the ensemble the main conclusions are drawn from; at most as many as there are.
    each
        How many for what each route and each prevention does, which takes a world for each.
    design
        Of one member.
    """

    prevented: str
    members: int = Field(ge=10, le=100_000)
    each: int = Field(ge=10, le=100_000)
    design: Design


class OverMembers(Strict):
    """What else is told in so many members of the ensemble, each of this design."""

    members: int = Field(ge=10, le=100_000)
    design: Design


class Trial(Strict):
    """Trials of the search (`iatrogenesis.evidence.trials`): its own size, and how many known truths it must find."""

    members: int = Field(ge=20, le=100_000)
    steps: int = Field(ge=1, le=20)
    truths: int = Field(ge=2, le=10_000)
    design: Design


class Calibrate(Strict):
    """The search for the ensemble (`iatrogenesis.evidence.ensemble`): the size of one member, members and steps."""

    members: int = Field(ge=20, le=100_000)
    steps: int = Field(ge=1, le=20)
    design: Design
    trial: Trial

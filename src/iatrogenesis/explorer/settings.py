"""What can be set on the page, what that does to the world, and the settings of which tables tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from iatrogenesis.core.sources import Finite, Sourced, Strict
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.scenarios import Scenario

SLIDERS = ("burnout", "competence", "fit", "caseload", "vulnerability")
Deviations = tuple[Annotated[Finite, Field(ge=-5, le=5)], Annotated[Finite, Field(ge=-5, le=5)]]
FRAILTIES = ("trauma_share", "fragile_share", "unrealistic_share")


class Ends(Strict):
    """Where each slider begins and ends.

    Attributes
    ----------
    burnout, competence, fit
        Mean over therapists (fit: over clients), in SD of the reference population.
    caseload
        Mean number of clients that a therapist sees at a time.
    vulnerability
        Factor on the shares of clients with complex trauma, in a fragile state, and with unrealistic expectations.
    """

    burnout: Deviations
    competence: Deviations
    fit: Deviations
    caseload: tuple[Annotated[Finite, Field(le=100)], Annotated[Finite, Field(le=100)]]
    vulnerability: tuple[Annotated[Finite, Field(le=20)], Annotated[Finite, Field(le=20)]]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name, (low, high) in self.by_slider().items():
            if not low < high:
                raise ValueError(f"{name}: a slider begins below its end, not at {low:g} with its end at {high:g}")
        if self.caseload[0] < 1:
            raise ValueError("caseload: a therapist sees at least one client at a time")
        if self.vulnerability[0] < 0:
            raise ValueError("vulnerability: a factor cannot be negative")
        return self

    def by_slider(self) -> dict[str, tuple[float, float]]:
        """Ends by the slider's name, in the order of `SLIDERS`."""
        return {name: getattr(self, name) for name in SLIDERS}


class Explorer(Strict):
    """The explorer's part of a study.

    Attributes
    ----------
    world
        Scenario whose routes of harm are open.
    prevented
        The same world with preventions; their numbers are taken from there.
    preventions
        Those with a switch.
    design
        Size of each simulation, of the page's too. Lists must be long enough to fill a year; each service is an
        independent cluster.
    members, member_design
        How many plausible worlds the ranges of the headline numbers are told from, and the size of each.
    courses
        How many clients of each kind are shown week by week.
    """

    world: str
    prevented: str
    ends: Ends
    preventions: tuple[str, ...] = Field(min_length=1, max_length=10)
    design: Design
    members: int = Field(ge=10, le=100_000)
    member_design: Design
    courses: int = Field(ge=1, le=20)

    @field_validator("preventions")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in PREVENTIONS:
                raise ValueError(f"unknown prevention {name!r}; known: {', '.join(PREVENTIONS)}")
        if len(set(value)) != len(value):
            raise ValueError("duplicate prevention; name each one once")
        return value

    @model_validator(mode="after")
    def _clusters(self) -> Self:
        for name, design in (("design", self.design), ("member_design", self.member_design)):
            if design.replicates * design.services < 2:
                raise ValueError(f"{name}: at least two services are needed for a Monte Carlo error")
        return self


@dataclass(frozen=True)
class Setting:
    """Where the sliders stand (by `SLIDERS`), and which preventions are on."""

    sliders: tuple[float, ...]
    preventions: tuple[str, ...] = ()


def usual(world: Scenario) -> tuple[float, ...]:
    """Where the sliders stand in the world as it is."""
    w = world.world
    means = (w.burnout.mean, w.therapist.competence_mean, w.client.fit_mean, w.therapist.caseload_mean)
    return (*(float(mean) for mean in means), 1.0)


def world_of(setting: Setting, world: Scenario, every: Mapping[str, Any]) -> Scenario:
    """Return the world at a setting.

    The correlation of workload with burnout is taken as a cause: a mean caseload so many of the SDs between therapists
    above the usual raises the level that burnout tends to by as many times the correlation.

    Parameters
    ----------
    every
        Preventions by kind, with their numbers.
    """
    w = world.world
    burnout, competence, fit, caseload, vulnerability = setting.sliders
    busier = (caseload - float(w.therapist.caseload_mean)) / float(w.therapist.caseload_sd)
    shares = {
        name: _moved(s := getattr(w.client, name), np.minimum(1.0, vulnerability * float(s))) for name in FRAILTIES
    }
    parts = {
        "client": w.client.model_copy(update={"fit_mean": _moved(w.client.fit_mean, fit), **shares}),
        "therapist": w.therapist.model_copy(
            update={
                "competence_mean": _moved(w.therapist.competence_mean, competence),
                "caseload_mean": _moved(w.therapist.caseload_mean, caseload),
            }
        ),
        "burnout": w.burnout.model_copy(
            update={"mean": _moved(w.burnout.mean, burnout + float(w.burnout.workload_correlation) * busier)}
        ),
    }
    chosen = tuple(every[name] for name in setting.preventions)
    return world.model_copy(update={"world": w.model_copy(update=parts), "preventions": chosen})


def by_kind(prevented: Scenario) -> dict[str, Any]:
    """A scenario's preventions, with their numbers, by kind."""
    return {prevention.kind: prevention for prevention in prevented.preventions}


def _moved(number: Sourced, value: Any) -> Sourced:
    return number.model_copy(update={"value": value.item() if isinstance(value, np.generic) else value})


def check_worlds(explorer: Explorer, world: Scenario, prevented: Scenario) -> None:
    """Raise ValueError where a slider's usual position is not between its ends, or a prevention has no numbers."""
    if (prevented.world, prevented.mechanisms) != (world.world, world.mechanisms):
        raise ValueError(f"explorer.prevented: {prevented.id} must be {world.id} with preventions")
    missing = [name for name in explorer.preventions if name not in by_kind(prevented)]
    if missing or world.preventions:
        where = f"{prevented.id} does not have {missing[0]!r}" if missing else f"{world.id} has some already"
        raise ValueError(f"explorer.preventions: {where}")
    for name, at, (low, high) in zip(SLIDERS, usual(world), explorer.ends.by_slider().values(), strict=True):
        if not low <= at <= high:
            raise ValueError(f"explorer.ends.{name}: the value of {world.id}, {at:g}, must lie between them")


def corners(explorer: Explorer) -> Iterator[Setting]:
    """Every slider at one of its ends, with no prevention and with all."""
    for sliders in product(*explorer.ends.by_slider().values()):
        yield from (Setting(sliders), Setting(sliders, explorer.preventions))


def told(explorer: Explorer, at: tuple[float, ...]) -> list[tuple[str, Setting]]:
    """Settings that are simulated for tables, with what each is: `at` is as usual.

    ``usual``; ``end``: one slider at one end; ``alone``: one prevention, and ``together``: all, where sliders stand as
    usual; ``corner``: every slider at an end.
    """
    found = [("usual", Setting(at))]
    for place, ends in enumerate(explorer.ends.by_slider().values()):
        found += [("end", Setting((*at[:place], end, *at[place + 1 :]))) for end in ends if end != at[place]]
    found += [("alone", Setting(at, (name,))) for name in explorer.preventions]
    found += [("together", Setting(at, explorer.preventions))] if len(explorer.preventions) > 1 else []
    return found + [("corner", setting) for setting in corners(explorer)]

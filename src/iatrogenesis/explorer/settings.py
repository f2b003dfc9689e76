"""What can be set on the page, and which of all settings are simulated.

Every combination of the sliders' levels is simulated without preventions; each prevention alone, where all sliders
stand as usual and along each slider; and, as usual, a fraction of all sets of preventions, large enough to tell what
any two change together (a fractional factorial design of resolution V). `iatrogenesis.explorer.surface` fills the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from iatrogenesis.core.sources import Finite, Sourced, Strict
from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.preventions import KINDS as PREVENTIONS
from iatrogenesis.world.scenarios import Scenario

SLIDERS = ("burnout", "competence", "fit", "caseload", "vulnerability")
MOST_LEVELS = 20  # of a slider
MOST_COMBINATIONS = 20_000  # of levels: each is a simulation, and the page holds them all
Deviations = tuple[Annotated[Finite, Field(ge=-5, le=5)], ...]
FRAILTIES = ("trauma_share", "fragile_share", "unrealistic_share")


class Levels(Strict):
    """Positions of each slider that are simulated, ascending.

    Attributes
    ----------
    burnout, competence, fit
        Mean over therapists (fit: over clients), in SD of the reference population.
    caseload
        Mean number of clients that a therapist sees at a time.
    vulnerability
        Factor on the shares of clients with complex trauma, in a fragile state, and with unrealistic expectations.
    """

    burnout: Deviations = Field(min_length=2, max_length=MOST_LEVELS)
    competence: Deviations = Field(min_length=2, max_length=MOST_LEVELS)
    fit: Deviations = Field(min_length=2, max_length=MOST_LEVELS)
    caseload: tuple[Annotated[Finite, Field(le=100)], ...] = Field(min_length=2, max_length=MOST_LEVELS)
    vulnerability: tuple[Annotated[Finite, Field(le=20)], ...] = Field(min_length=2, max_length=MOST_LEVELS)

    @field_validator("*")
    @classmethod
    def _ascending(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if list(value) != sorted(set(value)):
            raise ValueError("levels must be strictly increasing")
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.caseload[0] < 1:
            raise ValueError("caseload: a therapist sees at least one client at a time")
        if self.vulnerability[0] < 0:
            raise ValueError("vulnerability: a factor cannot be negative")
        if self.combinations > MOST_COMBINATIONS:
            raise ValueError(
                f"{self.combinations:,} combinations of levels; at most {MOST_COMBINATIONS:,} are simulated"
            )
        return self

    @property
    def combinations(self) -> int:
        """How many settings the levels of all sliders make together."""
        return prod(len(levels) for levels in self.by_slider().values())

    def by_slider(self) -> dict[str, tuple[float, ...]]:
        """Levels by the slider's name, in the order of `SLIDERS`."""
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
        Size of each simulation. Lists must be long enough to fill a year; each service is an independent cluster.
    checks
        Settings drawn at random, simulated, and held beside what the page says about them.
    members, member_design
        How many plausible worlds the ranges of the headline numbers are told from, and the size of each.
    courses
        How many clients of each kind are shown week by week.
    parts
        Jobs into which the work is split.
    """

    world: str
    prevented: str
    levels: Levels
    preventions: tuple[str, ...] = Field(min_length=1, max_length=10)
    design: Design
    checks: int = Field(ge=2, le=10**9)
    members: int = Field(ge=10, le=100_000)
    member_design: Design
    courses: int = Field(ge=1, le=20)
    parts: int = Field(ge=1, le=200)

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
    return number.model_copy(update={"value": value})


def check_worlds(explorer: Explorer, world: Scenario, prevented: Scenario) -> None:
    """Raise ValueError where a slider's usual position is none of its levels, or a prevention has no numbers."""
    if (prevented.world, prevented.mechanisms) != (world.world, world.mechanisms):
        raise ValueError(f"explorer.prevented: {prevented.id} must be {world.id} with preventions")
    missing = [name for name in explorer.preventions if name not in by_kind(prevented)]
    if missing or world.preventions:
        where = f"{prevented.id} does not have {missing[0]!r}" if missing else f"{world.id} has some already"
        raise ValueError(f"explorer.preventions: {where}")
    for name, at, levels in zip(SLIDERS, usual(world), explorer.levels.by_slider().values(), strict=True):
        if at not in levels:
            raise ValueError(f"explorer.levels.{name}: the value of {world.id}, {at:g}, must be one of the levels")


def grid(explorer: Explorer) -> Iterator[Setting]:
    """Every combination of levels, no prevention; the last slider moves fastest."""
    for sliders in product(*explorer.levels.by_slider().values()):
        yield Setting(sliders)


def alone(explorer: Explorer, at: tuple[float, ...]) -> Iterator[Setting]:
    """Each prevention by itself, all sliders as usual."""
    for name in explorer.preventions:
        yield Setting(at, (name,))


def sets(explorer: Explorer, at: tuple[float, ...]) -> Iterator[Setting]:
    """Two preventions and more at once, all sliders as usual: the fraction of all sets that is simulated."""
    for row in fraction(len(explorer.preventions)):
        on = tuple(name for name, chosen in zip(explorer.preventions, row, strict=True) if chosen)
        if len(on) > 1:
            yield Setting(at, on)


@cache
def fraction(preventions: int) -> np.ndarray:
    """Sets of preventions from which the effects of all pairs can be told apart, shape (sets, preventions), bool.

    Resolution V: no effect of one or two preventions is aliased with another of these. Up to four preventions these are
    all sets; of ten, 128 of 1,024.
    """
    from pydoe import fracfact_by_res  # takes a second, and pages do not need it

    if preventions == 1:
        return np.array([[False], [True]])
    return fracfact_by_res(preventions, 5) > 0


def axes(explorer: Explorer, at: tuple[float, ...]) -> Iterator[Setting]:
    """Each prevention alone, with one slider away from its usual place: by prevention, slider, level."""
    for name in explorer.preventions:
        for place, levels in enumerate(explorer.levels.by_slider().values()):
            for level in levels:
                if level != at[place]:
                    yield Setting((*at[:place], level, *at[place + 1 :]), (name,))


def every_setting(explorer: Explorer, at: tuple[float, ...]) -> list[tuple[str, Setting]]:
    """All that is simulated, with what it belongs to: ``grid``, ``alone``, ``axes`` or ``sets``; `at` is as usual."""
    kinds = {
        "grid": grid(explorer),
        "alone": alone(explorer, at),
        "axes": axes(explorer, at),
        "sets": sets(explorer, at),
    }
    return [(kind, setting) for kind, settings in kinds.items() for setting in settings]


def random_settings(explorer: Explorer, seed: int) -> list[Setting]:
    """Settings anywhere between the levels, half of the preventions on."""
    noise, number = Noise(seed), np.arange(explorer.checks)
    levels = explorer.levels.by_slider()
    sliders = [
        at[0] + (at[-1] - at[0]) * noise.uniform(f"explorer.{name}", client=number) for name, at in levels.items()
    ]
    on = [noise.uniform(f"explorer.{name}", client=number) < 0.5 for name in explorer.preventions]
    return [
        Setting(
            tuple(float(values[i]) for values in sliders),
            tuple(name for name, chosen in zip(explorer.preventions, on, strict=True) if chosen[i]),
        )
        for i in number
    ]

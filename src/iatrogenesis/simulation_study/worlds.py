"""The plausible worlds in which the data sets of family B are made: replicate r in world r modulo their number."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from iatrogenesis.core.files import read_json, write_text
from iatrogenesis.core.sources import records
from iatrogenesis.evidence.ensemble import read_ensemble
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.world.members import one_of, with_members
from iatrogenesis.world.scenarios import Scenario

World = Mapping[str, float]
"""Values of the numbers that differ between worlds, by dotted path; a scenario ignores those that it does not have."""


def plausible(ensemble: Path, unknowns: Unknowns, number: int) -> tuple[World, ...]:
    """The first members of the ensemble, which is in no order; as many as asked for, or as there are."""
    values = unknowns.split(read_ensemble(ensemble, unknowns.names))
    members = min(number, len(next(iter(values.values()))))
    return tuple({path: float(of[member]) for path, of in values.items()} for member in range(members))


def changed(scenario: Scenario, routine_care: Scenario) -> tuple[str, ...]:
    """Numbers that a scenario sets itself, by dotted path: what makes it another one than routine care."""
    usual = records(routine_care)
    return tuple(path for path, one in records(scenario).items() if path in usual and one.value != usual[path].value)


def in_world(scenario: Scenario, world: World, own: Sequence[str] = ()) -> Scenario:
    """A scenario with the numbers of one world, but for its `own`."""
    return one_of(in_worlds(scenario, [world], own), 0) if world else scenario


def in_worlds(scenario: Scenario, worlds: Sequence[World], own: Sequence[str] = ()) -> Scenario:
    """A scenario whose members have the numbers of these worlds, one each, but for its `own` (`changed`)."""
    known = records(scenario)
    paths = [path for path in worlds[0] if path in known and path not in own]
    return with_members(scenario, {path: np.array([world[path] for world in worlds]) for path in paths})


def world_of(replicates: range, worlds: int) -> np.ndarray:
    """The world of each replicate, int, shape (replicates,)."""
    return np.asarray(replicates) % max(worlds, 1)


def write_worlds(worlds: Sequence[World], path: str) -> None:
    """Write the numbers of the worlds."""
    write_text(json.dumps(list(worlds), indent=1) + "\n", path)


def read_worlds(path: str) -> tuple[World, ...]:
    """Read what `write_worlds` wrote."""
    return tuple(read_json(path))

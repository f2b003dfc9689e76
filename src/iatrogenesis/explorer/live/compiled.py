"""The module, and where in memory it has what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iatrogenesis.core.streams import Noise
from iatrogenesis.explorer.live.blocks import Scene
from iatrogenesis.explorer.live.graph import Place, uses
from iatrogenesis.explorer.live.kernels import traced
from iatrogenesis.explorer.live.lasting import apart
from iatrogenesis.explorer.live.noise import functions
from iatrogenesis.explorer.live.wasm import NUMBER, Function, module
from iatrogenesis.explorer.settings import SLIDERS, Explorer
from iatrogenesis.world.cohort import draw_therapists
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

PAGE = 65_536  # bytes: the unit of a module's memory
MATH = {"exp": 1, "expm1": 1, "log": 1}
SHARED = {"u": "t"}
"""Another therapist's block is a therapist's."""

GIVEN = {"t": ("replicate", "index", "service", "caseload", "clients"), "c": ("index", "end", "session", "start_week")}
"""What the calendar writes or reads besides what it is asked for."""

WHO = {Place("t", "replicate"), Place("t", "index"), Place("c", "index")}
SESSION = {Place("c", name) for name in ("index", "client.replicate", "client.therapist", "session")}
LASTING = {"begin": (WHO, "n"), "meet": (SESSION, "s"), "move": (SESSION, "s")}
"""Functions of which a part is the same at any setting: for whom, and where that is kept, by client or session."""

KEPT = 12
"""As many sessions of each client are kept: 95 of 100 sessions, in 40 MB for 24,000 clients."""

type Layout = dict[str, dict[str, int]]
"""Slot of each number by name, in each block."""


@dataclass(frozen=True)
class Compiled:
    """A module, and the slots of its memory."""

    code: bytes
    layout: Layout


def compiled(
    explorer: Explorer,
    world: Scenario,
    prevented: Scenario,
    setup: Setup,
    asked: Mapping[str, Iterable[str]],
) -> Compiled:
    """Compile the simulator of a world in which sliders move and preventions are switched.

    Parameters
    ----------
    asked
        What is read of a client (``c``) or a therapist (``t``) afterwards, by block; what nothing needs is left out.
    """
    every = traced(lambda: Scene(explorer, world, prevented, setup))
    wanted = {(block, name) for block, names in asked.items() for name in names}
    wanted |= {(block, name) for block, names in GIVEN.items() for name in names}
    wanted |= {("p", name) for name in (*SLIDERS, *(f"on.{name}" for name in explorer.preventions))}
    kept = _needed(every, wanted)
    kept = [part for one in kept for part in (apart(one, *LASTING[one.name]) if one.name in LASTING else [one])]
    wanted |= {tuple(place) for one in kept for place in _loaded(one) if place.pointer in "ns"}
    layout: Layout = {block: {} for block in "ptcns"}
    for block, name in sorted(wanted):
        layout[block][name] = len(layout[block])
    numbers = len(layout["p"]) + sum(most * len(layout[block]) for block, most in _most(explorer, world, setup).items())
    pages = 1 + NUMBER * numbers // PAGE
    return Compiled(module([*functions(), *kept], MATH, _slots(layout), pages), layout)


def _most(explorer: Explorer, world: Scenario, setup: Setup) -> dict[str, int]:
    """How many therapists and clients one service has at most, whose blocks are made anew for each; and all clients."""
    d = explorer.design
    people = draw_therapists(world.world, d, Noise(setup.seed), range(d.replicates))
    service = people.replicate.astype(np.int64) * d.services + people.service
    clients = np.bincount(service, weights=people.clients)
    return {
        "t": int(np.bincount(service).max()),
        "c": int(clients.max()),
        "n": int(clients.sum()),
        "s": int(KEPT * clients.sum()) + 1,
    }


def _slots(layout: Layout) -> Mapping[Place, int]:
    at = {Place(block, name): NUMBER * slot for block, names in layout.items() for name, slot in names.items()}
    return at | {Place(u, name): at[Place(t, name)] for u, t in SHARED.items() for name in layout[t]}


def _needed(every: Sequence[Function], wanted: set[tuple[str, str]]) -> list[Function]:
    """The functions without what nothing reads; ``wanted`` grows by what they read."""
    while True:
        kept = [replace(one, writes=[w for w in one.writes if _key(w[0]) in wanted]) for one in every]
        read = {_key(place) for one in kept for place in _loaded(one)}
        if read <= wanted:
            return kept
        wanted |= read


def _key(place: Place) -> tuple[str, str]:
    return SHARED.get(place.pointer, place.pointer), place.name


def _loaded(one: Function) -> set[Place]:
    return {this.about for this in uses(one.roots) if isinstance(this.about, Place)}

"""One client, one therapist and the setting as blocks of memory, and the simulator's steps for these alone."""

from collections.abc import Iterator
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np

from iatrogenesis.explorer.live.graph import Node, Place, load
from iatrogenesis.explorer.live.noise import TracedNoise
from iatrogenesis.explorer.live.switched import switched
from iatrogenesis.explorer.live.traced import NOTHING, Cell, Traced
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting, by_kind, world_of
from iatrogenesis.world.cohort import Clients, Therapists
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.scores import Scoring
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.steps import Steps
from iatrogenesis.world.waiting_lists import WaitingLists

OF_THERAPIST = {"competence": "competence", "therapist_drift": "drift", "therapist_dropout": "dropout"}
"""What a client in session has from the therapist, and what it is called there."""


class Block:
    """Numbers of one client, one therapist or of the setting, as a mapping from names to cells."""

    def __init__(self, pointer: str) -> None:
        self.pointer, self._cells = pointer, {}

    def __getitem__(self, name: str) -> Any:  # a cell, which passes for an array
        return self._cells.setdefault(name, Cell(load(self.place(name))))

    def __setitem__(self, name: str, value: Any) -> None:
        self[name].put(value)

    def place(self, name: str) -> Place:
        """Where a number lies."""
        return Place(self.pointer, name)

    def writes(self) -> Iterator[tuple[Place, Node]]:
        """What was changed."""
        for name, cell in self._cells.items():
            place = self.place(name)
            if cell.node is not load(place) and cell.node is not NOTHING.node:
                yield place, cell.node


class Places(Block):
    """A client's block as `iatrogenesis.world.caseload_places` shows those in session."""

    n = 1
    client = row = NOTHING

    def stored(self, name: str) -> Any:
        """The same: a client's numbers stay where they are."""
        return self[name]

    def store(self, who: Any) -> None:
        """Nothing: see `stored`."""


class Lists(WaitingLists):
    """Waiting lists without lists: they say which colleague takes over."""

    def __init__(self, services: int, per_replicate: int) -> None:
        self._services, self._per_replicate = services, per_replicate

    def free_places(self, rows: Any) -> None:
        """Left to the calendar."""


class Scene:
    """The setting, a client and therapists with symbols for all that can be set, for tracing one function.

    Attributes
    ----------
    blocks
        By pointer: ``p`` the setting, ``c`` a client, ``t`` a therapist, ``u`` another one.
    scenario
        The explorer's world, in which sliders move and preventions are switched.
    """

    def __init__(self, explorer: Explorer, world: Scenario, prevented: Scenario, setup: Setup) -> None:
        self.explorer, self.setup, self.client = explorer, setup, Places("c")
        self.blocks = {pointer: Block(pointer) for pointer in "ptu"} | {"c": self.client}
        setting, every = self.blocks["p"], by_kind(prevented)
        on = {name: switched(every[name], setting[f"on.{name}"]) for name in explorer.preventions}
        at: Any = tuple(setting[name] for name in SLIDERS)
        self.scenario = world_of(Setting(at, explorer.preventions), world, on)
        t = self.blocks["t"]
        who = {"replicate": t["replicate"], "therapist": t["index"], "client": self.client["index"]}
        self.noise = TracedNoise(setup.seed, who)

    def therapists(self, pointer: str) -> Therapists:
        """The therapist of a block, with one client."""
        block, one = self.blocks[pointer], np.ones(1, dtype=np.int64)
        counts: dict[str, Any] = {"member": 0 * one, "clients": one, "first_client": 0 * one}
        return Therapists(**{part.name: counts.get(part.name, block[part.name]) for part in fields(Therapists)})

    def clients(self) -> Clients:
        """The client of the block."""
        names = {"index": "index", "level": "intake_level"}
        return Clients(
            **{part.name: self.client[names.get(part.name, f"client.{part.name}")] for part in fields(Clients)}
        )

    def scoring(self, clients: Clients) -> Scoring:
        """How instruments see the client."""
        scoring = Scoring(self.scenario.world, self.setup.instruments, clients, self.noise)
        scoring.marks = {name: self.client[name] for name in scoring.marks}
        return scoring

    def weekly(self, decision: str, week: Traced) -> Any:
        """A therapist's standard normal number of the week."""
        t = self.blocks["t"]
        return self.noise.normal(decision, replicate=t["replicate"], therapist=t["index"], occasion=week)


class OneClient(Steps):
    """The steps of a week for the client of a block, with the therapist of another."""

    def __init__(self, at: Scene, therapist: str = "t") -> None:
        self.scenario = at.scenario
        self.instruments, self.judgement = at.setup.instruments, at.setup.judgement
        self.therapists, self.clients = at.therapists(therapist), at.clients()
        self.world, self.of_therapists, self.of_clients = at.scenario.world, at.scenario, at.scenario
        self.routes = Routes(at.scenario.mechanisms, at.scenario.preventions)
        self.relief = self.routes.relief
        self.scoring = at.scoring(self.clients)
        self.waiting_lists = Lists(at.explorer.design.services, at.explorer.design.therapists)
        mine = at.blocks[therapist]
        self.burnout, self.pressure = mine["burnout"], mine["pressure"]
        self.judged, self.distressed = mine["judged"], mine["distressed"]
        stand_ins: dict[str, Any] = {
            "noise": at.noise,
            "places": at.client,
            "last_row": NOTHING,
            "leaving": NOTHING,
            "service": SimpleNamespace(now=mine["service.now"]),
            "_in_session": SimpleNamespace(look=lambda who: None),
        }
        vars(self).update(stand_ins)

    def present(self) -> None:
        """The client with the therapist of this week."""
        for name, of in OF_THERAPIST.items():
            self.places[name] = getattr(self.therapists, of)
        self.places["burnout"], self.places["pressure"] = self.burnout, self.pressure
        self._look()

"""Many small worlds at once: what each member of an ensemble shows of the published patterns.

Members are simulated in blocks (`iatrogenesis.world.members`), each with people of its own, in every world that is
compared; blocks go to the cores that there are.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from iatrogenesis.core.orphans import workers
from iatrogenesis.core.sources import records
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns import PATTERNS
from iatrogenesis.evidence.patterns.outcomes import distressed_in_session
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.members import with_members
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup

BLOCK = 10
"""Members simulated together; beyond it nothing is gained, and memory grows."""
DISTRESSED = "share_distressed_in_session"
"""Not published: the expected share must equal the simulated one, so that the push on burnout is 0 on average."""
DISTRESSED_TOLERANCE = 0.01
EXPECTED = "world.burnout.expected_worse"

Values = Mapping[str, np.ndarray]
"""Values of the members by dotted path, shape (members,); a world ignores paths that it does not have."""
Job = Callable[[Values, int], np.ndarray]
"""Numbers (quantities, members) of one block of members, from their values and the number of the first."""


class Seen(Protocol):
    """What is seen of a run: arrays with an entry for each client, member by member."""

    @property
    def member(self) -> np.ndarray:
        """The member that each client belongs to."""
        ...

    def only(self, keep: slice) -> Self:
        """The same of some of the clients."""
        ...


Look = Callable[[Run, Setup], Seen]
"""How a run is looked at."""


def judged(run: Run, setup: Setup) -> Sample:
    """Its clients, judged by the study's rule."""
    return Sample.of(run, setup.instruments, setup.judgement)


def members_of(
    setup: Setup,
    design: Design,
    scenarios: Mapping[str, Scenario],
    values: Values,
    first: int,
    shared: bool = False,
    look: Look = judged,
) -> Iterator[dict[str, Any]]:
    """What is seen of each member by the name of the world, all members simulated as one block.

    Parameters
    ----------
    design
        Of one member; its replicates are its own.
    first
        Number of the first member: it decides who the people are.
    shared
        All members have the same people: those of the design.
    """
    members = len(next(iter(values.values())))
    own = range(first * design.replicates, (first + members) * design.replicates)
    whose = range(design.replicates) if shared else own
    seen = {
        name: look(setup.run(ensemble_of(scenario, values), design, replicates=whose, apart=not shared), setup)
        for name, scenario in scenarios.items()
    }
    for member in range(members):
        yield {name: one.only(slice(*np.searchsorted(one.member, [member, member + 1]))) for name, one in seen.items()}


def ensemble_of(scenario: Scenario, values: Values) -> Scenario:
    """The scenario with the members' numbers, as far as it has them."""
    known = records(scenario)
    return with_members(scenario, {path: of for path, of in values.items() if path in known})


def blocks(values: Values) -> list[tuple[dict[str, np.ndarray], int]]:
    """The values of members in blocks that are simulated together, each with the number of its first member."""
    members = len(next(iter(values.values())))
    starts = range(0, members, BLOCK)
    return [({path: of[start : start + BLOCK] for path, of in values.items()}, start) for start in starts]


def spread(job: Job, values: Values, first: int = 0, cores: int | None = None) -> np.ndarray:
    """What a job finds of every member, shape (quantities, members), block by block on some cores (None: all)."""
    tasks = [(own, first + start) for own, start in blocks(values)]
    cores = min(cores or os.cpu_count() or 1, len(tasks))
    if cores == 1:
        return np.concatenate([job(*task) for task in tasks], axis=1)
    with workers(cores) as pool:
        found = [pool.submit(job, *task) for task in tasks]
        return np.concatenate([one.result() for one in found], axis=1)


@dataclass(frozen=True)
class Asked:
    """A job: what is asked of each member's worlds.

    Attributes
    ----------
    of
        Numbers (quantities,) from what is seen of a member by the name of the world.
    shared
        Whether all members have the same people.
    look
        What is seen of a run; samples of judged clients where nothing else is asked.
    """

    setup: Setup
    design: Design
    scenarios: Mapping[str, Scenario]
    of: Callable[[dict[str, Any]], np.ndarray]
    shared: bool = False
    look: Look = judged

    def __call__(self, values: Values, first: int) -> np.ndarray:
        """The numbers of one block of members, shape (quantities, members)."""
        of_members = members_of(self.setup, self.design, self.scenarios, values, first, self.shared, self.look)
        return np.stack([self.of(one) for one in of_members], axis=1)


@dataclass(frozen=True)
class Patterns:
    """The numbers that are asked where patterns are: in this order, of samples that `Counterparts` names."""

    names: tuple[str, ...]

    def __call__(self, samples: dict[str, Sample]) -> np.ndarray:
        """Patterns of one member, shape (patterns,); `DISTRESSED` is the share itself."""
        counterparts = Counterparts(**samples)
        with np.errstate(divide="ignore", invalid="ignore"):  # in an extreme world a group may be empty
            return np.array(
                [
                    distressed_in_session(counterparts) if name == DISTRESSED else PATTERNS[name](counterparts)
                    for name in self.names
                ]
            )


def shown(asked: Asked, values: Values, first: int = 0, cores: int | None = None) -> np.ndarray:
    """Patterns of every member, shape (patterns, members), with `DISTRESSED` as the difference from expectation."""
    found = spread(asked, values, first, cores)
    names = asked.of.names  # pyrefly: ignore[missing-attribute]: of jobs about patterns
    if DISTRESSED in names:
        found[names.index(DISTRESSED)] -= values[EXPECTED]
    return found

"""From a cell to its data sets: what a service would see, and what only the simulation knows."""

from collections.abc import Iterator

import numpy as np
from pydantic import Field
from scipy.special import ndtri

from iatrogenesis.core.sources import Strict
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models.spread import log_odds_at
from iatrogenesis.simulation_study.cells import Cell, given
from iatrogenesis.simulation_study.logit_normal import Coefficients, Dropout, LogitNormal, simulate
from iatrogenesis.simulation_study.methods.answer import TRAITS, DataSet
from iatrogenesis.simulation_study.people import Allocation
from iatrogenesis.simulation_study.statistical_world import StatisticalWorld
from iatrogenesis.simulation_study.worlds import in_worlds, read_worlds, world_of
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, sessions_table

FEWEST = 5  # clients of a therapist, as in `Design`
MISSING = 0.197  # share without a last score, evidence M07
BLOCK = 10


class Surroundings(Strict):
    """What all cells share.

    Attributes
    ----------
    setup
        Seed and rule of change.
    numbers
        Family A: what the plausible worlds say.
    reliability
        Of ratings by trait, as the literature gives it.
    scenarios
        Family B, by name.
    own
        Family B: numbers that a scenario sets itself whatever the world, by its name, as dotted paths.
    worlds
        Family B: the plausible worlds, see `iatrogenesis.simulation_study.worlds`; empty: the scenario as it is.
    """

    setup: Setup
    numbers: StatisticalWorld
    reliability: dict[str, float]
    scenarios: dict[str, Scenario]
    own: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    worlds: tuple[dict[str, float], ...] = ()

    def within(self, path: str | None) -> "Surroundings":
        """The same in the plausible worlds of a file; itself without one."""
        return self if path is None else self.model_copy(update={"worlds": read_worlds(path)})


def list_lengths(cell: Cell) -> tuple[int, ...]:
    """Return each therapist's number of clients: the quantiles of a log-normal, so that no chance is in it."""
    place = (np.arange(cell.therapists) + 0.5) / cell.therapists
    spread = cell.clients_spread
    lengths = np.exp(np.log(cell.clients) - spread**2 / 2 + spread * ndtri(place))
    return tuple(int(number) for number in np.maximum(np.rint(lengths), FEWEST))


def statistical(cell: Cell, surroundings: Surroundings) -> LogitNormal:
    """Return the exact model of a cell of family A."""
    numbers, sd = surroundings.numbers, given(cell.therapist_sd)
    coefficients = numbers.slopes(burnout=given(cell.burnout), competence=cell.competence, fit=cell.fit)
    service_sd = float(numbers.service_sd) if cell.services > 1 else 0.0
    cause = (float(numbers.cause) if cell.cause is None else cell.cause) if cell.unmeasured else 0.0
    return LogitNormal(
        clients_per_therapist=list_lengths(cell),
        lists_by_harm=cell.lists_by_harm,
        intercept=_intercept(
            given(cell.rate), coefficients, np.sqrt(sd**2 + service_sd**2 + cause**2 + cell.curved**2)
        ),
        therapist_sd=sd,
        shape=cell.shape,
        service_sd=service_sd,
        services=cell.services,
        coefficients=coefficients,
        reliability=reliability(cell, surroundings),
        score_correlation=float(numbers.score_correlation),
        allocation=Allocation(
            severity=cell.severity, deprivation=cell.deprivation, unmeasured=cell.unmeasured, between=cell.between
        ),
        curved=cell.curved,
        cause=cause,
        referred=float(numbers.referred) if cell.referred else 0.0,
        dropout=Dropout(share=MISSING, worse=cell.dropout, worse_by_burnout=cell.dropout / 2)
        if cell.dropout
        else Dropout(),
    )


def reliability(cell: Cell, surroundings: Surroundings) -> dict[str, float]:
    """Of the ratings, by trait: the cell's own, or that of the world."""
    known = surroundings.reliability
    return known if cell.reliability is None else dict.fromkeys(known, cell.reliability)


def _intercept(rate: float, coefficients: Coefficients, therapist_sd: float) -> float:
    """Log odds at which about this share deteriorates, the other parts taken as one normal."""
    return log_odds_at(rate, np.sqrt(therapist_sd**2 + sum(value**2 for _, value in coefficients)))


def mechanistic(cell: Cell, *, by_chance: bool = False, start: int = 0) -> Design:
    """Return the size and allocation of a cell of family B, for one replicate.

    Parameters
    ----------
    by_chance
        Clients come by chance, whatever the cell says.
    start
        Number of the first client on each list.
    """
    return Design(
        replicates=1_000_000,
        therapists=cell.therapists,
        services=max(1, cell.therapists // 10),
        clients_per_therapist=cell.clients,
        clients_log_sd=cell.clients_spread,
        list_start=start,
        severity_by_burnout=0.0 if by_chance else cell.severity,
        course_by_burnout=0.0 if by_chance else cell.course,
    )


def data_sets(cell: Cell, surroundings: Surroundings, replicates: range, sessions: bool) -> Iterator[DataSet]:
    """Yield the data sets of these replicates; the same whichever others are made."""
    if cell.family == "A":
        model = statistical(cell, surroundings)
        known = {trait: cell.told or model.reliability[trait] for trait in TRAITS}
        for replicate in replicates:
            made = simulate(model, Noise(surroundings.setup.seed), replicate)
            yield DataSet(named(cell, replicate), replicate, made.clients, known)
    else:
        for block in blocks(replicates):
            yield from _from_world(cell, surroundings, block, sessions)


def named(cell: Cell, replicate: int) -> str:
    """Return the name of a data set."""
    return f"{cell.cell}-{replicate}"


def blocks(replicates: range) -> list[range]:
    """Parts of `BLOCK` replicates: the simulator is fastest with some thousands of therapists' places at once."""
    return in_blocks(replicates, BLOCK)


def simulated(cell: Cell, surroundings: Surroundings, design: Design, block: range, *, record: bool = False) -> Run:
    """Simulate some replicates of a cell of family B, each in its own plausible world."""
    name, worlds = given(cell.scenario), surroundings.worlds
    scenario = surroundings.scenarios[name]
    if not worlds:
        return surroundings.setup.run(scenario, design, replicates=block, record=record)
    theirs = in_worlds(scenario, [worlds[world] for world in world_of(block, len(worlds))], surroundings.own[name])
    return surroundings.setup.run(theirs, design, replicates=block, apart=True, record=record)


def _from_world(cell: Cell, surroundings: Surroundings, block: range, sessions: bool) -> Iterator[DataSet]:
    setup = surroundings.setup
    run = simulated(cell, surroundings, mechanistic(cell), block, record=sessions)
    clients = clients_table(run, setup.instruments, setup.judgement)
    known = {trait: surroundings.reliability[trait] for trait in TRAITS}
    contacts = sessions_table(run) if sessions else None
    for replicate, own in clients.groupby("replicate"):
        theirs = contacts[contacts["client_id"].isin(own["client_id"])] if contacts is not None else None
        yield DataSet(named(cell, replicate), int(replicate), own.reset_index(drop=True), known, theirs)

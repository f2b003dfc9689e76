"""From a cell to its data sets: what a service would see, and what only the simulation knows."""

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtri

from iatrogenesis.core.sources import Strict
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models.spread import log_odds_at
from iatrogenesis.simulation_study.cells import Cell, given
from iatrogenesis.simulation_study.logit_normal import Allocation, Coefficients, Dropout, LogitNormal, simulate
from iatrogenesis.simulation_study.methods.answer import TRAITS, DataSet
from iatrogenesis.world.cohort import Design, in_blocks
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, sessions_table

FEWEST = 5  # clients of a therapist, as in `Design`
MISSING = 0.197  # share without a last score, evidence M07
BLOCK = 10


class Surroundings(Strict):
    """What all cells share: seed, rule of change, the other coefficients of family A, the scenarios of family B."""

    setup: Setup
    coefficients: Coefficients
    scenarios: dict[str, Scenario]


def list_lengths(cell: Cell) -> tuple[int, ...]:
    """Return each therapist's number of clients: the quantiles of a log-normal, so that no chance is in it."""
    place = (np.arange(cell.therapists) + 0.5) / cell.therapists
    spread = cell.clients_spread
    lengths = np.exp(np.log(cell.clients) - spread**2 / 2 + spread * ndtri(place))
    return tuple(int(number) for number in np.maximum(np.rint(lengths), FEWEST))


def statistical(cell: Cell, surroundings: Surroundings) -> LogitNormal:
    """Return the exact model of a cell of family A."""
    coefficients = surroundings.coefficients.model_copy(update={"burnout": cell.burnout})
    return LogitNormal(
        clients_per_therapist=list_lengths(cell),
        intercept=_intercept(given(cell.rate), coefficients, given(cell.therapist_sd)),
        therapist_sd=given(cell.therapist_sd),
        coefficients=coefficients,
        reliability=given(cell.reliability),
        allocation=Allocation(severity=cell.severity, deprivation=cell.deprivation),
        dropout=Dropout(share=MISSING, worse=cell.dropout, worse_by_burnout=cell.dropout / 2)
        if cell.dropout
        else Dropout(),
    )


def _intercept(rate: float, coefficients: Coefficients, therapist_sd: float) -> float:
    """Log odds at which about this share deteriorates, the other parts taken as one normal."""
    return log_odds_at(rate, np.sqrt(therapist_sd**2 + sum(value**2 for _, value in coefficients)))


def mechanistic(cell: Cell, clients: float | None = None) -> Design:
    """Return the size and allocation of a cell of family B, for one replicate."""
    return Design(
        replicates=1_000_000,
        therapists=cell.therapists,
        services=max(1, cell.therapists // 10),
        clients_per_therapist=clients or cell.clients,
        clients_log_sd=0.0 if clients else cell.clients_spread,
        severity_by_burnout=0.0 if clients else cell.severity,
        course_by_burnout=0.0 if clients else cell.course,
    )


def data_sets(cell: Cell, surroundings: Surroundings, replicates: range, sessions: bool) -> Iterator[DataSet]:
    """Yield the data sets of these replicates; the same whichever others are made."""
    if cell.family == "A":
        model, known = statistical(cell, surroundings), dict.fromkeys(TRAITS, given(cell.reliability))
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


def _from_world(cell: Cell, surroundings: Surroundings, block: range, sessions: bool) -> Iterator[DataSet]:
    scenario, setup = surroundings.scenarios[given(cell.scenario)], surroundings.setup
    run = setup.run(scenario, mechanistic(cell), replicates=block, record=sessions)
    clients = clients_table(run, setup.instruments, setup.judgement)
    ratings = scenario.world.ratings
    known = {trait: float(getattr(ratings, trait)) for trait in TRAITS}
    contacts = sessions_table(run) if sessions else None
    for replicate, own in clients.groupby("replicate"):
        theirs = contacts[contacts["client_id"].isin(own["client_id"])] if contacts is not None else None
        yield DataSet(named(cell, replicate), int(replicate), own.reset_index(drop=True), known, theirs)

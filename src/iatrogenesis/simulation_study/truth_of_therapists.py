"""Each therapist's true rates in family B: the risk of clients given the therapist, in the weeks of the data.

Other clients of the same therapists are simulated, lists of the same length in the same weeks, so that burnout takes
the course that it took in the data. What chance is left in the counts is removed by a mixed model in each plausible
world: the counts given the therapists' true states and a random effect, whose posterior mean is each one's own part.
What is left is told by the difference of two halves of the clients, and stands among the truths.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.data.validation import UNEXPLAINED
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.engines.quadrature import Integrand
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings, blocks, mechanistic, simulated
from iatrogenesis.simulation_study.worlds import world_of
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.run import Run

STATES = ("burnout", "competence", "competence_squared", "drift", "alliance", "workload")
COUNTED = ("clients", "events", "burnout", "seen")
NODES = 9
APART = 1_000_000  # numbers of clients on the lists of one pass and of the next lie this far apart


def mechanistic_rates(
    cell: Cell, surroundings: Surroundings, replicates: int, clients: int
) -> tuple[pd.DataFrame, float]:
    """Return replicate, therapist, rate and own_rate; and the error of a rate, by two halves of the clients.

    Parameters
    ----------
    clients
        About how many of each therapist are simulated.
    """
    chance, error = _rates(cell, surroundings, replicates, clients, by_chance=True)
    allotted = cell.severity != 0 or cell.course != 0
    own = _rates(cell, surroundings, replicates, clients, by_chance=False)[0] if allotted else chance
    return chance.assign(own_rate=own["rate"].to_numpy()), error


def _rates(
    cell: Cell, surroundings: Surroundings, replicates: int, clients: int, *, by_chance: bool
) -> tuple[pd.DataFrame, float]:
    passes = max(2, round(clients / cell.clients))
    halves = [[], []]
    for block in blocks(range(replicates)):
        for half, numbers in enumerate((range(1, passes + 1, 2), range(2, passes + 1, 2))):
            halves[half].append(_counted(cell, surroundings, block, numbers, by_chance))
    first, second = (pd.concat(parts, ignore_index=True) for parts in halves)
    whole = first.assign(**{name: first[name] + second[name] for name in COUNTED})
    world = world_of(range(replicates), len(surroundings.worlds))[whole["replicate"]]
    rates = {name: _without_chance(table, world) for name, table in (("a", first), ("b", second), ("rate", whole))}
    # Each half has twice the variance of the whole, and their difference has the sum of theirs.
    error = float(np.sqrt(np.mean((rates["a"] - rates["b"]) ** 2)) / 2)
    found = whole[["replicate", "therapist"]].assign(rate=rates["rate"])
    return found.astype({"replicate": np.int32, "therapist": np.int32}), error


def _without_chance(table: pd.DataFrame, world: np.ndarray) -> np.ndarray:
    table = table.assign(burnout=table["burnout"] / table["seen"])
    rates = np.empty(len(table))
    for one in np.unique(world):
        rates[world == one] = without_chance(table[world == one])
    return rates


def _counted(cell: Cell, surroundings: Surroundings, block: range, numbers: range, by_chance: bool) -> pd.DataFrame:
    """Sums (`COUNTED`) over the clients of some passes, and the therapists' states."""
    setup, parts = surroundings.setup, []
    for number in numbers:
        design = mechanistic(cell, by_chance=by_chance, start=number * APART)
        run = simulated(cell, surroundings, design, block)
        parts.append(_summed(run, Sample.of(run, setup.instruments, setup.judgement)))
    states = parts[0].index.to_frame(index=False)
    sums = pd.DataFrame(np.sum([part.to_numpy() for part in parts], axis=0), columns=parts[0].columns)
    return pd.concat([states, sums], axis=1)


def _summed(run: Run, sample: Sample) -> pd.DataFrame:
    """Sums over the clients of each therapist, whose states are the index."""
    own = {"clients": sample.finished, "events": sample.deteriorated, "burnout": sample.burnout}
    states = _states(run)
    sums = {name: np.bincount(sample.unit, values, len(states)) for name, values in own.items()}
    sums["seen"] = np.bincount(sample.unit, minlength=len(states)).astype(float)
    return pd.DataFrame(sums, index=pd.MultiIndex.from_frame(states))


def _states(run: Run) -> pd.DataFrame:
    own = run.therapists
    return pd.DataFrame(
        {
            "replicate": own.replicate,
            "therapist": own.index,
            "competence": own.competence,
            "competence_squared": own.competence**2,
            "drift": own.drift,
            "alliance": own.alliance,
            "workload": own.workload,
        }
    )


def without_chance(table: pd.DataFrame) -> np.ndarray:
    """Rates of therapists of one world from counts, their posterior means given the states; shape (therapists,).

    Parameters
    ----------
    table
        clients (finished courses), events (deteriorations) and `STATES`, one row per therapist.
    """
    columns, names = _identified(table[list(STATES)].to_numpy(dtype=float))
    ids = [str(number) for number in range(len(table))]
    data = replace(
        counts("true rates", ids, table["events"].astype(int), table["clients"].astype(int)),
        covariates=columns,
        covariate_names=names,
        centre=np.zeros(len(names)),
        scale=np.ones(len(names)),
    )
    found = fit(data, NODES)
    integrand = Integrand(data, NODES)
    beta, sd = found.estimate[:-1], found.estimate[-1]
    mode, error = integrand.modes(integrand.design @ beta, sd)
    points, weights = np.polynomial.hermite.hermgauss(NODES)
    odds = (beta[0] + columns @ beta[1:] + sd * mode)[:, None] + np.sqrt(2.0) * (sd * error)[:, None] * points
    return expit(odds) @ (weights / np.sqrt(np.pi))


def _identified(states: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """The states that differ between therapists and are no function of those before them, standardised; and their names.

    Where no route of harm is open, a therapist's drift is competence alone.
    """
    spread = states.std(axis=0)
    columns = (states - states.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    kept: list[int] = []
    for column in np.flatnonzero(spread > 0):
        known, own = columns[:, kept], columns[:, column]
        left = own - known @ np.linalg.lstsq(known, own, rcond=None)[0]
        if np.mean(left**2) > UNEXPLAINED:
            kept.append(int(column))
    return columns[:, kept], tuple(STATES[column] for column in kept)

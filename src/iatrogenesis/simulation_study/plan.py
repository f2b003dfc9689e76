"""What runs: how many replicates, in which batches, and how long that takes.

A replicate costs a tenth of a second, starting Python several seconds: so a job does a batch of replicates of one cell
by one method. A batch is known by its replicates, and every random number by replicate; so a lost one is made again to
the same bytes, and a new cell, a new method or more replicates add jobs and change none.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.files import write_text
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.methods import SLOW
from iatrogenesis.simulation_study.methods.by_name import seconds

NOMINAL = 0.95
BATCH_SECONDS = 300.0
START_SECONDS = 4.0  # Python, imports
COMPILE_SECONDS = 25.0  # of the methods that sample
TWINS = 600  # clients of each therapist in the three worlds that truth in family B compares
PACE_AFTER = 60.0  # announced seconds done before the pace is believed


def replicates_for(coverage_mcse: float) -> int:
    """Return how many replicates give a coverage of 95 % this Monte Carlo standard error.

    sqrt(p (1 - p) / n) solved for n (Morris, White & Crowther 2019, 10.1002/sim.8086, section 5.3).
    """
    return ceil(round(NOMINAL * (1 - NOMINAL) / coverage_mcse**2, 9))


@dataclass(frozen=True)
class Batch:
    """One job: some replicates of one cell by one method, and what it costs about on one core."""

    cell: str
    method: str
    number: int
    replicates: range
    seconds: float


def batches(cell: Cell, method: str, replicates: int) -> list[Batch]:
    """Return the batches of one cell by one method.

    Their size follows from the announced cost and not from `replicates`: with more of those only the last one changes.
    """
    each = seconds(method, cell.total) + seconds("raw", cell.total)
    start = START_SECONDS + COMPILE_SECONDS * (method in SLOW)
    size = max(1, int(BATCH_SECONDS / each))
    found = []
    for number, first in enumerate(range(0, replicates, size)):
        part = range(first, min(first + size, replicates))
        found.append(Batch(cell.cell, method, number, part, start + each * len(part)))
    return found


def truth_seconds(cell: Cell, replicates: int, clients: int) -> float:
    """Return what the truth of a cell costs about: equations in family A, long lists of clients in B."""
    if cell.family == "A":
        return START_SECONDS + replicates * (0.002 + 0.003 * cell.total / 1000)
    return START_SECONDS + 20.0 + replicates * cell.therapists * (clients + TWINS) * 8e-6


def advice_seconds(therapists: int, spreads: int, effects: int, replicates: int) -> float:
    """Return what one column of the grid of advice costs about."""
    return START_SECONDS + replicates * therapists * (0.06 * spreads + 0.012 * effects)


def plan(cells: Sequence[Cell], methods: tuple[str, ...], replicates: int) -> Iterator[Batch]:
    """Yield every batch of a study."""
    for cell in cells:
        for method in cell.runs(methods):
            yield from batches(cell, method, replicates)


def announce(files: Mapping[str, float], plan_path: Path, rest: float, cores: int) -> str:
    """Return how long a run will take about, and write down what there is to do, for `progress`.

    Parameters
    ----------
    files
        Announced seconds of every job of the study, by the file that is there when it is done.
    plan_path
        Written anew.
    rest
        Core seconds of everything else that is to be made.
    """
    table = pd.DataFrame({"file": list(files), "seconds": list(files.values())})
    table["done_before"] = [Path(file).is_file() for file in files]
    plan_path.parent.mkdir(parents=True, exist_ok=True)
    table = table.assign(began=round(time.time()), cores=cores)
    write_text(table.to_csv(sep="\t", index=False), plan_path)
    left = table[~table["done_before"]]
    jobs = f"{len(left)} of {len(table)} larger jobs of the simulation study to do"
    return f"{jobs}; in all {spoken(left['seconds'].sum() + rest, cores)}, by times measured on a small machine."


def progress(plan_path: Path) -> str:
    """Return how far the simulation study is and how long the rest takes at the pace so far; empty without a plan."""
    if not plan_path.is_file():
        return ""
    table = pd.read_csv(plan_path, sep="\t")
    cores = int(table["cores"].iloc[0])
    done = table["done_before"].to_numpy() | np.array([Path(file).is_file() for file in table["file"]])
    if done.all():
        return f"simulation study: all {len(table)} larger jobs done"
    gained = table.loc[done & ~table["done_before"].to_numpy(), "seconds"].sum()
    elapsed = max(time.time() - table["began"].iloc[0], 1.0)
    pace = gained / elapsed if gained > PACE_AFTER else float(cores)
    left = table.loc[~done, "seconds"].sum() / pace
    return f"simulation study: {int(done.sum())} of {len(table)} larger jobs done, {spoken(left * cores, cores)} left"


def spoken(core_seconds: float, cores: int) -> str:
    """Return a time on so many cores in words: "about 12 minutes on 2 cores"."""
    minutes = core_seconds / max(cores, 1) / 60
    length = f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{minutes:.0f} minutes"
    if minutes < 1.5:
        length = "a minute"
    return f"about {length} on {cores} core{'' if cores == 1 else 's'}"

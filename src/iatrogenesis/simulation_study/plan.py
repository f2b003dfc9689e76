"""What runs: how many replicates, in which batches, and how long that takes.

A replicate costs a tenth of a second, starting Python several seconds: so a job does a batch of replicates of one cell
by a group of methods (`GROUPS` of `iatrogenesis.simulation_study.methods`), which are asked about the same data sets. A
batch is known by its replicates, and every random number by replicate; so a lost one is made again to the same bytes,
and a new cell or more replicates add jobs and change none. A new method is asked together with its group, whose answers
stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.methods import GROUPS, SLOW, seconds

BATCH_SECONDS = 300.0
START_SECONDS = 4.0  # Python, imports
COMPILE_SECONDS = 25.0  # of the groups that sample
HELD = 1_500_000  # clients of a batch, whose data sets are in memory together: about 1 GB
WORLD_SECONDS = 5.0  # what is true of one scenario and size in one plausible world


@dataclass(frozen=True)
class Batch:
    """One job: some replicates of one cell by a group of methods, and what it costs about on one core."""

    cell: str
    group: str
    methods: tuple[str, ...]
    number: int
    replicates: range
    seconds: float


def batches(cell: Cell, group: str, methods: tuple[str, ...], replicates: int) -> list[Batch]:
    """Return the batches of one cell by those of a group's methods that the study asks.

    Their size follows from what all of the group cost and not from `methods` or `replicates`: with fewer methods no
    other batches come out, and with more replicates only the last one changes.
    """
    data = seconds("raw", cell.total)
    whole = data + sum(seconds(method, cell.total) for method in GROUPS[group])
    each = data + sum(seconds(method, cell.total) for method in methods)
    start = START_SECONDS + COMPILE_SECONDS * any(method in SLOW for method in GROUPS[group])
    size = max(1, int(min(BATCH_SECONDS / whole, HELD / cell.total)))
    found = []
    for number, first in enumerate(range(0, replicates, size)):
        part = range(first, min(first + size, replicates))
        found.append(Batch(cell.cell, group, methods, number, part, start + each * len(part)))
    return found


def truth_seconds(cell: Cell, replicates: int, clients: int) -> float:
    """Return what the truth of a cell costs about: equations in family A, other clients of each therapist in B."""
    if cell.family == "A":
        return START_SECONDS + 2.0 + replicates * (0.003 + 0.004 * cell.total / 1000)
    ways = 2 if cell.severity or cell.course else 1
    return START_SECONDS + ways * replicates * cell.therapists * clients * 8e-6


def world_seconds(worlds: int) -> float:
    """Return what the truths of one scenario and size cost about."""
    return START_SECONDS + WORLD_SECONDS * worlds


def advice_seconds(therapists: int, spreads: int, effects: int, replicates: int) -> float:
    """Return what one column of the grid of advice costs about."""
    return START_SECONDS + replicates * therapists * (0.06 * spreads + 0.012 * effects)


def plan(cells: Sequence[Cell], replicates: Mapping[str, int]) -> Iterator[Batch]:
    """Yield every batch of a study; `replicates` is how many each method that it asks does, alike within a group."""
    for cell in cells:
        asked = cell.runs(tuple(replicates))
        for group, members in GROUPS.items():
            if own := tuple(name for name in members if name in asked):
                yield from batches(cell, group, own, replicates[own[0]])


def announce(files: Mapping[str, float], rest: float, cores: int) -> str:
    """Return how long a run will take about.

    Parameters
    ----------
    files
        Announced seconds of every job of the study, by the file that is there when it is done.
    rest
        Core seconds of everything else that is to be made.
    """
    left = [seconds for file, seconds in files.items() if not Path(file).is_file()]
    jobs = f"{len(left)} of {len(files)} larger jobs of the simulation study to do"
    return f"{jobs}; in all {spoken(sum(left) + rest, cores)}, by times measured on a small machine."


def spoken(core_seconds: float, cores: int) -> str:
    """Return a time on so many cores in words: "about 12 minutes on 2 cores"."""
    minutes = core_seconds / max(cores, 1) / 60
    length = f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{minutes:.0f} minutes"
    if minutes < 1.5:
        length = "a minute"
    return f"about {length} on {cores} core{'' if cores == 1 else 's'}"

"""What a study costs: jobs, core hours and bytes, also with so many times its replicates.

Seconds are those by which the workflow cuts its batches and announces its time; each method states what it measured
(`SECONDS` of `iatrogenesis.simulation_study.methods`). Run as a module
(``python -m iatrogenesis.study.cost config results/reference/cost.csv full 100``) it prints the table.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from iatrogenesis.core.montecarlo import replicates_for
from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.plan import Batch, advice_seconds, plan, truth_seconds, world_seconds
from iatrogenesis.study.study import Study, load_study
from iatrogenesis.world.scenarios import ConfigError

# Rules of the simulation study, which are reckoned by cell and method; the others' cost does not depend on replicates.
RECKONED = ("study_batch", "cell_truth", "world_truth", "advice_columns")
# Bytes of a batch, by least squares over the files of the studies default and full: of a file of estimates and of each
# data set in it, of a file of therapists and of each therapist in it.
ESTIMATES, DATA_SET, THERAPISTS, THERAPIST = 4500, 250, 6700, 25
OTHERS_BYTES = 118e6  # all else of the default study, which holds what no replicate adds to
RATES = ("therapist_rate", "own_rate")


class Part(NamedTuple):
    """Of a study: the group of methods, or what else is done; its jobs, core seconds and bytes."""

    part: str
    jobs: int
    core_seconds: float
    bytes: float


def bytes_of(batch: Batch, cell: Cell) -> float:
    """About how many bytes the files of a batch have: two for each method."""
    sets = len(batch.replicates)
    by_therapist = sum(bool(set(RATES) & set(FACTS[name]["TARGETS"])) for name in batch.methods)
    files = len(batch.methods) * (ESTIMATES + THERAPISTS + DATA_SET * sets)
    return files + by_therapist * THERAPIST * cell.therapists * sets


def parts(study: Study, measured: pd.DataFrame, times: int = 1) -> Iterator[Part]:
    """Yield what a study consists of.

    Parameters
    ----------
    measured
        Jobs by rule, as `iatrogenesis.report.run_record.cost` found them: of them the rules that are not reckoned.
    times
        So many times the replicates of every cell.
    """
    settings, grid, cells = study.config.simulation_study, study.config.advice, study.cells
    replicates = {name: times * number for name, number in settings.replicates_by_method.items()}
    found: Mapping[str, list[Batch]] = defaultdict(list)
    for batch in plan(list(cells.values()), replicates):
        found[batch.group].append(batch)
    for group, batches in found.items():
        seconds = sum(batch.seconds for batch in batches)
        written = sum(bytes_of(batch, cells[batch.cell]) for batch in batches)
        yield Part(f"methods: {group}", len(batches), seconds, written)
    truths = [truth_seconds(cell, times * settings.replicates, settings.true_clients) for cell in cells.values()]
    truths += [world_seconds(settings.worlds) for _ in study.true_in_worlds]
    true_rates = sum(cell.therapists for cell in cells.values()) * times * settings.replicates
    yield Part("truths", len(truths), sum(truths), true_rates * THERAPIST)
    sizes = (len(grid.therapists), len(grid.therapist_sd), len(grid.burnout), replicates_for(grid.coverage_mcse))
    yield Part("advice", len(grid.clients), len(grid.clients) * advice_seconds(*sizes), 0.0)
    others = measured[~measured["rule"].isin(RECKONED)]
    yield Part(
        "all else, as in the default study", int(others["jobs"].sum()), 60.0 * study.config.core_minutes, OTHERS_BYTES
    )


def cost(study: Study, measured: pd.DataFrame, times: int = 1) -> pd.DataFrame:
    """Return the table: part, jobs, core_hours, megabytes; the last row is the sum.

    Raises
    ------
    ValueError
        If `times` is below 1.
    """
    if times < 1:
        raise ValueError(f"TIMES: a study has at least its own replicates, once, and not {times} times")
    table = pd.DataFrame(list(parts(study, measured, times)))
    table = pd.concat([table, pd.DataFrame([Part("together", *table[["jobs", "core_seconds", "bytes"]].sum())])])
    table = table.assign(core_hours=table["core_seconds"] / 3600, megabytes=table["bytes"] / 1e6)
    table["jobs"] = table["jobs"].astype(int)
    return table[["part", "jobs", "core_hours", "megabytes"]].reset_index(drop=True)


def shown(value: float) -> str:
    """A number with one decimal below 100, otherwise whole, with a comma for thousands."""
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


HEAD = ("", "jobs", "core hours", "MB")


def rows(table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """The table's rows as people read them, without their head."""
    return [(row.part, f"{row.jobs:,}", shown(row.core_hours), shown(row.megabytes)) for row in table.itertuples()]


def as_text(table: pd.DataFrame) -> str:
    """The table for a terminal."""
    lines = [HEAD, *rows(table)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    aligned = [[line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines]
    return "\n".join("  ".join(line) for line in aligned)


if __name__ == "__main__":
    folder, costs, name, asked = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    try:
        if not asked.isdecimal():
            raise ValueError(f"TIMES: a whole number is needed, and not {asked!r}")
        print(as_text(cost(load_study(path, folder), pd.read_csv(costs), int(asked))))
    except (ConfigError, ValueError) as error:
        sys.exit(str(error))

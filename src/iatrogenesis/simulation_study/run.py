"""One batch: make the data sets, ask each method about them, and keep what it says in two tables."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.data_generation import Surroundings, data_sets
from iatrogenesis.simulation_study.methods.answer import RANKED, Answer, Estimate, Settings
from iatrogenesis.simulation_study.methods.by_name import method

ESTIMATES = ("replicate", *Estimate._fields, "passed", "problem")
THERAPISTS = ("replicate", "therapist", "score", "rate", "low", "high", "exceeds", *RANKED, "flag")
NO_ANSWER = Estimate("", np.nan)


def run(
    names: Sequence[str], cell: Cell, surroundings: Surroundings, settings: Settings, replicates: range
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Yield what each method says in one cell, in the order of the replicates; the data sets are made once for all.

    Yields
    ------
    tuple of str and pandas.DataFrame
        The method; columns `ESTIMATES`, one row per estimate, and one with an empty estimand for a data set without
        answer; columns `THERAPISTS` (see `iatrogenesis.simulation_study.methods.answer.Answer`), single precision.
    """
    sessions = any(getattr(method(name), "SESSIONS", False) for name in names)
    found = list(data_sets(cell, surroundings, replicates, sessions=sessions))
    print(f"{len(found)} data sets made", flush=True)
    for name in names:
        answers = sorted(method(name).answers(told(found, replicates), settings), key=lambda one: one.replicate)
        yield name, *tables_of(answers)


def tables_of(answers: Sequence[Answer]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What answers say as two tables: columns `ESTIMATES`, and columns `THERAPISTS` in single precision."""
    rows = [
        {"replicate": one.replicate, **estimate._asdict(), "passed": one.passed, "problem": one.problem}
        for one in answers
        for estimate in one.estimates or ([NO_ANSWER] if one.problem else [])
    ]
    estimates = pd.DataFrame(rows, columns=list(ESTIMATES)).astype({"replicate": np.int32, "rejects": float})
    return estimates, _therapists(answers)


def told(found: Iterable, replicates: range) -> Iterator:
    """Pass data sets on, saying now and then how far it is."""
    every = max(1, len(replicates) // 4)
    for number, one in enumerate(found, start=1):
        yield one
        if number % every == 0:
            print(f"{number} of {len(replicates)} replicates", flush=True)


def _therapists(answers: Sequence[Answer]) -> pd.DataFrame:
    tables = [one.therapists.assign(replicate=one.replicate) for one in answers if one.therapists is not None]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(THERAPISTS))
    whole = dict.fromkeys(("replicate", "therapist"), np.int32)
    return table.reindex(columns=list(THERAPISTS)).astype(whole | dict.fromkeys(THERAPISTS[2:], np.float32))

"""One batch: make the data sets, ask the method, and keep what it says in two tables."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from iatrogenesis.simulation_study.cells import Cell
from iatrogenesis.simulation_study.methods.answer import Answer, Estimate, Settings
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.worlds import Surroundings, data_sets

ESTIMATES = ("replicate", *Estimate._fields, "passed", "problem")
THERAPISTS = ("replicate", "therapist", "score", "rate", "low", "high", "exceeds")
NO_ANSWER = Estimate("", np.nan)


def run(
    name: str, cell: Cell, surroundings: Surroundings, settings: Settings, replicates: range
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return estimates and therapists of one method in one cell, in the order of the replicates.

    Returns
    -------
    tuple of pandas.DataFrame
        Columns `ESTIMATES`, one row per estimate, and one with an empty estimand for a data set without answer; columns
        `THERAPISTS` (see `iatrogenesis.simulation_study.methods.answer.Answer`), numbers of single precision.
    """
    module = method(name)
    found = data_sets(cell, surroundings, replicates, sessions=getattr(module, "SESSIONS", False))
    answers = sorted(module.answers(told(found, replicates), settings), key=lambda one: one.replicate)
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


def _therapists(answers: list[Answer]) -> pd.DataFrame:
    tables = [one.therapists.assign(replicate=one.replicate) for one in answers if one.therapists is not None]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(THERAPISTS))
    whole = dict.fromkeys(("replicate", "therapist"), np.int32)
    return table[list(THERAPISTS)].astype(whole | dict.fromkeys(THERAPISTS[2:], np.float32))

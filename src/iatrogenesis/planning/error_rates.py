"""The simulation study's methods on a service's own clients: bias, coverage, power, and errors of flagging."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iatrogenesis.planning.plasmode import Plasmode
from iatrogenesis.planning.truths import CELL, rates, truths
from iatrogenesis.simulation_study.estimands import concrete
from iatrogenesis.simulation_study.judge import judged
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.methods.answer import Answer, Settings
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.run import ESTIMATES, NO_ANSWER, THERAPISTS


def error_rates(made: Plasmode, methods: Sequence[str], settings: Settings, replicates: int) -> pd.DataFrame:
    """Judge methods on plasmode data sets.

    Parameters
    ----------
    methods
        Names, as in `iatrogenesis.simulation_study.methods`; not those that need every session's score.
    replicates
        How many data sets.

    Returns
    -------
    pandas.DataFrame
        Columns `iatrogenesis.simulation_study.judge.COLUMNS`.

    Raises
    ------
    ValueError
        If a method needs every session's score, which no plasmode data set has.
    """
    if blind := [name for name in methods if FACTS[name].get("SESSIONS", False)]:
        raise ValueError(f"{blind[0]} needs every session's score; a plasmode data set has the last ones' change alone")
    number, known = range(replicates), truths(made)
    found, true_rates = list(made.data_sets(number)), rates(made, number)
    tables = []
    for name in methods:
        answers = list(method(name).answers(found, settings))
        estimates, therapists = _estimates(answers), _therapists(answers)
        targets = concrete(FACTS[name]["TARGETS"])
        exceeds = FACTS[name].get("EXCEEDS", "posterior")
        tables.append(judged(CELL, name, targets, estimates, therapists, known, true_rates, replicates, exceeds))
    return pd.concat(tables, ignore_index=True)


def _estimates(answers: Sequence[Answer]) -> pd.DataFrame:
    rows = [
        {"replicate": one.replicate, **estimate._asdict(), "passed": one.passed, "problem": one.problem}
        for one in answers
        for estimate in one.estimates or ([NO_ANSWER] if one.problem else [])
    ]
    return pd.DataFrame(rows, columns=list(ESTIMATES)).astype({"replicate": np.int32, "rejects": float})


def _therapists(answers: Sequence[Answer]) -> pd.DataFrame:
    tables = [one.therapists.assign(replicate=one.replicate) for one in answers if one.therapists is not None]
    return (
        pd.concat(tables, ignore_index=True).reindex(columns=list(THERAPISTS))
        if tables
        else pd.DataFrame(columns=list(THERAPISTS))
    )

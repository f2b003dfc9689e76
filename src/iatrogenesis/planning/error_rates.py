"""The simulation study's methods on a service's own clients: bias, coverage, power, and errors of flagging."""

from collections.abc import Sequence

import pandas as pd

from iatrogenesis.planning.plasmode import Plasmode
from iatrogenesis.planning.truths import CELL, rates, truths
from iatrogenesis.simulation_study.estimands import concrete
from iatrogenesis.simulation_study.judge import judged
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.methods.answer import Settings
from iatrogenesis.simulation_study.methods.by_name import method
from iatrogenesis.simulation_study.run import tables_of


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
        estimates, therapists = tables_of(list(method(name).answers(found, settings)))
        targets = concrete(FACTS[name]["TARGETS"])
        exceeds = FACTS[name].get("EXCEEDS", "posterior")
        tables.append(judged(CELL, name, targets, estimates, therapists, known, true_rates, replicates, exceeds))
    return pd.concat(tables, ignore_index=True)

"""Case mix as one number per course: what is known before therapy, with coefficients from the service's own courses.

Surveillance, periods and the plasmode study keep every course whose outcome is known, because list sizes are what they
are about: missing values are filled in (`iatrogenesis.own_data.analysis.completing`). What is missing too often, or
alike in all courses, is left out. Both are said.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.covariates import AGE
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.engine import Unreliable, sample
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.completing import MOST_MISSING, completed

DRAWS = 1000


class CaseMix(NamedTuple):
    """The case mix of some courses.

    Attributes
    ----------
    table
        The courses with values for all that was missing.
    covariates
        Names as `iatrogenesis.inference.data.covariates` explains them; none where nothing can be used.
    notes
        What was filled in or left out, one sentence each.
    """

    table: pd.DataFrame
    covariates: tuple[str, ...]
    notes: tuple[str, ...]


def case_mix(courses: pd.DataFrame, columns: tuple[str, ...], dataset: str) -> CaseMix:
    """Return what of some columns can be used.

    Parameters
    ----------
    courses
        Finished courses whose outcome is known.
    columns
        As `iatrogenesis.own_data.prepared.About` names them.
    """
    usable, notes = [], []
    for column in (AGE if name == "age" else name for name in columns):
        lacking = float(courses[column].isna().mean()) if column in courses else 1.0
        if lacking > MOST_MISSING:
            notes.append(f"{column} left out: missing in {lacking:.0%} of courses.")
        elif courses[column].nunique() < 2:
            notes.append(f"{column} left out: alike in all courses.")
        else:
            usable.append(column)
    table, missing = completed(courses, usable)
    notes += [f"{column}: {number} missing values filled in." for column, number in missing.items() if number]
    chosen = ["age" if column == AGE else column for column in usable]
    while chosen:  # columns that follow from others are refused by the checks of a fit
        try:
            from_clients(table, chosen, dataset=dataset, allow_empty=True)
            break
        except DataError:
            notes.append(f"{chosen.pop()} left out: it cannot be told apart from the others.")
    return CaseMix(table, tuple(chosen), tuple(notes))


def scores(found: CaseMix, priors: Priors, seed: int, dataset: str) -> np.ndarray:
    """Return each course's part of the log odds, of mean 0, float64, shape (courses,); zeros without case mix."""
    if not found.covariates or not 0 < found.table["deteriorated"].mean() < 1:
        return np.zeros(len(found.table))
    data = from_clients(found.table, found.covariates, dataset=dataset, allow_empty=True)
    return data.covariates @ coefficients(data, priors, seed)


def coefficients(data: OutcomeData, priors: Priors, seed: int) -> np.ndarray:
    """Return posterior mean coefficients of case mix, shape (k,): with priors none is infinite; zeros if no fit."""
    try:
        tree = sample("casemix", data, priors, seed, draws=DRAWS)
    except Unreliable:
        return np.zeros(len(data.covariate_names))
    return tree["posterior"]["coefficients"].values.reshape(-1, len(data.covariate_names)).mean(axis=0)

"""From the clients' table to columns of a regression: which covariates there are and how each is scaled.

============================================  =====================================================================
`phq9_first`, `gad7_first`, `deprivation`     standardised by the mean and SD of the clients fitted
`age`                                         one column per age band that somebody is in, against 26-64, centred
`competence_rating`, `burnout_rating`         centred; already per SD of the reference population
`competence`, `burnout` (true states)         the same
`vulnerable`                                  yes (1) or no (0), centred
`competence_below`, `competence_rating_below` how far competence lies below `KNOT`, 0 above it, centred
`burnout:vulnerable` and its like             product of two centred columns, centred itself
`fit_rating`, `alliance_rating`, `fit`        centred and split in two: the therapist's mean over the clients fitted
                                              (`_between`) and the client's deviation from it (`_within`)
============================================  =====================================================================

Every column has mean 0, so that the intercept is the log odds of the average client. The split is Mundlak's (1978,
10.2307/1913646): a therapist whose clients fit well on average is not the same thing as a client who fits better than
this therapist's others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, flags, numbers, refuse

AGE_BANDS = ("18-25", "26-64", "65-74", "75-89")
AGE_REFERENCE = "26-64"
STANDARDISED = ("phq9_first", "gad7_first", "deprivation")
CENTRED = ("competence_rating", "burnout_rating", "competence", "burnout")
SPLIT = ("fit_rating", "alliance_rating", "fit")
FLAG = "vulnerable"
BELOW = "_below"
KNOT = -1.0  # SD of competence below which clients fare worse; assumed (config/mechanisms/incompetence.yaml)
PRODUCTS = ("burnout:vulnerable", "burnout_rating:vulnerable")
HINGES = tuple(f"{name}{BELOW}" for name in ("competence", "competence_rating"))
KNOWN = (*STANDARDISED, "age", *CENTRED, *SPLIT, FLAG, *HINGES, *PRODUCTS)


@dataclass(frozen=True)
class Column:
    """One column of the regression; in its own units it is ``centre + scale * values``."""

    name: str
    values: np.ndarray
    centre: float
    scale: float


def source_columns(covariates: Sequence[str]) -> list[str]:
    """Return the columns of the clients' table that these covariates are made from.

    Raises
    ------
    DataError
        If a covariate is unknown or duplicated.
    """
    for name in covariates:
        if name not in KNOWN:
            raise DataError(f"covariate {name!r} is not known; choose among {', '.join(KNOWN)}.")
    if len(set(covariates)) != len(covariates):
        raise DataError(f"duplicate covariate among {', '.join(covariates)}. Name each one once.")
    parts = [part for name in covariates for part in name.removesuffix(BELOW).split(":")]
    return list(dict.fromkeys("age_band" if part == "age" else part for part in parts))


def columns(clients: pd.DataFrame, therapist: np.ndarray, covariates: Sequence[str], dataset: str) -> list[Column]:
    """Return the regression's columns in the order of `covariates`.

    Parameters
    ----------
    clients
        The clients fitted, one row each.
    therapist
        int, shape (rows,). Therapist index of each row.
    covariates
        Names among `KNOWN`.
    dataset
        Name used in errors.
    """
    found: list[Column] = []
    for name in covariates:
        if name == "age":
            found += _age(clients, dataset)
            continue
        values = _values(clients, name, dataset)
        centre = float(values.mean())
        if name in STANDARDISED:
            scale = float(values.std()) or 1.0  # a constant column is refused by the checks, by its name
            found.append(Column(name, (values - centre) / scale, centre, scale))
        elif name not in SPLIT:
            found.append(Column(name, values - centre, centre, 1.0))
        else:
            found += _within_between(name, values, therapist, centre)
    return found


def _values(clients: pd.DataFrame, name: str, dataset: str) -> np.ndarray:
    if name == FLAG:
        return flags(clients, name, dataset).astype(float)
    if name.endswith(BELOW):
        return np.maximum(KNOT - numbers(clients, name.removesuffix(BELOW), dataset), 0.0)
    if ":" in name:
        parts = [_values(clients, part, dataset) for part in name.split(":")]
        return np.prod([part - part.mean() for part in parts], axis=0)
    return numbers(clients, name, dataset)


def _age(clients: pd.DataFrame, dataset: str) -> list[Column]:
    bands = clients["age_band"]
    refuse(~bands.isin(AGE_BANDS), bands, f"{dataset}: column 'age_band' must be one of {', '.join(AGE_BANDS)}")
    found = []
    for band in AGE_BANDS:
        member = (bands == band).to_numpy(dtype=float)
        if band != AGE_REFERENCE and member.any():
            found.append(Column(f"age[{band}]", member - member.mean(), float(member.mean()), 1.0))
    return found


def _within_between(name: str, values: np.ndarray, therapist: np.ndarray, centre: float) -> list[Column]:
    total = np.bincount(therapist, weights=values)
    mean = (total / np.maximum(np.bincount(therapist), 1))[therapist]
    return [
        Column(f"{name}_within", values - mean, 0.0, 1.0),
        Column(f"{name}_between", mean - centre, centre, 1.0),
    ]

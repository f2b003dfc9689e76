"""Case mix by therapist, before anybody is ranked: who gets which clients, and is it by chance?

Where harder clients go to some therapists, their raw rates say so, and the adjusted ones only as far as the case mix is
measured. The table has, for each covariate and for the predicted risk, the share of its variance that lies between
therapists (ICC), beside the share that clients dealt out by chance would give: the same clients, the same list sizes,
within services where they are known.
"""

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.own_data.analysis.names import column_name
from iatrogenesis.own_data.analysis.ready import Ready

PERMUTATIONS, FEWER, MANY = 999, 199, 10_000
RISK = "risk expected from case mix"
SMALL = 0.05
COLUMNS = (
    "covariate",
    "icc",
    "chance_low",
    "chance_high",
    "p",
    "therapists",
    "clients",
    "lowest",
    "highest",
    "verdict",
)
LEAST = 10  # clients of a therapist whose mean is shown


def table(ready: Ready, columns: dict[str, np.ndarray], risk: np.ndarray) -> pd.DataFrame:
    """Return one row per covariate, and one for the expected risk.

    Parameters
    ----------
    columns
        Values by name, in the column's own units, shape (rows,) each.
    risk
        Expected risk of each judged course, shape (rows,).
    """
    therapist, services = ready.therapist, _services(ready)
    clients = np.bincount(therapist)
    values = {**columns, RISK: risk}
    matrix = np.column_stack(list(values.values()))
    matrix = matrix - matrix.mean(axis=0)
    number = FEWER if len(matrix) > MANY else PERMUTATIONS
    noise = Noise(derived_seed(ready.settings.analysis.seed, "allocation"))
    here = icc(matrix, therapist, clients)
    who = np.arange(len(matrix))
    chance = np.empty((number, matrix.shape[1]))
    for k in range(number):
        # Sorting by service first keeps every client in the own service.
        shuffled = np.lexsort((noise.uniform("permutation", client=who, occasion=k), services))
        chance[k] = icc(matrix[shuffled], therapist[np.argsort(services, kind="stable")], clients)
    rows = []
    for k, (name, each) in enumerate(values.items()):
        constant = np.ptp(each) == 0
        p = (1 + np.sum(chance[:, k] >= here[k])) / (1 + number)
        means = (np.bincount(therapist, each) / np.maximum(clients, 1))[clients >= LEAST]
        low, high = np.quantile(chance[:, k], [0.025, 0.975])
        rows.append(
            {
                "covariate": column_name(name),
                "icc": float("nan") if constant else max(here[k], 0.0),
                "chance_low": max(low, 0.0),
                "chance_high": max(high, 0.0),
                "p": float("nan") if constant else p,
                "therapists": len(clients),
                "clients": len(each),
                "lowest": means.min() if means.size else float("nan"),
                "highest": means.max() if means.size else float("nan"),
                "verdict": _verdict(constant, p),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def icc(values: np.ndarray, therapist: np.ndarray, clients: np.ndarray) -> np.ndarray:
    """Return the intraclass correlation of columns of mean 0 by one-way analysis of variance, shape (k,).

    Parameters
    ----------
    values
        Shape (rows, k).
    therapist
        Index of each row, shape (rows,).
    clients
        Of each therapist, shape (J,), at least 1.
    """
    rows, groups = len(values), len(clients)
    if groups < 2 or rows <= groups:
        return np.zeros(values.shape[1])
    sums = np.column_stack([np.bincount(therapist, column, groups) for column in values.T])
    between = np.sum(sums**2 / clients[:, None], axis=0)
    total = np.sum(values**2, axis=0)
    mean_square = between / (groups - 1)
    error = np.maximum(total - between, 1e-300) / (rows - groups)
    usual = (rows - np.sum(clients**2) / rows) / (groups - 1)
    return (mean_square - error) / (mean_square + (usual - 1) * error)


def _services(ready: Ready) -> np.ndarray:
    """Number of each judged course's service, 0 for all where services are not known."""
    if "service_id" not in ready.judged or ready.judged["service_id"].isna().any():
        return np.zeros(len(ready.judged), dtype=np.int64)
    return np.unique(ready.judged["service_id"].astype(str), return_inverse=True)[1]


def _verdict(constant: bool, p: float) -> str:
    if constant:
        return "the same for everybody"
    return "not dealt out by chance" if p <= SMALL else "chance alone could have done it"

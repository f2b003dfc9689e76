"""From the clients' table to columns of a regression: which covariates there are and how each is derived.

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

The columns that are fitted and those of a what-if come from one function, `Profile.having`: it takes the clients'
variables, as they are or changed, and derives dummies, bends, products and splits, by the centres and scales of the
clients fitted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iatrogenesis.core.tables import DataError, flags, numbers, refuse

AGE_BANDS = ("18-25", "26-64", "65-74", "75-89")
AGE_REFERENCE = "26-64"
AGE = "age_band"
STANDARDISED = ("phq9_first", "gad7_first", "deprivation")
CENTRED = ("competence_rating", "burnout_rating", "competence", "burnout")
SPLIT = ("fit_rating", "alliance_rating", "fit")
FLAG = "vulnerable"
BELOW = "_below"
KNOT = -1.0  # SD of competence below which clients fare worse; assumed (config/mechanisms/incompetence.yaml)
PRODUCTS = ("burnout:vulnerable", "burnout_rating:vulnerable")
HINGES = tuple(f"{name}{BELOW}" for name in ("competence", "competence_rating"))
KNOWN = (*STANDARDISED, "age", *CENTRED, *SPLIT, FLAG, *HINGES, *PRODUCTS)


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
    return list(dict.fromkeys(AGE if part == "age" else part for part in parts))


@dataclass(frozen=True)
class Profile:
    """The clients fitted by their variables, each in its own units, and how the columns are derived from these.

    Attributes
    ----------
    variables
        By name, shape (rows,): texts of `AGE_BANDS` for `age_band`, float64 for all others (`vulnerable` is 1 or 0).
    therapist
        int, shape (rows,). Therapist index of each row.
    covariates
        Names among `KNOWN`, in the order of the columns.
    bands
        Age bands that have a column.
    means
        Mean of each variable that is a factor of a product.
    centre, scale
        float64, shape (k,). A column in its own units is ``centre + scale * column``.
    """

    variables: Mapping[str, np.ndarray]
    therapist: np.ndarray
    covariates: tuple[str, ...]
    bands: tuple[str, ...]
    means: Mapping[str, float]
    centre: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, clients: pd.DataFrame, therapist: np.ndarray, covariates: Sequence[str], dataset: str) -> Self:
        """Read the variables of the clients fitted, one row each, and find centres and scales.

        Raises
        ------
        DataError
            Naming data set (`dataset`), column and row: text among numbers, missing values, unknown age bands.
        """
        variables = {name: _variable(clients, name, dataset) for name in source_columns(covariates)}
        used = set(variables[AGE]) if AGE in variables else set()
        bands = tuple(band for band in AGE_BANDS if band != AGE_REFERENCE and band in used)
        factors = {part for name in covariates if ":" in name for part in name.split(":")}
        means = {name: float(variables[name].mean()) for name in factors}
        raw = cls(variables, therapist, tuple(covariates), bands, means, np.zeros(0), np.ones(0))
        columns = raw._derived(variables, variables).values()
        names = raw.names
        centre = [0.0 if name.endswith("_within") else float(c.mean()) for name, c in zip(names, columns, strict=True)]
        # A constant column is refused by the checks, by its name.
        scale = [float(c.std()) or 1.0 if name in STANDARDISED else 1.0 for name, c in zip(names, columns, strict=True)]
        return replace(raw, centre=np.array(centre), scale=np.array(scale))

    @property
    def names(self) -> tuple[str, ...]:
        """The k columns' names."""
        found: list[str] = []
        for name in self.covariates:
            if name == "age":
                found += [f"age[{band}]" for band in self.bands]
            else:
                found += [f"{name}_within", f"{name}_between"] if name in SPLIT else [name]
        return tuple(found)

    def having(self, changed: Mapping[str, ArrayLike] | None = None, *, alone: bool = False) -> np.ndarray:
        """Return every column of the same clients with some of their variables at other values.

        Parameters
        ----------
        changed
            New values by variable, one for all or one per row, shape (rows,), in the variable's own units.
        alone
            Whether each client is the only one who is changed: the therapist's mean then takes the other clients as
            they are. Otherwise all are changed together.

        Returns
        -------
        numpy.ndarray
            float64, shape (rows, k).

        Raises
        ------
        DataError
            If no covariate is made from a variable, or an age band is unknown.
        """
        new = dict(self.variables)
        for name, values in (changed or {}).items():
            if name not in new:
                raise DataError(f"{name!r} is not among the variables of these clients: {', '.join(new)}.")
            given = np.asarray(values)
            if name == AGE and not np.isin(given, AGE_BANDS).all():
                raise DataError(f"{AGE!r} must be one of {', '.join(AGE_BANDS)}.")
            new[name] = np.broadcast_to(given.astype(new[name].dtype), new[name].shape)
        columns = self._derived(new, self.variables if alone else new)
        return np.ascontiguousarray((np.column_stack(list(columns.values())) - self.centre) / self.scale)

    def _derived(self, values: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns in their own units; `others` are the values of a therapist's other clients."""
        found: dict[str, np.ndarray] = {}
        for name in self.covariates:
            if name == "age":
                found |= {f"age[{band}]": (values[AGE] == band).astype(float) for band in self.bands}
            elif name in HINGES:
                found[name] = np.maximum(KNOT - values[name.removesuffix(BELOW)], 0.0)
            elif ":" in name:
                found[name] = np.prod([values[part] - self.means[part] for part in name.split(":")], axis=0)
            elif name in SPLIT:
                mean = self._therapists_mean(values[name], others[name])
                found |= {f"{name}_within": values[name] - mean, f"{name}_between": mean}
            else:
                found[name] = values[name]
        return found

    def _therapists_mean(self, own: np.ndarray, others: np.ndarray) -> np.ndarray:
        number = np.maximum(np.bincount(self.therapist), 1)
        mean = (np.bincount(self.therapist, weights=others) / number)[self.therapist]
        return mean if own is others else mean + (own - others) / number[self.therapist]


def _variable(clients: pd.DataFrame, name: str, dataset: str) -> np.ndarray:
    if name == FLAG:
        return flags(clients, name, dataset).astype(float)
    if name != AGE:
        return numbers(clients, name, dataset)
    bands = clients[name]
    refuse(~bands.isin(AGE_BANDS), bands, f"{dataset}: column {name!r} must be one of {', '.join(AGE_BANDS)}")
    return bands.to_numpy(dtype="U5")

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
`<instrument>_first` of any other instrument  standardised
`x_<name>`, numbers or yes/no                 standardised
`x_<name>`, texts                             one column per level against the most frequent one, centred; levels of
                                              fewer than `FEWEST` clients are one level, `other`, and counted with
                                              the most frequent one if they are too few even together
============================================  =====================================================================

Every column has mean 0, so that the intercept is the log odds of the average client. The split is Mundlak's (1978,
10.2307/1913646): a therapist whose clients fit well on average is not the same thing as a client who fits better than
this therapist's others.

The columns that are fitted and those of a what-if come from one function, `Profile.having`: it takes the clients'
variables, as they are or changed, and derives dummies, bends, products and splits, by the centres and scales of the
clients fitted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
OWN = re.compile(r"[a-z][a-z0-9_]*_first|x_[a-z0-9_]+")
"""Covariates of a service's own, whatever they are called: first scores, and `x_` with a short name."""
FEWEST = 20  # clients of a level that has a column of its own
OTHER = "other"


def known(covariate: str) -> bool:
    """Whether a covariate of this name can be derived."""
    return covariate in KNOWN or OWN.fullmatch(covariate) is not None


def standardised(variable: str) -> bool:
    """Whether columns of a variable are per SD of the clients fitted; texts have dummies instead."""
    return variable in STANDARDISED or (variable not in KNOWN and known(variable))


def source_columns(covariates: Sequence[str]) -> list[str]:
    """Return the columns of the clients' table that these covariates are made from.

    Raises
    ------
    DataError
        If a covariate is unknown or duplicated.
    """
    for name in covariates:
        if not known(name):
            raise DataError(
                f"covariate {name!r} is not known; choose among {', '.join(KNOWN)}, or name a service's own "
                "<instrument>_first or x_<name>."
            )
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
        By name, shape (rows,): texts of `AGE_BANDS` for `age_band`, texts for categories of a service's own, float64
        for all others (`vulnerable` is 1 or 0).
    therapist
        int, shape (rows,). Therapist index of each row.
    covariates
        Names that are `known`, in the order of the columns.
    bands
        Age bands that have a column.
    means
        Mean of each variable that is a factor of a product.
    centre, scale
        float64, shape (k,). A column in its own units is ``centre + scale * column``.
    levels
        Of each category of a service's own, the levels that have a column, `OTHER` last.
    """

    variables: Mapping[str, np.ndarray]
    therapist: np.ndarray
    covariates: tuple[str, ...]
    bands: tuple[str, ...]
    means: Mapping[str, float]
    centre: np.ndarray
    scale: np.ndarray
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
        levels = {name: _levels(each) for name, each in variables.items() if name != AGE and each.dtype.kind == "O"}
        raw = cls(variables, therapist, tuple(covariates), bands, means, np.zeros(0), np.ones(0), levels)
        columns = raw._derived(variables, variables).values()
        names = raw.names
        centre = [0.0 if name.endswith("_within") else float(c.mean()) for name, c in zip(names, columns, strict=True)]
        # A constant column is refused by the checks, by its name.
        scale = [float(c.std()) or 1.0 if standardised(name) else 1.0 for name, c in zip(names, columns, strict=True)]
        return replace(raw, centre=np.array(centre), scale=np.array(scale))

    @property
    def names(self) -> tuple[str, ...]:
        """The k columns' names."""
        found: list[str] = []
        for name in self.covariates:
            if name == "age":
                found += [f"age[{band}]" for band in self.bands]
            elif name in self.levels:
                found += [f"{name}[{level}]" for level in self.levels[name]]
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
            given = np.asarray(values, dtype=object if name in self.levels else None)
            if name == AGE and not np.isin(given, AGE_BANDS).all():
                raise DataError(f"{AGE!r} must be one of {', '.join(AGE_BANDS)}.")
            new[name] = np.broadcast_to(given.astype(new[name].dtype), new[name].shape)
        columns = self._derived(new, self.variables if alone else new)
        return np.ascontiguousarray((np.column_stack(list(columns.values())) - self.centre) / self.scale)

    def of_others(self, clients: pd.DataFrame, dataset: str) -> np.ndarray:
        """Return the columns of clients who were not fitted, by the same centres and scales, shape (their rows, k).

        Raises
        ------
        DataError
            As in `of`; and where a covariate is split by therapist, whose mean is that of the clients fitted.
        """
        if split := [name for name in self.covariates if name in SPLIT]:
            raise DataError(f"{dataset}: {split[0]!r} is split by therapist, which only clients fitted can be.")
        values = {name: _variable(clients, name, dataset) for name in self.variables}
        return (np.column_stack(list(self._derived(values, values).values())) - self.centre) / self.scale

    def _derived(self, values: Mapping[str, np.ndarray], others: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns in their own units; `others` are the values of a therapist's other clients."""
        found: dict[str, np.ndarray] = {}
        for name in self.covariates:
            if name == "age":
                found |= {f"age[{band}]": (values[AGE] == band).astype(float) for band in self.bands}
            elif name in self.levels:
                found |= self._dummies(name, values[name])
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

    def _dummies(self, name: str, values: np.ndarray) -> dict[str, np.ndarray]:
        columns, level_of = self.levels[name], {most: most for most in self.levels[name]}
        if OTHER in columns:  # whoever has no column of the own, but those of the most frequent level
            usual = most_frequent(self.variables[name])
            level_of |= {level: OTHER for level in set(values) if level not in columns and level != usual}
        shown = np.array([level_of.get(level, "") for level in values], dtype=object)
        return {f"{name}[{level}]": (shown == level).astype(float) for level in columns}

    def _therapists_mean(self, own: np.ndarray, others: np.ndarray) -> np.ndarray:
        number = np.maximum(np.bincount(self.therapist), 1)
        mean = (np.bincount(self.therapist, weights=others) / number)[self.therapist]
        return mean if own is others else mean + (own - others) / number[self.therapist]


def most_frequent(values: np.ndarray) -> str:
    """Return the level that most clients have, the first in the alphabet of several."""
    names, number = np.unique(values.astype(str), return_counts=True)
    return str(names[np.argmax(number)])


def _variable(clients: pd.DataFrame, name: str, dataset: str) -> np.ndarray:
    if name == FLAG:
        return flags(clients, name, dataset).astype(float)
    if name not in KNOWN and name != AGE and name.startswith("x_"):
        return _own(clients, name, dataset)
    if name != AGE:
        return numbers(clients, name, dataset)
    bands = clients[name]
    refuse(~bands.isin(AGE_BANDS), bands, f"{dataset}: column {name!r} must be one of {', '.join(AGE_BANDS)}")
    return bands.to_numpy(dtype="U5")


def _own(clients: pd.DataFrame, name: str, dataset: str) -> np.ndarray:
    values = clients[name]
    if pd.api.types.is_bool_dtype(values):
        return flags(clients, name, dataset).astype(float)
    if pd.api.types.is_numeric_dtype(values):
        return numbers(clients, name, dataset)
    refuse(values.isna(), values, f"{dataset}: column {name!r} is missing a value. Fill it in, or leave these rows out")
    return values.astype(str).to_numpy(dtype=object)


def _levels(values: np.ndarray) -> tuple[str, ...]:
    """Levels with a column: those of `FEWEST` clients and more, without the most frequent, and the rest together."""
    names, number = np.unique(values.astype(str), return_counts=True)
    usual = most_frequent(values)
    frequent = [str(name) for name, count in zip(names, number, strict=True) if count >= FEWEST]
    rare = int(number[(number < FEWEST) & (names != usual)].sum())
    own = [name for name in frequent if name not in (usual, OTHER)]
    pooled = rare >= FEWEST or (OTHER in frequent and usual != OTHER)
    return (*own, OTHER) if pooled and usual != OTHER else tuple(own)

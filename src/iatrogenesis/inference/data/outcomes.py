"""The data of one fit: how many clients of which therapist deteriorated, and the covariates, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.covariates import Profile
from iatrogenesis.inference.data.validation import check

Arrays = Mapping[str, tuple[tuple[str, ...], np.ndarray]]


class FitData(Protocol):
    """What every model's data offer to engines and files.

    Attributes
    ----------
    dataset
        Name of the data set; errors, results and random numbers carry it.
    therapist_ids
        The J therapists, in the order of their index.
    OBSERVED
        Names of the arrays that the model explains; the others are given.
    """

    OBSERVED: ClassVar[tuple[str, ...]]

    @property
    def dataset(self) -> str:  # noqa: D102 (above)
        ...

    @property
    def therapist_ids(self) -> tuple[str, ...]:  # noqa: D102 (above)
        ...

    def validate(self) -> Self:
        """Return the data unchanged after every check; a sampler itself checks nothing."""

    def arrays(self) -> Arrays:
        """Return dimensions and values of every array that the model reads, contiguous."""

    def constants(self) -> Arrays:
        """Return what is kept with a posterior besides, for readers: units of the covariates."""

    def coords(self) -> Mapping[str, tuple[str, ...]]:
        """Return the names along each dimension whose length a compiled model fixes."""


def shape_of(data: FitData) -> tuple[tuple[str, int], ...]:
    """Return what a compiled model fixes: each named dimension and its length."""
    return tuple((name, len(values)) for name, values in data.coords().items())


def contiguous(values: np.ndarray, dtype: type = np.float64) -> np.ndarray:
    """Return an array as samplers take it: they read its memory as it lies."""
    return np.ascontiguousarray(values, dtype=dtype)


@dataclass(frozen=True)
class OutcomeData:
    """Deterioration counts in rows, each row belonging to one therapist (or service, or hospital).

    A row is one client (``trials`` 1) or all clients of a therapist (``trials`` many): the likelihood is the same.

    Attributes
    ----------
    dataset
        Name of the data set; errors and results carry it.
    deteriorated
        int, shape (rows,). Clients who deteriorated.
    trials
        int, shape (rows,). Clients whose course was finished.
    therapist
        int, shape (rows,). Index into `therapist_ids`.
    therapist_ids
        The J therapists, in the order of the index.
    covariates
        float64, shape (rows, k). Centred (and for some scaled) columns.
    covariate_names
        The k names, in column order.
    centre, scale
        float64, shape (k,). A column in its own units is ``centre + scale * column``.
    allow_empty
        Whether therapists without clients may be in `therapist_ids`. Their effect is then a draw from the population,
        which leaves the posterior of everything else as it is, because effects are exchangeable normals.
    service
        int, shape (J,). Each therapist's index into `service_ids`; empty where services are not told apart.
    service_ids
        The services, in the order of the index.
    profile
        What the covariates are derived from, where they come from a table of clients: what-ifs change it.
    """

    OBSERVED: ClassVar = ("deteriorated",)

    dataset: str
    deteriorated: np.ndarray
    trials: np.ndarray
    therapist: np.ndarray
    therapist_ids: tuple[str, ...]
    covariates: np.ndarray = None  # pyrefly: ignore[bad-assignment]: none given is none of them, for so many rows
    covariate_names: tuple[str, ...] = ()
    centre: np.ndarray = field(default_factory=lambda: np.zeros(0))
    scale: np.ndarray = field(default_factory=lambda: np.ones(0))
    allow_empty: bool = False
    service: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    service_ids: tuple[str, ...] = ()
    profile: Profile | None = field(default=None, repr=False)

    def __post_init__(self):
        if self.covariates is None:
            object.__setattr__(self, "covariates", np.zeros((np.size(self.deteriorated), 0)))

    @property
    def clients(self) -> np.ndarray:
        """Clients per therapist, int, shape (J,)."""
        return self._per_therapist(self.trials)

    @property
    def events(self) -> np.ndarray:
        """Deteriorated clients per therapist, int, shape (J,)."""
        return self._per_therapist(self.deteriorated)

    def arrays(self) -> Arrays:
        """Return the arrays by name; covariates and services where there are any."""
        found: dict[str, tuple[tuple[str, ...], np.ndarray]] = {
            "deteriorated": (("row",), contiguous(self.deteriorated, np.int64)),
            "trials": (("row",), contiguous(self.trials, np.int64)),
            "therapist_index": (("row",), contiguous(self.therapist, np.int64)),
        }
        if self.covariate_names:
            found["covariates"] = (("row", "covariate"), contiguous(self.covariates))
        if self.service_ids:
            found["service_index"] = (("therapist",), contiguous(self.service, np.int64))
        return found

    def constants(self) -> Arrays:
        """Return centres and scales of the covariates, where there are any."""
        units = {"centre": self.centre, "scale": self.scale} if self.covariate_names else {}
        return {name: (("covariate",), values) for name, values in units.items()}

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists, and covariates and services where there are any."""
        named = {"therapist": self.therapist_ids, "covariate": self.covariate_names, "service": self.service_ids}
        return {name: values for name, values in named.items() if values}

    def validate(self) -> Self:
        """Return the data unchanged after every check of `iatrogenesis.inference.data.validation`.

        The engines call this before each fit: the sampler itself checks no index, length or type, and would return
        plausible numbers for wrong data.

        Raises
        ------
        DataError
            On the first thing that is wrong, naming data set, field and row.
        """
        check(self)
        return self

    def over(self, therapist_ids: Sequence[str]) -> Self:
        """Return the same data among more therapists, those who are new having no clients.

        One compiled model has a fixed number of therapists; so data sets of different sizes can share it.

        Raises
        ------
        DataError
            If a therapist of the data is not among `therapist_ids`.
        """
        position = {name: index for index, name in enumerate(therapist_ids)}
        if lost := [name for name in self.therapist_ids if name not in position]:
            raise DataError(f"{self.dataset}: therapist {lost[0]!r} is not in the given therapist_ids; add it.")
        if self.service_ids:
            raise DataError(f"{self.dataset}: therapists of no known service cannot be added; build the data anew.")
        index = np.array([position[name] for name in self.therapist_ids])[self.therapist]
        return replace(self, therapist=index, therapist_ids=tuple(therapist_ids), allow_empty=True).validate()

    def _per_therapist(self, values: np.ndarray) -> np.ndarray:
        total = np.zeros(len(self.therapist_ids), dtype=np.int64)
        np.add.at(total, self.therapist, values)
        return total


def counts(
    dataset: str,
    unit_ids: Sequence[str],
    deteriorated: ArrayLike,
    trials: ArrayLike,
    *,
    allow_empty: bool = False,
) -> OutcomeData:
    """Make binomial data of one row per unit (therapist, service or hospital).

    Parameters
    ----------
    dataset
        Name of the data set.
    unit_ids
        Names, one per unit, without duplicates.
    deteriorated, trials
        Whole numbers, one per unit.
    allow_empty
        Whether units with zero trials may be there.

    Raises
    ------
    DataError
        See `OutcomeData.validate`.
    """
    return OutcomeData(
        dataset=dataset,
        deteriorated=np.asarray(deteriorated),
        trials=np.asarray(trials),
        therapist=np.arange(len(unit_ids)),
        therapist_ids=tuple(unit_ids),
        allow_empty=allow_empty,
    ).validate()

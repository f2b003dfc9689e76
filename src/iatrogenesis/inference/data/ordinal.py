"""The data of the model `ordinal`: each client's outcome in four steps, and the covariates, checked."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, flags, refuse, require_columns
from iatrogenesis.inference.data.outcomes import Arrays, OutcomeData, contiguous

CATEGORIES = ("deteriorated", "unchanged", "improved", "recovered")  # from worst to best


@dataclass(frozen=True)
class OrdinalData:
    """One row per client.

    Attributes
    ----------
    people
        Therapists, covariates and whether each client deteriorated: the data of the model `therapist`.
    outcome
        int, shape (rows,). Index into `CATEGORIES`.
    """

    OBSERVED: ClassVar = ("outcome",)

    people: OutcomeData
    outcome: np.ndarray = field(repr=False)

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.people.dataset

    @property
    def therapist_ids(self) -> tuple[str, ...]:
        """The therapists, in the order of their index."""
        return self.people.therapist_ids

    @property
    def covariate_names(self) -> tuple[str, ...]:
        """Names of the covariates' columns."""
        return self.people.covariate_names

    def arrays(self) -> Arrays:
        """Return outcome, therapist and covariates."""
        found = dict(self.people.arrays())
        del found["deteriorated"], found["trials"]  # the outcome says both
        return {"outcome": (("row",), contiguous(self.outcome, np.int64)), **found}

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists, covariates and categories."""
        return {**self.people.coords(), "category": CATEGORIES, "threshold": CATEGORIES[:-1]}

    def constants(self) -> Arrays:
        """Return centres and scales of the covariates."""
        return self.people.constants()

    def validate(self) -> Self:
        """Return the data unchanged after every check.

        Raises
        ------
        DataError
            On the first thing that is wrong.
        """
        self.people.validate()
        if np.shape(self.outcome) != np.shape(self.people.deteriorated):
            raise DataError(f"{self.dataset}: outcome must have one value per row, found {np.shape(self.outcome)}.")
        if not np.issubdtype(self.outcome.dtype, np.integer):
            raise DataError(f"{self.dataset}: outcome must be whole numbers, found type {self.outcome.dtype}.")
        wrong = (self.outcome < 0) | (self.outcome >= len(CATEGORIES))
        refuse(wrong, self.outcome, f"{self.dataset}: outcome must be an index from 0 to {len(CATEGORIES) - 1}")
        wrong = (self.outcome == 0) != (self.people.deteriorated == 1)
        refuse(wrong, self.outcome, f"{self.dataset}: outcome must be 0 for those who deteriorated and for nobody else")
        return self


def outcome_of(clients: pd.DataFrame, dataset: str) -> np.ndarray:
    """Return each finished client's step: deteriorated, unchanged, improved, or recovered (improved, and well now).

    Raises
    ------
    DataError
        If a column is missing or a finished course has no answer.
    """
    require_columns(clients, ("finished", "deteriorated", "improved", "recovered"), dataset)
    finished = clients[flags(clients, "finished", dataset)]
    worse, better = (flags(finished, name, dataset) for name in ("deteriorated", "improved"))
    well = finished["recovered"].fillna(False).to_numpy(dtype=bool)  # missing where there was nothing to recover from
    both = worse & better
    refuse(both, finished["client_id"], f"{dataset}: columns 'deteriorated' and 'improved' are both true. Correct one")
    return np.select([worse, better & well, better], [0, 3, 2], default=1).astype(np.int64)

"""The data of the model `dropout`: after each session, how many came again, dropped out, or completed."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, numbers, refuse, require_columns
from iatrogenesis.inference.data.outcomes import Arrays, contiguous

STAGES = {"1": (1, 1), "2": (2, 2), "3": (3, 3), "4": (4, 4), "5-6": (5, 6), "7-9": (7, 9), "10-14": (10, 14)}
LAST_STAGE = "15+"
EVENTS = {"dropped_out": "dropped out", "completed": "completed"}


@dataclass(frozen=True)
class EndingData:
    """One row per therapist, stage and covariate pattern: sessions after which something could happen, counted.

    Attributes
    ----------
    dataset
        Name of the data set.
    counts
        int, shape (rows, 3): sessions, and after how many of them clients dropped out, and completed.
    stage
        int, shape (rows,). Index into `stage_names`.
    therapist, therapist_ids
        As elsewhere.
    covariates, covariate_names
        float64, shape (rows, k).
    """

    OBSERVED: ClassVar = ("counts",)

    dataset: str
    counts: np.ndarray = field(repr=False)
    stage: np.ndarray = field(repr=False)
    therapist: np.ndarray = field(repr=False)
    therapist_ids: tuple[str, ...]
    covariates: np.ndarray = field(repr=False)
    covariate_names: tuple[str, ...]
    stage_names: tuple[str, ...] = (*STAGES, LAST_STAGE)

    def arrays(self) -> Arrays:
        """Return counts, stages, therapists and covariates."""
        return {
            "counts": (("row", "count"), contiguous(self.counts, np.int64)),
            "stage_index": (("row",), contiguous(self.stage, np.int64)),
            "therapist_index": (("row",), contiguous(self.therapist, np.int64)),
            "covariates": (("row", "covariate"), contiguous(self.covariates)),
        }

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists, covariates, stages and what is counted."""
        return {
            "therapist": self.therapist_ids,
            "covariate": self.covariate_names,
            "stage": self.stage_names,
            "count": ("sessions", *EVENTS),
        }

    def constants(self) -> Arrays:
        """Return nothing more."""
        return {}

    def validate(self) -> Self:
        """Return the data unchanged after every check.

        Raises
        ------
        DataError
            On the first thing that is wrong.
        """
        rows = len(self.counts)
        if rows == 0 or self.counts.shape != (rows, 3) or not np.issubdtype(self.counts.dtype, np.integer):
            raise DataError(f"{self.dataset}: counts must be whole numbers, three per row, found {self.counts.shape}.")
        wrong = (self.counts < 0).any(axis=1) | (self.counts[:, 1:].sum(axis=1) > self.counts[:, 0])
        refuse(
            wrong, self.counts.tolist(), f"{self.dataset}: more courses ended than there were sessions. Correct them"
        )
        for name, values, size in (
            ("stage", self.stage, len(self.stage_names)),
            ("therapist", self.therapist, len(self.therapist_ids)),
        ):
            if values.shape != (rows,) or not np.issubdtype(values.dtype, np.integer):
                raise DataError(f"{self.dataset}: {name} must hold one whole number per row.")
            refuse((values < 0) | (values >= size), values, f"{self.dataset}: {name} must be an index below {size}")
        if self.covariates.shape != (rows, len(self.covariate_names)) or not np.all(np.isfinite(self.covariates)):
            raise DataError(f"{self.dataset}: covariates must be finite, one row each, one column per name.")
        return self


def stage_of(session: np.ndarray) -> np.ndarray:
    """Return the stage of each session, int, counted from 1."""
    return np.searchsorted([*[low for low, _ in STAGES.values()][1:], 15], session, side="right").astype(np.int64)


def from_courses(
    sessions: pd.DataFrame, clients: pd.DataFrame, *, dataset: str, score: str, reliable_change: float
) -> EndingData:
    """Return every session's ending, counted by therapist, stage and whether the client was reliably worse by then.

    Parameters
    ----------
    sessions
        client_id, session and the instrument's column.
    clients
        client_id, therapist_id, end (completed, dropped_out; anything else counts as coming again), n_sessions, and the
        ratings competence_rating and burnout_rating; of the latter each therapist's mean is taken.
    reliable_change
        Points above the first score from which a client counts as worse.

    Raises
    ------
    DataError
        If a column is missing or holds something else.
    """
    require_columns(sessions, ("client_id", "session", score), dataset)
    ratings = ("competence_rating", "burnout_rating")
    require_columns(clients, ("client_id", "therapist_id", "end", "n_sessions", *ratings), dataset)
    people = clients.set_index("client_id")
    unknown = ~sessions["client_id"].isin(people.index)
    refuse(unknown, sessions["client_id"], f"{dataset}: sessions of a client who is not in the table of clients")
    sessions = sessions.sort_values(["client_id", "session"], kind="stable", ignore_index=True)
    values, session = numbers(sessions, score, dataset), numbers(sessions, "session", dataset)
    first = sessions.groupby("client_id")[score].transform("first").to_numpy(dtype=float)
    at = people.loc[sessions["client_id"]]
    last = session == at["n_sessions"].to_numpy()
    ids = tuple(sorted(people["therapist_id"].unique()))
    table = pd.DataFrame(
        {
            "therapist": pd.Index(ids).get_indexer(at["therapist_id"]),
            "stage": stage_of(session),
            "worse": (values - first >= reliable_change).astype(int),
            "sessions": 1,
            **{name: (last & (at["end"] == name).to_numpy()).astype(int) for name in EVENTS},
        }
    )
    keys = ["therapist", "stage", "worse"]
    counted = table.groupby(keys, as_index=False)[["sessions", *EVENTS]].sum()
    of_therapist = people.groupby("therapist_id")[list(ratings)].mean().loc[list(ids)]
    centred = (of_therapist - of_therapist.mean()).to_numpy(dtype=float)
    therapist = counted["therapist"].to_numpy(dtype=np.int64)
    return EndingData(
        dataset=dataset,
        counts=counted[["sessions", *EVENTS]].to_numpy(dtype=np.int64),
        stage=counted["stage"].to_numpy(dtype=np.int64),
        therapist=therapist,
        therapist_ids=ids,
        covariates=np.column_stack([counted["worse"].to_numpy(dtype=float), centred[therapist]]),
        covariate_names=("worse", *ratings),
    ).validate()

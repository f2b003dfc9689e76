"""The data of the model `growth`: every session's score, in the few sums per client that a normal model needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, numbers, refuse, require_columns
from iatrogenesis.inference.data.covariates import Profile, source_columns
from iatrogenesis.inference.data.outcomes import Arrays, contiguous

SUMS = ("sessions", "time", "time_squared", "score", "time_score", "score_squared")


@dataclass(frozen=True)
class SessionData:
    """One row per client: sums over sessions. With time t and score y they say all that the model can ask.

    Attributes
    ----------
    dataset
        Name of the data set.
    sums
        float64, shape (clients, 6): number of sessions, sums of t, t^2, y, t y and y^2. Scores are taken from `centre`.
    therapist
        int, shape (clients,). Index into `therapist_ids`.
    therapist_ids
        The J therapists.
    covariates, covariate_names
        As in `OutcomeData`.
    score
        The instrument.
    centre
        Subtracted from each score, so that squares stay small.
    times
        Times of each client's sessions, for replicated data.
    """

    OBSERVED: ClassVar = ("sums",)

    dataset: str
    sums: np.ndarray = field(repr=False)
    therapist: np.ndarray = field(repr=False)
    therapist_ids: tuple[str, ...]
    covariates: np.ndarray = field(repr=False)
    covariate_names: tuple[str, ...]
    score: str
    centre: float
    times: np.ndarray = field(repr=False)
    row: np.ndarray = field(repr=False)

    def arrays(self) -> Arrays:
        """Return the sums, therapists and covariates."""
        return {
            "sums": (("row", "sum"), contiguous(self.sums)),
            "therapist_index": (("row",), contiguous(self.therapist, np.int64)),
            "covariates": (("row", "covariate"), contiguous(self.covariates)),
        }

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists, covariates and the names of the sums."""
        return {"therapist": self.therapist_ids, "covariate": self.covariate_names, "sum": SUMS}

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
        rows = len(self.sums)
        if rows == 0 or self.sums.shape != (rows, len(SUMS)) or not np.all(np.isfinite(self.sums)):
            raise DataError(f"{self.dataset}: sums must be finite, six per client, found shape {self.sums.shape}.")
        if self.therapist.shape != (rows,) or not np.issubdtype(self.therapist.dtype, np.integer):
            raise DataError(f"{self.dataset}: therapist must hold one whole number per client.")
        outside = (self.therapist < 0) | (self.therapist >= len(self.therapist_ids))
        refuse(
            outside, self.therapist, f"{self.dataset}: therapist must be an index into {len(self.therapist_ids)} ids"
        )
        if self.covariates.shape != (rows, len(self.covariate_names)) or not np.all(np.isfinite(self.covariates)):
            raise DataError(f"{self.dataset}: covariates must be finite, one row per client, one column per name.")
        if self.sums[:, 0].sum() < 3 * rows / 2 or not np.any(self.sums[:, 0] >= 3):
            raise DataError(f"{self.dataset}: growth needs clients with three sessions or more. Use all sessions.")
        return self


def time_of(session: np.ndarray) -> np.ndarray:
    """Doublings of the number of sessions since the first: early sessions change more than late ones."""
    return np.log2(session)


def summed(times: np.ndarray, scores: np.ndarray, row: np.ndarray, clients: int) -> np.ndarray:
    """Return the sums of each client, shape (clients, 6)."""
    terms = (np.ones_like(times), times, times**2, scores, times * scores, scores**2)
    return np.column_stack([np.bincount(row, weights=term, minlength=clients) for term in terms])


def from_sessions(
    sessions: pd.DataFrame, clients: pd.DataFrame, covariates: Sequence[str], *, dataset: str, score: str
) -> SessionData:
    """Return every client's sessions as data of the model `growth`.

    Parameters
    ----------
    sessions
        client_id, session (counted from 1) and the instrument's column.
    clients
        client_id, therapist_id and the covariates' columns, one row per client.
    score
        Column of the instrument, such as ``"phq9"``.

    Raises
    ------
    DataError
        Naming data set, column and row: missing columns or values, sessions of unknown clients, the same session twice.
    """
    require_columns(sessions, ("client_id", "session", score), dataset)
    require_columns(clients, ("client_id", "therapist_id", *source_columns(covariates)), dataset)
    clients = clients.reset_index(drop=True)
    twice = clients["client_id"].duplicated()
    refuse(twice, clients["client_id"], f"{dataset}: column 'client_id' holds a client more than once. Keep one course")
    session, scores = numbers(sessions, "session", dataset), numbers(sessions, score, dataset)
    wrong = (session < 1) | (session != np.floor(session))
    refuse(wrong, sessions["session"], f"{dataset}: column 'session' must count from 1 in whole numbers")
    row = pd.Index(clients["client_id"]).get_indexer(sessions["client_id"])
    refuse(row < 0, sessions["client_id"], f"{dataset}: sessions of a client who is not in the table of clients")
    twice = pd.DataFrame({"row": row, "session": session}).duplicated().to_numpy()
    refuse(twice, sessions["client_id"], f"{dataset}: duplicate session of a client. Keep one")
    present = np.bincount(row, minlength=len(clients)) > 0
    if not np.all(present):
        clients = clients[present].reset_index(drop=True)
        row = (np.cumsum(present) - 1)[row]
    ids = tuple(sorted(clients["therapist_id"].unique()))
    therapist = pd.Index(ids).get_indexer(clients["therapist_id"]).astype(np.int64)
    profile, times = Profile.of(clients, therapist, covariates, dataset), time_of(session)
    centre = float(np.rint(scores.mean()))
    return SessionData(
        dataset=dataset,
        sums=summed(times, scores - centre, row, len(clients)),
        therapist=therapist,
        therapist_ids=ids,
        covariates=profile.having(),
        covariate_names=profile.names,
        score=score,
        centre=centre,
        times=times,
        row=row,
    ).validate()

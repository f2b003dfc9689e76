"""The data of the model `joint`: every session's score, and whether the client dropped out after it."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError, require_columns
from iatrogenesis.inference.data.endings import LAST_STAGE, STAGES, stage_of
from iatrogenesis.inference.data.outcomes import Arrays, contiguous
from iatrogenesis.inference.data.sessions import SessionData, from_sessions

STAGE_NAMES = (*STAGES, LAST_STAGE)


@dataclass(frozen=True)
class JointData:
    """Scores as sums per client, and one entry per session of what could happen after it.

    Attributes
    ----------
    courses
        The data of the model `growth`; its `times` and `row` are those of the entries below.
    stage
        int, shape (sessions,). Index into `STAGE_NAMES`.
    at_risk
        float64, shape (sessions,). 1 where the client could drop out; 0 where the course was completed, and in
        replicated data for sessions that did not take place.
    left
        float64, shape (sessions,). 1 where the client dropped out.
    """

    OBSERVED: ClassVar = ("sums", "left", "at_risk")

    courses: SessionData
    stage: np.ndarray = field(repr=False)
    at_risk: np.ndarray = field(repr=False)
    left: np.ndarray = field(repr=False)

    @property
    def people(self) -> SessionData:
        """The courses, which carry the name of the data set."""
        return self.courses

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.courses.dataset

    @property
    def therapist_ids(self) -> tuple[str, ...]:
        """The therapists, in the order of their index."""
        return self.courses.therapist_ids

    @property
    def covariate_names(self) -> tuple[str, ...]:
        """Names of the covariates' columns."""
        return self.courses.covariate_names

    def arrays(self) -> Arrays:
        """Return the arrays of `growth`, and those of the sessions."""
        return {
            **self.courses.arrays(),
            "time": (("session",), contiguous(self.courses.times)),
            "client_index": (("session",), contiguous(self.courses.row, np.int64)),
            "stage_index": (("session",), contiguous(self.stage, np.int64)),
            "at_risk": (("session",), contiguous(self.at_risk)),
            "left": (("session",), contiguous(self.left)),
        }

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists, covariates, sums and stages."""
        return {**self.courses.coords(), "stage": STAGE_NAMES}

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
        self.courses.validate()
        shape = self.courses.times.shape
        for name in ("stage", "at_risk", "left"):
            if np.shape(getattr(self, name)) != shape:
                raise DataError(f"{self.dataset}: {name} must have one value per session, {shape[0]} in all.")
        if np.any((self.stage < 0) | (self.stage >= len(STAGE_NAMES))):
            raise DataError(f"{self.dataset}: stage must be an index below {len(STAGE_NAMES)}.")
        if not np.isin(self.at_risk, (0, 1)).all() or not np.isin(self.left, (0, 1)).all():
            raise DataError(f"{self.dataset}: at_risk and left must be 0 or 1.")
        if np.any(self.left > self.at_risk):
            raise DataError(f"{self.dataset}: a client left after a session after which that could not be.")
        return self


def from_endings(
    sessions: pd.DataFrame, clients: pd.DataFrame, covariates: tuple[str, ...], *, dataset: str, score: str
) -> JointData:
    """Return every client's sessions and ending.

    Parameters
    ----------
    sessions, clients, covariates, score
        As for `iatrogenesis.inference.data.sessions.from_sessions`; clients also with end (completed, dropped_out) and
        n_sessions.

    Raises
    ------
    DataError
        As there.
    """
    require_columns(clients, ("client_id", "end", "n_sessions"), dataset)
    courses = from_sessions(sessions, clients, covariates, dataset=dataset, score=score)
    at = clients.set_index("client_id").loc[sessions["client_id"]]
    session = sessions["session"].to_numpy()
    last, end = session == at["n_sessions"].to_numpy(), at["end"].to_numpy()
    return JointData(
        courses=courses,
        stage=stage_of(session),
        at_risk=1.0 - (last & (end == "completed")),
        left=(last & (end == "dropped_out")).astype(float),
    ).validate()

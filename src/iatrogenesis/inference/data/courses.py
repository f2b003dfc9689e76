"""Whole courses: every session's scores on all instruments, and whose score at the end nobody has seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import FIRST_JUDGED_SESSION
from iatrogenesis.core.tables import DataError, flags, numbers, refuse, require_columns
from iatrogenesis.inference.data.sessions import from_sessions

MISSING = {"no second score": "came once", "left early": "dropped out, or came once"}
"""Whose score at the end counts as unseen, and who that is. A service that takes the last score of those who dropped
out for their outcome says the first; that they left before their end says the second."""
LEFT = "dropped_out"


@dataclass(frozen=True)
class Courses:
    """One row per client who started; n clients, m instruments.

    Attributes
    ----------
    dataset
        Name of the data set.
    instruments
        The m instruments, as columns are named after them.
    scores, times, row
        Of every session: scores (sessions, m) less `centre`, doublings of the number of sessions, and the client's row.
    centre
        Shape (m,).
    first, last
        Scores at the first and at the last session attended, shape (n, m).
    sessions
        Attended, int, shape (n,).
    therapist, therapist_ids
        As in `OutcomeData`.
    design
        Column of ones and the covariates, shape (n, 1 + k).
    completed
        Whether the course came to its end, bool, shape (n,).
    unseen
        By definition of `MISSING`, whose score at the end is not known, bool, shape (n,).
    """

    dataset: str
    instruments: tuple[str, ...]
    scores: np.ndarray = field(repr=False)
    times: np.ndarray = field(repr=False)
    row: np.ndarray = field(repr=False)
    centre: np.ndarray = field(repr=False)
    first: np.ndarray = field(repr=False)
    last: np.ndarray = field(repr=False)
    sessions: np.ndarray = field(repr=False)
    therapist: np.ndarray = field(repr=False)
    therapist_ids: tuple[str, ...]
    design: np.ndarray = field(repr=False)
    completed: np.ndarray = field(repr=False)
    unseen: dict[str, np.ndarray] = field(repr=False)

    def without_end(self) -> "Courses":
        """Return the same courses, those that were completed without their last score; `last` keeps it.

        Courses of two sessions keep both.
        """
        final = self.times == np.log2(self.sessions)[self.row]
        kept = ~(final & self.hidden[self.row])
        return replace(self, scores=self.scores[kept], times=self.times[kept], row=self.row[kept])

    @property
    def hidden(self) -> np.ndarray:
        """Whose last score `without_end` leaves out, bool, shape (n,)."""
        return self.completed & (self.sessions > FIRST_JUDGED_SESSION)


def from_courses(
    sessions: pd.DataFrame,
    clients: pd.DataFrame,
    covariates: Sequence[str],
    instruments: Sequence[str],
    *,
    dataset: str,
) -> Courses:
    """Return every course that was started.

    Parameters
    ----------
    sessions
        client_id, session (counted from 1) and a column per instrument.
    clients
        client_id, therapist_id, finished, end (`dropped_out` for those who left) and the covariates' columns.
    covariates
        As in `iatrogenesis.inference.data.covariates`.
    instruments
        By which change is judged.

    Raises
    ------
    DataError
        As `iatrogenesis.inference.data.sessions.from_sessions`; a client without a first session; nobody who completed
        a course of several sessions, from whom alone is known what an end looks like.
    """
    require_columns(clients, ("client_id", "finished", "end"), dataset)
    require_columns(sessions, ("client_id", "session", *instruments), dataset)
    sessions = sessions.sort_values(["client_id", "session"], kind="stable", ignore_index=True)
    found = from_sessions(sessions, clients, covariates, dataset=dataset, score=instruments[0])
    scores = np.column_stack([numbers(sessions, name, dataset) for name in instruments])
    clients = clients[clients["client_id"].isin(sessions["client_id"])].reset_index(drop=True)
    first, last = _ends(found.row, sessions["session"].to_numpy())
    late = sessions["session"].to_numpy()[first] != 1
    refuse(late, clients["client_id"], f"{dataset}: a client has no first session, so change cannot be judged")
    once = ~flags(clients, "finished", dataset)
    left = (clients["end"] == LEFT).to_numpy() | once
    count = np.bincount(found.row, minlength=len(clients))
    gap = sessions["session"].to_numpy()[last] != count
    refuse(gap, clients["client_id"], f"{dataset}: a client lacks a session between the first and the last")
    if not np.any(~left & (count > 1)):
        raise DataError(f"{dataset}: nobody completed a course, so there is no end that could be imputed.")
    centre = np.rint(scores.mean(axis=0))
    return Courses(
        dataset=dataset,
        instruments=tuple(instruments),
        scores=scores - centre,
        times=found.times,
        row=found.row,
        centre=centre,
        first=scores[first],
        last=scores[last],
        sessions=count,
        therapist=found.therapist,
        therapist_ids=found.therapist_ids,
        design=np.column_stack([np.ones(len(clients)), found.covariates]),
        completed=~left,
        unseen=dict(zip(MISSING, (once, left), strict=True)),
    )


def _ends(row: np.ndarray, session: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of each client's first and last session, shape (n,) each, of sessions in order."""
    order = np.lexsort((session, row))
    changes = np.flatnonzero(np.diff(row[order])) + 1
    return order[np.append(0, changes)], order[np.append(changes - 1, len(row) - 1)]

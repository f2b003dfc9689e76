"""What is known of every client when all have ended."""

from dataclasses import dataclass

import numpy as np

KEPT = (
    "level", "fluctuation", "transient", "second", "damage", "strained", "session", "noticed", "referred", "fit",
    "core", "end", "start_week", "burnout_at_start", "burnout_rating", "alliance_rating_sum", "pressure_sum",
    "ruptures", "repairs", "crises", "distressed_sessions",
)  # fmt: skip
"""Quantities that a client keeps from session to session, besides scores and the mechanisms' own states."""

PASSING = (
    "competence", "therapist_drift", "therapist_dropout", "burnout", "pressure",
    "alliance", "rupture", "repaired", "crisis", "rise", "worse", "severity",
)  # fmt: skip
"""Quantities of this therapist or this session."""

SCORES = ("first", "last", "true_first", "true_last")
"""Scores of each instrument that a client keeps; the true ones are without error."""

COUNTS = ("session", "start_week", "ruptures", "repairs", "crises", "distressed_sessions")
"""Those of the kept quantities that are whole numbers."""


@dataclass(frozen=True)
class State:
    """Every client at the end of the course, shape (clients,).

    Attributes
    ----------
    level, fluctuation, transient
        Parts of true severity, points: lasting, fluctuating, and what will pass.
    second
        Severity of symptoms of another kind, points.
    session
        Sessions attended.
    end
        Position in `ENDS` of how the course ended.
    noticed
        Whether the (last) therapist ever noticed that the client was not on track.
    referred
        Whether another therapist took over.
    row
        Row of the last therapist.
    distressed_sessions
        Sessions from the second on at which the client was reliably worse or in crisis.
    first, last
        Scores by instrument.
    true_first, true_last
        What they would be without error.
    specific
        The instruments' own moving parts at the end, in SD, by ``own.<instrument>``.
    own
        The mechanisms' own states by ``kind.name``.
    """

    level: np.ndarray
    fluctuation: np.ndarray
    transient: np.ndarray
    second: np.ndarray
    session: np.ndarray
    start_week: np.ndarray
    end: np.ndarray
    noticed: np.ndarray
    referred: np.ndarray
    row: np.ndarray
    burnout_at_start: np.ndarray
    burnout_rating: np.ndarray
    alliance_rating_sum: np.ndarray
    pressure_sum: np.ndarray
    ruptures: np.ndarray
    repairs: np.ndarray
    crises: np.ndarray
    distressed_sessions: np.ndarray
    first: dict[str, np.ndarray]
    last: dict[str, np.ndarray]
    true_first: dict[str, np.ndarray]
    true_last: dict[str, np.ndarray]
    specific: dict[str, np.ndarray]
    own: dict[str, np.ndarray]

    @property
    def severity(self) -> np.ndarray:
        """True severity at the end, points."""
        return self.level + self.fluctuation + self.transient

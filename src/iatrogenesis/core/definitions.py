"""The definitions that every count depends on: one place for code, tables and the words of pages.

Each is sourced, or marked as a choice of this study. Pages print `WORDS`, so that a definition is changed here and
nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import EachOnce, Strict

FIRST_JUDGED_SESSION = 2
"""The first session whose scores can be compared with earlier ones, the first one being the baseline."""

HARMFUL_RATIO = 2.0
"""A therapist is harmful whose rate exceeds this multiple of the mean rate; a choice of this study."""

FLAG_PROBABILITY = 0.8
"""A therapist is flagged if the posterior probability of being harmful is at least this; a choice of this study."""

CERTAIN_PROBABILITY = 0.9
"""Above it the report calls a therapist nearly certain to be harmful; a choice of this study."""

REFERENCE: Mapping[str, tuple] = {"mechanisms": (), "preventions": ()}
"""Fields of a scenario in its reference world. Competence, burnout and fit act by mechanisms, which do nothing at the
mean of the reference population; so without mechanisms everybody fares as at the mean. A choice of this study."""


def can_be_judged(sessions: np.ndarray) -> np.ndarray:
    """Whether change can be judged after so many sessions, shape kept."""
    return sessions >= FIRST_JUDGED_SESSION


def finished(sessions: np.ndarray) -> np.ndarray:
    """Finished courses: those that can be judged at their end, dropping out included.

    Parameters
    ----------
    sessions
        Sessions attended, shape (clients,).
    """
    return can_be_judged(sessions)


def judged_sessions(sessions: np.ndarray) -> np.ndarray:
    """Number of sessions after which change could be judged, of so many attended; shape kept."""
    return np.maximum(sessions - (FIRST_JUDGED_SESSION - 1), 0)


def flagged(probability: ArrayLike) -> Any:
    """Whether therapists with these posterior probabilities of being harmful are flagged; shape kept."""
    return np.asarray(probability) >= FLAG_PROBABILITY


def harmful_rate(mean_rate: ArrayLike) -> Any:
    """The rate above which a therapist is harmful, at most 1, from the mean rate; numbers or arrays."""
    return np.minimum(HARMFUL_RATIO * np.asarray(mean_rate), 1.0)[()]


class Judgement(Strict):
    """Reliable change by one or more instruments.

    The rule of NHS Talking Therapies (nhsengland2025nhstt): *deteriorated* is worse by the reliable change on at least
    one instrument and improved on none; *improved* the other way round. With one instrument it is the plain reliable
    change index (Jacobson & Truax, 10.1037/0022-006X.59.1.12).
    """

    instruments: Annotated[tuple[str, ...], EachOnce] = Field(min_length=1)

    def worse_and_better(
        self, first: Mapping[str, np.ndarray], last: Mapping[str, np.ndarray], rules: Instruments
    ) -> tuple[np.ndarray, np.ndarray]:
        """Deteriorated and improved, boolean arrays of the shape of the scores."""
        known = rules.by_name()
        rises = {name: last[name].astype(float) - first[name].astype(float) for name in self.instruments}
        threshold = {name: float(known[name].reliable_change) for name in self.instruments}
        up = reduce(np.logical_or, (rises[name] >= threshold[name] for name in self.instruments))
        down = reduce(np.logical_or, (-rises[name] >= threshold[name] for name in self.instruments))
        return up & ~down, down & ~up

    def caseness(self, scores: Mapping[str, np.ndarray], rules: Instruments) -> np.ndarray:
        """Whether any instrument is at or above its cut-off for caseness."""
        known = rules.by_name()
        return reduce(np.logical_or, (scores[name] >= float(known[name].caseness) for name in self.instruments))

    def well(
        self, first: Mapping[str, np.ndarray], last: Mapping[str, np.ndarray], improved: np.ndarray, rules: Instruments
    ) -> np.ndarray:
        """Whether it is good enough: below caseness, and *improved* if that was not so at first; shape kept."""
        return ~self.caseness(last, rules) & (improved | ~self.caseness(first, rules))


@dataclass(frozen=True)
class Definition:
    """A definition in the words of the report: the term, what it means, and where that comes from."""

    term: str
    meaning: str
    source: str


COUNTS: Mapping[float, str] = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
TIMES: Mapping[float, str] = {2.0: "twice", 3.0: "three times"}


def _words(number: float, known: Mapping[float, str], form: str) -> str:
    return known.get(number, form.format(f"{number:g}"))


SESSIONS_IN_WORDS = _words(FIRST_JUDGED_SESSION, COUNTS, "{}")
RATIO_IN_WORDS = _words(HARMFUL_RATIO, TIMES, "{} times")

PHRASES = {
    "sessions": SESSIONS_IN_WORDS,
    "ratio": RATIO_IN_WORDS,
    "probability": f"{FLAG_PROBABILITY:g}",
    "percent": f"{100 * FLAG_PROBABILITY:g} %",
    "fdr": f"{100 * (1 - FLAG_PROBABILITY):.0f} %",
    "certain": f"{CERTAIN_PROBABILITY:g}",
}
"""What templates, and captions in curly brackets, print of the definitions."""

WORDS = {
    "finished": Definition(
        "finished course",
        f"at least {SESSIONS_IN_WORDS} sessions attended, so that there is a change to judge; dropping out included",
        "a choice of this study",
    ),
    "deteriorated": Definition(
        "reliable deterioration",
        "last against first score, worse by the reliable change on at least one questionnaire and improved on none",
        "nhsengland2025nhstt",
    ),
    "harmful": Definition(
        "harmful therapist",
        f"the true standardised rate of deterioration exceeds {RATIO_IN_WORDS} the mean of the service's therapists",
        "a choice of this study",
    ),
    "flagged": Definition(
        "flagged therapist",
        f"the posterior probability of being harmful is at least {FLAG_PROBABILITY:.2f}",
        "a choice of this study",
    ),
    "reference": Definition(
        "reference world",
        "the same clients and the same chance events, with every therapist at average competence and burnout, every "
        "dyad at average fit, and no route of harm open; other differences between therapists and services, ruptures, "
        "and what goes with burnout or competence without being caused by it stay",
        "a choice of this study",
    ),
}

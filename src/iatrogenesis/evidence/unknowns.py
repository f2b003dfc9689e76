"""What nobody knows exactly: every number of the world with a prior, and each prior as a standard normal score.

An assumed number, or one that is fitted, lies anywhere between its low and its high; a published one is normal with
its sampling error. What is published of a cause is an association: its prior is one for the whole, and one for the
share that is causal (`Association`). Strengths that nobody has measured have a common factor as well. The search works
on scores, which have no walls and one scale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, RootModel
from scipy.special import ndtr, ndtri

from iatrogenesis.core.quantities import NotNegative, Proportion
from iatrogenesis.core.sources import Record, Sourced, Strict, records

ORIGINS = ("world.client.fit_mean", "world.therapist.competence_mean", "world.burnout.mean")
"""Where average fit, competence and burnout stand: origins of their scales, no beliefs; scenarios move them."""
STRENGTH = "common factor of assumed strengths"
"""Multiplies every strength of a route that nobody has measured; from none to twice, a choice of this study."""
FARTHEST = 2.5
"""Scores of a number at the very end of its range: there the score itself is infinite."""


class Association(Strict):
    """A published association that is a cause in part: total = causal + other, causal = share * total.

    Attributes
    ----------
    causal, other
        Dotted paths of the numbers that carry the two parts; the prior of the total is the range of ``causal``.
    share
        Causal share of the total.
    """

    causal: str
    other: str
    share: Proportion


class Associations(RootModel[dict[str, Association]]):
    """All of them, by name; the file `config/associations.yaml`."""


class Feasible(Strict):
    """What one more study could measure of a kind of number: the standard error, and the sample that it takes."""

    sample: str
    se: NotNegative


class FeasibleStudies(RootModel[dict[str, Feasible]]):
    """By unit of the number; the file `config/feasible.yaml`."""


@dataclass(frozen=True)
class Prior:
    """Uniform between two ends, or normal around a published value (``se`` given)."""

    low: float
    high: float
    value: float
    se: float | None = None

    def quantile(self, score: np.ndarray) -> np.ndarray:
        """Values at standard normal scores, shape kept."""
        if self.se is None:
            return self.low + (self.high - self.low) * ndtr(score)
        return np.clip(self.value + self.se * score, self.low, self.high)

    def score(self, value: np.ndarray) -> np.ndarray:
        """Standard normal scores of values, shape kept; infinite at the ends."""
        if self.se is None:
            return ndtri((np.asarray(value) - self.low) / (self.high - self.low))
        return (np.asarray(value) - self.value) / self.se


class Unknowns:
    """All unknown numbers of some scenarios, in a fixed order.

    Whoever judged strengths that nobody measured may have judged all of them too high: `STRENGTH` multiplies all at
    once, so that worlds in which hardly any route does harm are among those that are tried.

    Attributes
    ----------
    priors
        By name: the dotted path of a number; of an association ``total of <name>`` and ``share of <name>``; `STRENGTH`.
    """

    def __init__(
        self, nodes: Sequence[BaseModel], judged: Sequence[str], associations: Mapping[str, Association | dict]
    ) -> None:
        known = {path: record for node in nodes for path, record in records(node).items()}
        # A job is given them as plain data.
        self._associations = {name: Association.model_validate(one) for name, one in associations.items()}
        parts = {path for one in self._associations.values() for path in (one.causal, one.other)}
        asked = {path: record for path, record in known.items() if is_uncertain(record) and _matters(path, judged)}
        for name, one in self._associations.items():
            if one.causal not in asked or one.other not in known:
                raise ValueError(f"associations: {name}: {one.causal!r} or {one.other!r} is no uncertain number")
        self.priors = {path: prior_of(record) for path, record in asked.items() if path not in parts}
        self._strengths = [path for path in self.priors if is_assumed_strength(path, asked[path])]
        for name, one in self._associations.items():
            self.priors |= {f"total of {name}": prior_of(known[one.causal]), f"share of {name}": prior_of(one.share)}
        if self._strengths:
            self.priors[STRENGTH] = Prior(0.0, 2.0, 1.0)

    @property
    def names(self) -> list[str]:
        """Names, in the order of the rows of scores."""
        return list(self.priors)

    def named(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        """Values of the unknowns by name, shape (members,), from scores (unknowns, members)."""
        return {name: prior.quantile(row) for (name, prior), row in zip(self.priors.items(), scores, strict=True)}

    def values(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        """Values of the scenario's numbers by dotted path, shape (members,), from scores (unknowns, members)."""
        return self.split(self.named(scores))

    def scores_of(self, known: Mapping[str, Record]) -> np.ndarray:
        """Scores of the numbers as the scenarios have them, shape (unknowns,), kept within what is plausible."""
        found = {name: float(known[name].value) for name in self.priors if name in known}  # pyrefly: ignore
        for name, one in self._associations.items():
            causal, other = (float(known[path].value) for path in (one.causal, one.other))  # pyrefly: ignore
            total = causal + other
            found |= {f"total of {name}": total, f"share of {name}": causal / total if total else one.share.value}
        found |= {path: _judged(known[path]) for path in self._strengths}
        found[STRENGTH] = self.common_factor(known)
        scores = [prior.score(np.array(found[name])) for name, prior in self.priors.items()]
        return np.clip(np.array(scores, dtype=float), -FARTHEST, FARTHEST)

    def common_factor(self, known: Mapping[str, Record]) -> float:
        """The share that the scenarios have of their judged strengths: the middle one of all, 1 without any."""
        shares = [known[path].value / _judged(known[path]) for path in self._strengths if _judged(known[path])]  # pyrefly: ignore
        return float(np.median(shares)) if shares else 1.0

    def centre(self, scores: np.ndarray, known: Mapping[str, Record]) -> dict[str, float]:
        """Values by dotted path that the scenarios have at the centre, of fitted numbers and of judged strengths.

        Parameters
        ----------
        scores
            Of the centre, shape (unknowns,).
        """
        values = {path: float(of[0]) for path, of in self.values(scores[:, None]).items()}
        return {
            path: value
            for path, value in values.items()
            if known[path].status == "calibrated" or path in self._strengths
        }

    def fitted(self, known: Mapping[str, Record]) -> np.ndarray:
        """Which of them are fitted, and not only assumed or published, bool, shape (unknowns,)."""
        causal = {f"total of {name}": one.causal for name, one in self._associations.items()}
        paths = [causal.get(name, name) for name in self.priors]
        of_record = [path in known and known[path].status == "calibrated" for path in paths]
        return np.array(of_record) | (np.array(self.names) == STRENGTH)

    def split(self, named: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Numbers by dotted path from unknowns by name: associations in their two parts, strengths multiplied.

        A multiplied strength stays within the range of its record.
        """
        found = dict(named)
        for name, one in self._associations.items():
            total, share = found.pop(f"total of {name}"), found.pop(f"share of {name}")
            found[one.causal], found[one.other] = share * total, (1 - share) * total
        common = found.pop(STRENGTH, None)
        if common is not None:
            for path in self._strengths:
                prior = self.priors[path]
                found[path] = np.clip(found[path] * common, prior.low, prior.high)
        return found


def _judged(record: Record) -> float:
    judged = getattr(record, "judged", None)
    return float(record.value if judged is None else judged)  # pyrefly: ignore[missing-attribute]


def is_assumed_strength(path: str, record: Record) -> bool:
    """Whether a number says how much harm a route does, is assumed, and may be none."""
    return path.startswith("mechanisms.") and record.status == "assumed" and 0 in (record.low, record.high)


def prior_of(record: Record) -> Prior:
    """The prior that a record states; a published number that is read differently lies between its readings."""
    value = float(record.value)  # pyrefly: ignore[missing-attribute]: only single numbers are asked for
    if record.se is not None:
        low, high = record.low, record.high
        return Prior(-np.inf if low is None else low, np.inf if high is None else high, value, record.se)
    low, high = _ends(record)
    return Prior(low, high, value)


def _ends(record: Record) -> tuple[float, float]:
    ends = [record.low, record.high, getattr(record, "sceptical", None), getattr(record, "optimistic", None)]
    given = [end for end in ends if end is not None]
    return (min(given), max(given)) if given else (0.0, 0.0)


def is_uncertain(record: Record) -> bool:
    """Whether the record gives its number any width."""
    low, high = _ends(record)
    return isinstance(record, Sourced) and (record.se is not None or low < high)


def _matters(path: str, judged: Sequence[str]) -> bool:
    """Whether a number can affect what is concluded: no cost, no unused questionnaire, no origin of a scale."""
    unseen = path.startswith("world.scores.") and path.split(".")[2] not in judged
    return ".cost." not in path and not unseen and path not in ORIGINS

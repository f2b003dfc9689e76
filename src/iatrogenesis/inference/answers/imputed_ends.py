"""Scores at the end that nobody has seen, as each client's own course leads to expect them; and moved from there.

By the imputer's model they are missing at random; by the model `joint` who leaves tells of the course. See
`iatrogenesis.inference.answers.missing_last_scores` for what is asked of them.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.joint_ends import ends as joint_ends
from iatrogenesis.inference.data.courses import Courses
from iatrogenesis.inference.data.joint import JointData
from iatrogenesis.inference.data.posterior import points
from iatrogenesis.inference.engines.imputation import Drawn, Imputer

IMPUTATIONS = 100
ANCHORED = 25  # imputations of scores that are known


@dataclass(frozen=True)
class Imputed:
    """Scores at the end as they would be by each client's own course, before they are moved.

    Attributes
    ----------
    ends
        Shape (imputations, n, m); not rounded.
    """

    courses: Courses
    ends: np.ndarray

    def worse(self, missing: str, delta: float, judgement: Judgement, rules: Instruments) -> np.ndarray:
        """Who deteriorates, bool, shape (imputations, n); who was seen is judged by the last score.

        Parameters
        ----------
        missing
            Whose score counts as unseen, of `MISSING`.
        delta
            By how many reliable changes the unseen are moved.
        """
        courses, known = self.courses, rules.by_name()
        unseen = courses.unseen[missing]
        first = {name: courses.first[:, k] for k, name in enumerate(courses.instruments)}
        last = {name: courses.last[:, k] for k, name in enumerate(courses.instruments)}
        seen, _ = judgement.worse_and_better(first, last, rules)
        found = np.repeat(seen[None], len(self.ends), axis=0)
        change = {name: delta * float(known[name].reliable_change) for name in courses.instruments}
        moved = {
            name: known[name].score(self.ends[:, unseen, k] + change[name])
            for k, name in enumerate(courses.instruments)
        }
        before = {name: np.broadcast_to(values[unseen], moved[name].shape) for name, values in first.items()}
        found[:, unseen] = judgement.worse_and_better(before, moved, rules)[0]
        return found


def impute(courses: Courses, seed: int, imputations: int = IMPUTATIONS) -> Imputed:
    """Draw every client's score at an end that lies beyond the sessions attended.

    The end is that of somebody who completed after more sessions, drawn at random; where nobody stayed longer, it is
    the next session.
    """
    noise, ends = Noise(derived_seed(seed, "imputation", courses.dataset)), []
    for number, drawn in enumerate(Imputer(courses, noise).draws(imputations)):
        ends.append(_scores(courses, drawn, _end(courses, noise, number), noise, number))
    return Imputed(courses, np.array(ends))


def impute_jointly(
    courses: Courses, data: JointData, tree: xr.DataTree, seed: int, imputations: int = IMPUTATIONS
) -> Imputed:
    """Draw the same by the model `joint`, in which who leaves tells of the course: at delta 0 not missing at random.

    Parameters
    ----------
    courses
        Of the one instrument of `joint`.
    data
        The same clients, in the same order.
    tree
        A posterior of `joint` given these data.

    Raises
    ------
    DataError
        If courses and data are not of the same clients and instrument.
    """
    if courses.instruments != (data.courses.score,) or not np.array_equal(courses.therapist, data.courses.therapist):
        raise DataError(f"{data.dataset}: courses must be of the same clients, and of {data.courses.score} alone.")
    noise, ends = Noise(derived_seed(seed, "joint imputation", courses.dataset)), []
    for number, point in enumerate(points(tree, imputations)):
        own = Noise(derived_seed(seed, "joint imputation", courses.dataset, number))
        ends.append(joint_ends(data, point, own, _end(courses, noise, number))[:, None])
    return Imputed(courses, np.array(ends))


def _end(courses: Courses, noise: Noise, number: int) -> np.ndarray:
    """A session beyond those attended at which each client's course could have ended, shape (n,)."""
    lengths = np.sort(courses.sessions[courses.completed])
    longer = np.searchsorted(lengths, courses.sessions, side="right")
    chance = noise.uniform("end", client=np.arange(len(longer)), occasion=number)
    place = longer + np.floor(chance * (len(lengths) - longer)).astype(int)
    return np.where(longer < len(lengths), lengths[np.minimum(place, len(lengths) - 1)], courses.sessions + 1)


def completed_delta(courses: Courses, rules: Instruments, seed: int) -> float:
    """How far the last score of those who completed lies above what their course before led to expect.

    In reliable changes, the mean over clients and instruments; their last scores are hidden from the imputation. NaN
    where nobody completed more than two sessions.
    """
    hidden, noise = courses.hidden, Noise(derived_seed(seed, "hidden ends", courses.dataset))
    if not hidden.any():
        return float("nan")
    change = np.array([float(rules.by_name()[name].reliable_change) for name in courses.instruments])
    found = []
    for number, drawn in enumerate(Imputer(courses.without_end(), noise).draws(ANCHORED)):
        expected = _scores(courses, drawn, courses.sessions, noise, number)
        found.append(np.mean((courses.last - expected)[hidden] / change))
    return float(np.mean(found))


def _scores(courses: Courses, drawn: Drawn, end: np.ndarray, noise: Noise, number: int) -> np.ndarray:
    """Every client's scores at session `end` by one draw of the courses, not rounded, shape (n, m)."""
    n, m = courses.first.shape
    error = noise.normal("error", client=np.arange(n)[:, None], therapist=np.arange(m), occasion=number)
    course = drawn.courses[:, :, 0] + drawn.courses[:, :, 1] * np.log2(end)[:, None]
    return courses.centre + course + error @ np.linalg.cholesky(drawn.residual).T

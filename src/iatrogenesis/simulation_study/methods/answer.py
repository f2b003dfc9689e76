"""What every method is given and what it gives back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.special import ndtri

from iatrogenesis.core.sources import Strict
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.engines.sampler import Sampler
from iatrogenesis.inference.models.priors import Priors

LEVEL = 0.95
TRAITS = ("competence", "burnout", "fit")
BURNOUT = "burnout_rating"
RISK = "risk_change[burnout]"
RATED_RISK = "risk_change_rated[burnout]"
RANKED = ("rank_low", "rank_high", "rank_low_all", "rank_high_all", "grade", "action")


class Settings(Strict):
    """What all methods share: priors, seed, sampler, convergence criteria. Classical methods need none of it."""

    priors: Priors
    seed: int = Field(ge=0)
    sampler: Sampler
    convergence: Convergence = Convergence()


@dataclass(frozen=True)
class DataSet:
    """One replicate as a service would hand it over.

    Attributes
    ----------
    name
        Names cell and replicate; random numbers of engines depend on it.
    clients, sessions
        Tables as the workflow writes them; sessions only in mechanistic cells.
    reliability
        Of the ratings of `TRAITS`, as the literature would give it.
    """

    name: str
    replicate: int
    clients: pd.DataFrame
    reliability: dict[str, float]
    sessions: pd.DataFrame | None = None

    @property
    def therapist_ids(self) -> tuple[str, ...]:
        """All therapists, those without finished clients too, in the order of their ids."""
        return tuple(sorted(self.clients["therapist_id"].unique()))


class Estimate(NamedTuple):
    """One number, with what the method says of its uncertainty; NaN is what it does not say.

    `rejects` is whether the method's test at 5 % rejects "no effect": 1, 0, or NaN where there is none.
    """

    estimand: str
    estimate: float
    se: float = np.nan
    low: float = np.nan
    high: float = np.nan
    rejects: float = np.nan


@dataclass(frozen=True)
class Answer:
    """What a method says about one data set.

    Attributes
    ----------
    therapists
        One row per therapist who has an answer: therapist (position among the ids), score (what the method ranks by,
        higher is worse), rate, low, high (NaN if it has none) and exceeds (its probability that the therapist is
        harmful, see `iatrogenesis.core.definitions`; 1 minus the p-value if the method declares ``EXCEEDS = "p"``);
        and, where it has them, the columns `RANKED`: the sets of ranks that hold the therapist's with 95 %, one
        therapist at a time and all at once (1: lowest rate), grade (1: best) and action (0 leave, 1 talk and support,
        2 pause); and flag (1 outside funnel limits of 99.8 %, the score being the z-value).
    passed
        Whether the fit converged, by the method's own criteria.
    problem
        Why there is no answer; empty where there is.
    """

    replicate: int
    estimates: list[Estimate] = field(default_factory=list)
    therapists: pd.DataFrame | None = None
    passed: bool = True
    problem: str = ""


Answers = Callable[[Iterable[DataSet], Settings], Iterator[Answer]]


def one_by_one(fit: Callable[[DataSet], Answer]) -> Answers:
    """Return the `answers` of a method that needs nothing but the data set; what it cannot analyse is a failure."""

    def answers(data_sets: Iterable[DataSet], settings: Settings) -> Iterator[Answer]:
        for data_set in data_sets:
            try:
                yield fit(data_set)
            except (DataError, np.linalg.LinAlgError, FloatingPointError) as error:
                yield Answer(data_set.replicate, passed=False, problem=f"{type(error).__name__}: {error}")

    return answers


def wald(estimand: str, estimate: float, se: float) -> Estimate:
    """Return an estimate with its normal 95 % interval and the test that belongs to it."""
    reach = ndtri(0.5 + LEVEL / 2) * se
    rejects = float(abs(estimate) > reach) if np.isfinite(se) else np.nan
    return Estimate(estimand, float(estimate), float(se), float(estimate - reach), float(estimate + reach), rejects)


def of_draws(estimand: str, draws: np.ndarray, null: float | None = 0.0) -> Estimate:
    """Return posterior mean, SD and equal-tailed interval; the test is whether the interval leaves out `null`."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    rejects = np.nan if null is None else float(not low <= null <= high)
    return Estimate(estimand, float(draws.mean()), float(draws.std(ddof=1)), float(low), float(high), rejects)


def trait_of(column: str) -> str | None:
    """Return the trait whose effect a column carries: of fit, what differs between one therapist's clients."""
    names = {"competence_rating": "competence", BURNOUT: "burnout", "fit_rating_within": "fit"}
    return names.get(column)

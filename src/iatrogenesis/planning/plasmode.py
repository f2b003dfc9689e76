"""Plasmode data sets: a service's own clients and therapists, with simulated outcomes of known truth.

Rows, therapists, list lengths, case mix and ratings are those of the table; only who deteriorated is drawn anew, from

    logit p_i = intercept + case mix_i + b sqrt(R) rating_i + b sqrt(1 - R) z[therapist_i] + s u[therapist_i]

b is the log odds ratio per SD of *true* burnout and R the reliability of its rating: given the rating, true burnout is
sqrt(R) rating + sqrt(1 - R) z. So b sqrt(R) is the log odds ratio of the rating, exactly, and what is left between
therapists of like ratings is normal. s leaves therapists the spread that was asked for, burnout's part included; the
intercept leaves the rate. Coefficients of case mix are given, or those that maximum likelihood finds in the table.

Without ratings of burnout in the table (and for methods that ask for them, of competence and fit) some are made up, one
set for all data sets: normal, of mean 0 and SD 1 over therapists. Competence and fit have no effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from pydantic import Field
from scipy.optimize import brentq
from scipy.special import expit

from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.core.tables import DataError, flags, numbers, require_columns
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.covariates import KNOWN, OWN, source_columns
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models import casemix
from iatrogenesis.simulation_study.methods.answer import BURNOUT, TRAITS, DataSet
from iatrogenesis.simulation_study.methods.regression import estimable

NEEDED = ("client_id", "therapist_id", "finished")
BY_THERAPIST = ("competence_rating", BURNOUT)
BY_CLIENT = ("fit_rating", "alliance_rating")
FARTHEST_SD = 3.0  # of a rating in units of the reference population; above it, points were meant
FEWEST = 3  # therapists
NODES = 31


class Truth(Strict):
    """What is to be true.

    Attributes
    ----------
    therapist_sd
        SD of therapists' log odds among like clients, burnout's part included.
    burnout
        Log odds ratio per SD of true burnout.
    reliability
        Of burnout's rating.
    rate
        Deterioration rate of the table's finished courses; by default that of the table.
    coefficients
        Log odds ratios of case mix, by column of the regression, such as ``phq9_first`` (per SD of the clients) or
        ``age[18-25]``; by default those fitted to the table.
    """

    therapist_sd: float = Field(ge=0, le=5)
    burnout: Finite = 0.0
    reliability: float = Field(1.0, gt=0, le=1)
    rate: float | None = Field(None, gt=0, lt=1)
    coefficients: dict[str, Finite] | None = None

    @property
    def rated(self) -> float:
        """Log odds ratio per SD of the rating."""
        return self.burnout * np.sqrt(self.reliability)


@dataclass(frozen=True)
class Plasmode:
    """The table's clients, and what their outcomes are drawn from.

    Attributes
    ----------
    clients
        The table, one row per client, without what was its outcome.
    data
        The finished courses with their case mix; its outcomes are the table's.
    case_mix
        float64, shape (rows,). Each finished course's part of the log odds, of mean 0.
    rating
        float64, shape (rows,). Burnout as rated.
    intercept, own_sd
        Log odds; SD of what therapists add besides burnout.
    rows
        int, shape (rows,). Position of each finished course in `clients`.
    key
        int, shape (rows,). Position of each finished course among its therapist's, by client id.
    seed
        Everything random follows from it.
    """

    clients: pd.DataFrame
    data: OutcomeData
    truth: Truth
    case_mix: np.ndarray
    rating: np.ndarray
    intercept: float
    own_sd: float
    rows: np.ndarray
    key: np.ndarray
    seed: int

    @property
    def rated_sd(self) -> float:
        """SD of therapists' log odds given the ratings."""
        return float(np.hypot(self.own_sd, self.truth.burnout * np.sqrt(1 - self.truth.reliability)))

    @property
    def fixed(self) -> np.ndarray:
        """Log odds of each finished course with a therapist of the average effect, shape (rows,)."""
        return self.intercept + self.case_mix + self.truth.rated * self.rating

    def under(self, truth: Truth) -> Self:
        """Return the same clients with another truth; the case mix stays as it is, and so does the rate by default."""
        return replace(self, truth=truth, **_drawn_from(truth, self.data, self.case_mix, self.rating))

    def therapists(self, replicate: int) -> np.ndarray:
        """Return what each therapist adds that the rating does not tell, log odds, shape (J,)."""
        noise, who = Noise(self.seed), np.arange(len(self.data.therapist_ids))
        unrated = self.truth.burnout * np.sqrt(1 - self.truth.reliability)
        own = self.own_sd * noise.normal("plasmode.effect", replicate=replicate, therapist=who)
        return own + unrated * noise.normal("plasmode.burnout", replicate=replicate, therapist=who)

    def outcomes(self, replicate: int) -> np.ndarray:
        """Return who deteriorated, int, shape (rows,)."""
        chance = Noise(self.seed).uniform(
            "plasmode.deteriorated", replicate=replicate, therapist=self.data.therapist, client=self.key
        )
        odds = self.fixed + self.therapists(replicate)[self.data.therapist]
        return (chance < expit(odds)).astype(np.int64)

    def data_sets(self, replicates: range) -> Iterator[DataSet]:
        """Yield the data sets of these replicates, as a service would hand them over."""
        for replicate in replicates:
            worse = pd.Series(pd.NA, index=self.clients.index, dtype="boolean")
            worse.iloc[self.rows] = self.outcomes(replicate).astype(bool)
            table = self.clients.assign(deteriorated=worse, replicate=replicate)
            known = dict.fromkeys(TRAITS, self.truth.reliability)
            yield DataSet(f"{self.data.dataset}, plasmode {replicate}", replicate, table, known)


def plasmode(
    clients: pd.DataFrame, truth: Truth, seed: int, *, dataset: str, covariates: Sequence[str] | None = None
) -> Plasmode:
    """Make ready to draw outcomes for a service's own clients.

    Parameters
    ----------
    clients
        As `iatrogenesis.inference.data.clients.from_clients` takes it. `deteriorated` is needed where the rate or the
        coefficients are to be those of the table.
    dataset
        Name used in errors and data sets.
    covariates
        Case mix; by default what is `available`.

    Raises
    ------
    DataError
        On a fault of the table, an unknown coefficient, or ratings that are not in units of the reference population.
    """
    chosen = tuple(available(clients) if covariates is None else covariates)
    if "deteriorated" not in clients and (truth.rate is None or truth.coefficients is None):
        raise DataError(f"{dataset}: without the column 'deteriorated', give the rate and the coefficients.")
    table = _whole(clients, seed, dataset)
    if chosen:
        data = from_clients(table, chosen, dataset=dataset, allow_empty=True)
    else:
        data = _without_case_mix(table, dataset)
    rows = np.flatnonzero(table["finished"].to_numpy(dtype=bool))
    rating = numbers(table.iloc[rows], BURNOUT, dataset)
    _check_rating(rating, dataset)
    case_mix = _case_mix(data, truth.coefficients)
    found = _drawn_from(truth, data, case_mix, rating)
    kept = [name for name in (*NEEDED, "service_id", *source_columns(KNOWN)) if name in table]
    kept += [name for name in table if name not in kept and OWN.fullmatch(str(name))]
    key = table.iloc[rows].groupby("therapist_id")["client_id"].rank(method="first").to_numpy(dtype=np.int64) - 1
    noise = derived_seed(seed, "plasmode", dataset)
    return Plasmode(table[kept], data, truth, case_mix, rating, **found, rows=rows, key=key, seed=noise)


def available(clients: pd.DataFrame) -> tuple[str, ...]:
    """Return the covariates of case mix that a table has the columns for: the usual ones, then a service's own."""
    usual = [name for name in casemix.COVARIATES if set(source_columns((name,))) <= set(clients.columns)]
    return (*usual, *(str(name) for name in clients if name not in usual and OWN.fullmatch(str(name))))


def risk(log_odds: np.ndarray, sd: float) -> np.ndarray:
    """Return the risk averaged over normal differences between therapists, shape kept."""
    points, weights = np.polynomial.hermite.hermgauss(NODES if sd > 0 else 1)
    average = np.zeros_like(log_odds)
    for point, weight in zip(points, weights / np.sqrt(np.pi), strict=True):
        average += weight * expit(log_odds + np.sqrt(2) * sd * point)
    return average


def intercept_for(rate: float, log_odds: np.ndarray, sd: float) -> float:
    """Return what to add to every client's log odds so that the mean risk is `rate`."""
    return float(brentq(lambda x: risk(x + log_odds, sd).mean() - rate, -20 - log_odds.max(), 20 - log_odds.min()))


def spread_of(values: np.ndarray, data: OutcomeData) -> float:
    """Return the SD over therapists of their clients' mean value."""
    return float(np.std(mean_of(values, data)[data.clients > 0], ddof=1))


def mean_of(values: np.ndarray, data: OutcomeData) -> np.ndarray:
    """Return each therapist's mean over the own clients, shape (J,); 0 without clients."""
    return np.bincount(data.therapist, values, len(data.therapist_ids)) / np.maximum(data.clients, 1)


def most_burnout(made: Plasmode) -> float:
    """Return the log odds ratio per SD of true burnout at which it explains all the spread between therapists."""
    share = made.truth.reliability * spread_of(made.rating, made.data) ** 2 + 1 - made.truth.reliability
    return float(made.truth.therapist_sd / np.sqrt(share))


def _drawn_from(truth: Truth, data: OutcomeData, case_mix: np.ndarray, rating: np.ndarray) -> dict[str, float]:
    """The intercept that gives the rate, and the SD that therapists have besides burnout, 0 where burnout is more."""
    rate = data.deteriorated.mean() if truth.rate is None else truth.rate
    if not 0 < rate < 1:
        raise DataError(f"{data.dataset}: the rate is {rate:g}, nobody or everybody deteriorated; give a rate.")
    unrated = truth.burnout**2 * (1 - truth.reliability)
    explained = (truth.rated * spread_of(rating, data)) ** 2 + unrated
    own_sd = float(np.sqrt(max(truth.therapist_sd**2 - explained, 0.0)))
    intercept = intercept_for(rate, case_mix + truth.rated * rating, float(np.sqrt(own_sd**2 + unrated)))
    return {"intercept": intercept, "own_sd": own_sd}


def _whole(clients: pd.DataFrame, seed: int, dataset: str) -> pd.DataFrame:
    """The table with ratings and outcomes; where it has none, ratings are made up and nobody deteriorated."""
    table = clients.reset_index(drop=True)
    require_columns(table, NEEDED, dataset)
    if "deteriorated" not in table:
        table = table.assign(deteriorated=False)
    _, therapist = np.unique(table["therapist_id"].astype(str), return_inverse=True)
    noise, who = Noise(derived_seed(seed, "made up", dataset)), np.arange(therapist.max() + 1)
    if len(who) < FEWEST:
        raise DataError(f"{dataset}: {len(who)} therapists; a plasmode study needs at least {FEWEST}.")
    for name in (*BY_THERAPIST, *BY_CLIENT):
        if name not in table:
            by_client = name in BY_CLIENT
            drawn = noise.normal(name, client=np.arange(len(table))) if by_client else noise.normal(name, therapist=who)
            drawn = (drawn - drawn.mean()) / drawn.std(ddof=1)
            table[name] = drawn if by_client else drawn[therapist]
    return table


def _without_case_mix(table: pd.DataFrame, dataset: str) -> OutcomeData:
    """Clients as rows, though nothing tells them apart."""
    ids = from_clients(table, dataset=dataset, allow_empty=True).therapist_ids
    finished = table[table["finished"].astype(bool)]
    worse = flags(finished, "deteriorated", dataset).astype(np.int64)
    therapist = pd.Index(ids).get_indexer(finished["therapist_id"]).astype(np.int64)
    return OutcomeData(dataset, worse, np.ones_like(worse), therapist, ids, allow_empty=True).validate()


def _check_rating(rating: np.ndarray, dataset: str) -> None:
    if rating.std() > FARTHEST_SD:
        raise DataError(
            f"{dataset}: column {BURNOUT!r} has an SD of {rating.std():.3g}; it must be in SDs of the reference "
            "population. Subtract its mean and divide by its SD."
        )


def _case_mix(data: OutcomeData, coefficients: Mapping[str, float] | None) -> np.ndarray:
    if coefficients is None:
        if not data.covariate_names:
            return np.zeros(len(data.trials))
        known = estimable(data)
        return known.covariates @ fit(known).estimate[1:-1]
    if unknown := [name for name in coefficients if name not in data.covariate_names]:
        raise DataError(
            f"{data.dataset}: coefficient {unknown[0]!r} is of no column of the case mix; there are "
            f"{', '.join(data.covariate_names) or 'none'}."
        )
    return data.covariates @ np.array([coefficients.get(name, 0.0) for name in data.covariate_names])

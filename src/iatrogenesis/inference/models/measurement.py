"""Model `measurement`: competence, burnout and fit are rated with error, and the truth behind the ratings counts.

How large are the effects of competence, burnout and fit themselves, when only unreliable ratings of them are seen?

    deteriorated_i ~ Bernoulli(p_i)
    logit p_i      = intercept + x_i coefficients + sum over traits of b (trait_i - mean) + therapist_effect[j of i]
    therapist_effect_j ~ Normal(0, therapist_sd)

    rating = sqrt(reliability) trait + sqrt(1 - reliability) Normal(0, 1)      reliability known, from the literature
    trait  = mean + between_j + within_i;  between_j ~ Normal(0, trait_between),  within_i ~ Normal(0, trait_within)

    b ~ Normal(0, sd), mean ~ Normal(0, sd), trait_between and trait_within ~ HalfNormal(scale); the rest as in casemix

A trait that is rated once per therapist has no part within. Traits, given their ratings, are normal, and so they are
integrated out exactly: each client's trait is replaced by what the ratings lead to expect, what they leave open joins
the therapist's effect (`therapist_rest`, sampled) and the client's own part, which is integrated by Gauss-Hermite
quadrature. So six thousand latent fits cost a few sums and seven nodes. Assumed: error that does not depend on the
trait, on the outcome or on other ratings, and bursts of burnout that do not last from one client to the next.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError, numbers, refuse
from iatrogenesis.inference.data.clients import Tables
from iatrogenesis.inference.data.outcomes import Arrays, OutcomeData, contiguous
from iatrogenesis.inference.models import casemix, generative, therapist
from iatrogenesis.inference.models.answered import of_deterioration, per_name
from iatrogenesis.inference.models.generative import Point, many
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.ratings import Ratings
from iatrogenesis.inference.models.statistics import statistics

PLACE = 5
COVARIATES = casemix.COVARIATES
TRUE_STATES = therapist.TRUE_STATES
TRAITS = ("competence", "burnout", "fit")
PARAMETERS = {
    "intercept": (None, "intercept"),
    "coefficients": ("covariate", "coefficient"),
    "trait_coefficients": ("trait", "coefficient"),
    "trait_mean": ("trait", "measurement.trait_mean"),
    "trait_between": ("trait", "measurement.trait_sd"),
    "trait_within": ("varying", "measurement.trait_sd"),
    "therapist_sd": (None, "therapist_sd"),
    "therapist_effect": ("therapist", None),
}
OWN_PRIORS = {
    "measurement": (
        {"trait_mean": "CentredNormal", "trait_sd": "HalfNormal"},
        "Where the true traits lie in the population, in SD of the reference population.",
    )
}
TABLES = ("clients",)
DATASETS = ("routine_care", "known")
COLLAPSED = "rated"
LARGE_SAMPLE = "TRUE_STATES"  # what it is after are the effects of the true states
SAME_AS = {"log_odds_ratio[fit_within]": "log_odds_ratio[fit]"}  # the mean fit of hundreds of clients hardly differs
EXACT = True
NODES = 5  # a client's own part has an SD of a few tenths; five are exact to six digits there


@dataclass(frozen=True)
class RatedData:
    """One row per client, with ratings.

    Attributes
    ----------
    people
        Outcomes, therapists and the case mix.
    ratings
        Shape (rows, traits).
    reliability
        Shape (traits,): squared correlation of a rating with its trait, in the reference population.
    """

    OBSERVED: ClassVar = ("deteriorated", "ratings")

    people: OutcomeData
    ratings: np.ndarray = field(repr=False)
    reliability: np.ndarray

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.people.dataset

    @property
    def therapist_ids(self) -> tuple[str, ...]:
        """The therapists, in the order of their index."""
        return self.people.therapist_ids

    @property
    def covariate_names(self) -> tuple[str, ...]:
        """Names of the covariates' columns."""
        return self.people.covariate_names

    @cached_property
    def shared(self) -> tuple[bool, ...]:
        """Whether each trait is rated once per therapist."""
        return tuple(np.all(self.ratings == self._mean()[self.people.therapist], axis=0).tolist())

    def _mean(self) -> np.ndarray:
        """Mean rating of each therapist's clients, shape (J, traits); exact where all are equal."""
        clients = np.maximum(self.people.clients, 1)[:, None]
        first = np.zeros((len(clients), self.ratings.shape[1]))
        first[self.people.therapist] = self.ratings  # any one of them
        beyond = (self.ratings - first[self.people.therapist]).T
        rest = [np.bincount(self.people.therapist, column, len(clients)) for column in beyond]
        return first + np.transpose(rest) / clients

    def arrays(self) -> Arrays:
        """Return outcomes and covariates, ratings, therapists' mean ratings, and squares around them."""
        mean = self._mean()
        deviation = self.ratings - mean[self.people.therapist]
        people = {name: values for name, values in self.people.arrays().items() if name != "trials"}  # all are 1
        return {
            **people,
            "ratings": (("row", "trait"), contiguous(self.ratings)),
            "mean_rating": (("therapist", "trait"), contiguous(mean)),
            "squares": (("trait",), contiguous((deviation**2).sum(axis=0))),
            "clients": (("therapist",), contiguous(self.people.clients)),
            "reliability": (("trait",), contiguous(self.reliability)),
        }

    def summary(self) -> Ratings:
        """Return what of the ratings their density needs."""
        found = {name: values for name, (_, values) in self.arrays().items()}
        return Ratings(
            found["mean_rating"], found["squares"], found["clients"], found["reliability"], np.array(self.shared)
        )

    def coords(self) -> dict[str, tuple[str, ...]]:
        """Return therapists, covariates, traits, and those of them that vary between one therapist's clients."""
        varying = tuple(name for name, shared in zip(TRAITS, self.shared, strict=True) if not shared)
        return {**self.people.coords(), "trait": TRAITS, "varying": varying}

    def constants(self) -> Arrays:
        """Return centres and scales of the covariates."""
        return self.people.constants()

    def validate(self) -> Self:
        """Return the data unchanged after every check.

        Raises
        ------
        DataError
            On the first thing that is wrong.
        """
        self.people.validate()
        if np.shape(self.ratings) != (len(self.people.deteriorated), len(TRAITS)):
            raise DataError(
                f"{self.dataset}: ratings must have one row per client and columns {TRAITS}, "
                f"found shape {np.shape(self.ratings)}."
            )
        for k, name in enumerate(TRAITS):
            wrong = ~np.isfinite(self.ratings[:, k])
            refuse(wrong, self.ratings[:, k], f"{self.dataset}: rating of {name} is missing or infinite. Fill it in")
        if np.shape(self.reliability) != (len(TRAITS),) or not np.all((self.reliability > 0) & (self.reliability <= 1)):
            raise DataError(
                f"{self.dataset}: reliability must hold {len(TRAITS)} numbers above 0 and up to 1, "
                f"found {self.reliability!r}."
            )
        if np.any(self.people.clients == 0):
            raise DataError(f"{self.dataset}: measurement needs a client with every therapist. Leave the others out.")
        return self


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> RatedData:
    """Return clients with their ratings; `reliability` is a table of trait and reliability."""
    clients: pd.DataFrame = tables["clients"]
    outcomes = casemix.prepare(tables, dataset, truth=truth)
    finished = clients[clients["finished"].astype(bool)]
    ratings = np.column_stack([numbers(finished, f"{name}_rating", dataset) for name in TRAITS])
    known = tables["reliability"].set_index("trait")["reliability"]
    if lost := [name for name in TRAITS if name not in known.index]:
        raise DataError(f"{dataset}: the reliability of ratings of {lost[0]} is not given; add it.")
    return RatedData(outcomes, ratings, known.loc[list(TRAITS)].to_numpy(dtype=float)).validate()


def build(data: RatedData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations. Therapists' effects are never centred.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    prior = priors.section("measurement")
    rows, therapists = len(data.validate().ratings), len(data.therapist_ids)
    with base.model_of(data) as model:
        mean = pm.Normal("trait_mean", 0.0, prior.trait_mean.sd, dims="trait")
        between = pm.HalfNormal("trait_between", prior.trait_sd.scale, dims="trait")
        within = pt.zeros(len(TRAITS))
        if varying := [k for k, shared in enumerate(data.shared) if not shared]:
            within = pt.set_subtensor(
                within[varying], pm.HalfNormal("trait_within", prior.trait_sd.scale, dims="varying")
            )
        single = np.array(data.shared)
        root, error = pt.sqrt(model["reliability"]), 1.0 - model["reliability"]
        # Ratings: each client's around the therapist's mean, and the means.
        spread = root**2 * within**2 + error
        of_mean = pt.switch(single, error, spread / model["clients"][:, None])
        total = root**2 * between**2 + of_mean
        surprise = model["mean_rating"] - root * mean
        pm.Potential("ratings_between", -0.5 * (pt.log(total) + surprise**2 / total).sum())
        inside = -0.5 * ((rows - therapists) * pt.log(spread) + model["squares"] / spread)
        pm.Potential("ratings_within", pt.switch(single, 0.0, inside).sum())
        # What the ratings lead to expect of each therapist's part and of each client's own.
        part = root * between**2 / total * surprise
        open_part = between**2 * of_mean / total
        pull = root * within**2 / spread
        left = 1.0 - pull * root
        coefficients = pm.Normal("trait_coefficients", 0.0, priors.coefficient.sd, dims="trait")
        own = pt.dot(model["ratings"] - root * mean, coefficients * pull)
        shared = pt.dot(part, coefficients * left)
        unknown = pt.dot(open_part, (coefficients * left) ** 2)
        rest = pt.dot(within**2 * error / spread, coefficients**2)
        sd = base.spread("therapist_sd", priors.therapist_sd.scale)
        effect = base.effects("therapist", pt.sqrt(sd**2 + unknown))
        odds = base.intercept_of(priors) + (shared + effect)[model["therapist_index"]] + own
        odds = odds + base.covariate_sum(model, priors)
        points, weights = np.polynomial.hermite.hermgauss(NODES)
        shifted = odds[:, None] + pt.sqrt(2.0 * rest + 1e-12) * points  # a root of 0 has no slope
        rate = pt.dot(pt.sigmoid(shifted), weights / np.sqrt(np.pi))
        worse = pt.eq(model["deteriorated"], 1)
        pm.Potential("deterioration", pt.log(pt.switch(worse, rate, 1.0 - rate)).sum())
    return model


@statistics.register
def _(data: RatedData) -> dict[str, float]:
    spread = {f"SD of ratings of {name}": float(data.ratings[:, k].std()) for k, name in enumerate(TRAITS)}
    return statistics(data.people) | spread


def estimands(posterior) -> dict:
    """Return spread and odds ratios, those of the true traits too."""
    return of_deterioration(posterior) | per_name(posterior, "trait_coefficients", "log_odds_ratio[{}]")


def prior_point(data: RatedData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior; therapists' effects are drawn with their traits, in `replicate`."""
    prior, k = priors.section("measurement"), len(TRAITS)
    point = generative.prior_point(data.people, priors, noise)
    varying = ~np.array(data.shared)
    return point | {
        "trait_coefficients": priors.coefficient.sd * many(noise, "trait_coefficients", k),
        "trait_mean": prior.trait_mean.sd * many(noise, "trait_mean", k),
        "trait_between": np.abs(prior.trait_sd.scale * many(noise, "trait_between", k)),
        "trait_within": np.abs(prior.trait_sd.scale * many(noise, "trait_within", k))[varying],
    }


def drawn_odds(data: RatedData, point: Point, noise: Noise) -> tuple[np.ndarray, np.ndarray]:
    """Draw therapists' effects and traits anew at one point: log odds (rows,), deviations of traits (rows, traits)."""
    therapist, j, k = data.people.therapist, np.arange(len(data.therapist_ids))[:, None], np.arange(len(TRAITS))
    varying = np.flatnonzero(~np.array(data.shared))
    deviation = (point["trait_between"] * noise.normal("between", therapist=j, occasion=k))[therapist]
    within = noise.normal("within", client=np.arange(len(therapist))[:, None], occasion=varying)
    deviation[:, varying] += point["trait_within"] * within
    effect = point["therapist_sd"] * many(noise, "therapist_effect", len(data.therapist_ids))
    odds = generative.log_odds(data.people, {**point, "therapist_effect": effect})
    return odds + deviation @ point["trait_coefficients"], deviation


def drawn(data: RatedData, point: Point, noise: Noise) -> tuple[np.ndarray, np.ndarray]:
    """As `drawn_odds`, with ratings: log odds (rows,) and ratings (rows, traits)."""
    odds, deviation = drawn_odds(data, point, noise)
    single, therapist = np.array(data.shared), data.people.therapist
    j, k = np.arange(len(data.therapist_ids))[:, None], np.arange(len(TRAITS))
    error = noise.normal("error", client=np.arange(len(therapist))[:, None], occasion=k)
    error[:, single] = noise.normal("shared_error", therapist=j, occasion=k)[therapist][:, single]
    root = np.sqrt(data.reliability)
    return odds, root * (point["trait_mean"] + deviation) + np.sqrt(1.0 - data.reliability) * error


def replicate(data: RatedData, point: Point, noise: Noise) -> RatedData:
    """Return the same clients with therapists' effects, traits, ratings and outcomes drawn anew at one point."""
    odds, ratings = drawn(data, point, noise)
    worse = generative.binomial(noise, "deteriorated", data.people.trials, expit(odds))
    return replace(data, people=replace(data.people, deteriorated=worse), ratings=ratings)

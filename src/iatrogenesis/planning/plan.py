"""What so many therapists and clients can show: precision, power and errors of flagging, by years of data.

Everything is simulated for the numbers given, each setting with chance events of its own: therapists' counts, without
case mix (`iatrogenesis.simulation_study.advice`). Where to simulate for the smallest effect and for the number of
therapists is guessed by a formula; what is said is solved from the simulated power curve
(`iatrogenesis.simulation_study.power_curve`).

=====================================  =================================================================================
quantity                               meaning
=====================================  =================================================================================
`width_vpc`, `width_sd`                expected width of the 95 % interval of VPC and of the therapists' SD
`power`                                of the 5 % test of burnout, as rated
`smallest_odds_ratio`                  per SD of true burnout, found with 80 % power
`therapists_needed`                    to find the odds ratio that was given, with 80 % power
`sensitivity`, `fdr`, `fpr`, `flagged` of flagging who is probably harmful; prefixed `raw_`: the worst 5 % by raw rate
`reliability`                          of a therapist's raw rate within a service: squared correlation with the true one
=====================================  =================================================================================
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from iatrogenesis.core.montecarlo import around, share_interval
from iatrogenesis.core.sources import Finite, Strict
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import sd_of
from iatrogenesis.simulation_study.advice import MANY, power, reliability, spread_and_flagging
from iatrogenesis.simulation_study.power_curve import noncentrality_for, slope, therapists_for
from iatrogenesis.simulation_study.setting import Setting

COLUMNS = ("years", "clients", "quantity", "value", "low", "high", "mcse", "replicates", "beyond")
POWER = 0.8
NEAR = (0.75, 1.0, 1.25)  # of the guess: where the power curve is simulated
MOST = 1000  # therapists that are simulated at most
FEWEST = 4
LEAST_IN_SERVICE = 3
SHARES = {"coverage", "power", "sensitivity", "fdr", "mfdr", "empty", "fpr", "fdr_above"}
NAMES = {"width": "width_vpc", "raw_rate": "reliability"}
LEFT_OUT = {"failed", "formula"}


class Numbers(Strict):
    """A service's own numbers.

    Attributes
    ----------
    therapists
        How many rate their burnout and have their outcomes counted.
    clients_per_year
        Finished courses of each therapist and year, on average.
    years
        Numbers of years to plan for.
    rate
        Share of finished courses that deteriorate reliably.
    therapist_sd, vpc
        Spread between therapists, as SD of log odds or as variance share: one of the two.
    odds_ratio
        Per SD of true burnout.
    reliability
        Of burnout's rating.
    clients_spread
        Log SD of therapists' numbers of clients; 0.5 is common in services.
    services, service_sd
        Number of services, and the SD of their log odds; therapists are compared within their service.
    """

    therapists: int = Field(ge=3, le=MOST)
    clients_per_year: float = Field(gt=0, le=2000)
    years: tuple[float, ...] = Field((1, 2, 3, 4, 5), min_length=1)
    rate: float = Field(gt=0, lt=0.5)
    therapist_sd: Finite | None = Field(None, gt=0, le=3)
    vpc: Finite | None = Field(None, gt=0, lt=0.75)
    odds_ratio: float = Field(gt=0, le=1e9)
    reliability: float = Field(gt=0, le=1)
    clients_spread: float = Field(0.0, ge=0, le=2)
    services: int = Field(1, ge=1)
    service_sd: float = Field(0.0, ge=0, le=2)

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if (self.therapist_sd is None) == (self.vpc is None):
            raise ValueError("give the spread between therapists once: therapist_sd or vpc")
        if abs(self.effect) > self.sd:
            raise ValueError(
                f"odds_ratio {self.odds_ratio:g} per SD of burnout alone makes therapists differ by an SD of "
                f"{abs(self.effect):.2f}, more than the {self.sd:.2f} in all; take a larger spread or a smaller effect"
            )
        if self.therapists < LEAST_IN_SERVICE * self.services:
            raise ValueError(
                f"services: {self.services} services of {self.therapists} therapists; comparing within services takes "
                f"at least {LEAST_IN_SERVICE} therapists each"
            )
        if any(round(years * self.clients_per_year) < 1 for years in self.years):
            raise ValueError("years: at least one client of each therapist is needed")
        return self

    @property
    def sd(self) -> float:
        """SD of therapists' log odds."""
        return float(sd_of(self.vpc)) if self.therapist_sd is None else self.therapist_sd

    @property
    def effect(self) -> float:
        """Log odds ratio per SD of true burnout."""
        return float(np.log(self.odds_ratio))

    def setting(self, years: float) -> Setting:
        """Return what is simulated for so many years."""
        return Setting(
            therapists=self.therapists,
            clients=round(years * self.clients_per_year),
            therapist_sd=self.sd,
            rate=self.rate,
            reliability=self.reliability,
            clients_spread=self.clients_spread,
            services=self.services,
            service_sd=self.service_sd if self.services > 1 else 0.0,
        )


@dataclass(frozen=True)
class Solved:
    """A size or effect at which the power is reached, with its 95 % Monte Carlo interval."""

    value: float
    low: float
    high: float
    replicates: int


def plan(numbers: Numbers, priors: Priors, seed: int, replicates: int = 100) -> pd.DataFrame:
    """Return what these numbers can show, by years of data.

    Parameters
    ----------
    numbers
        The service's.
    priors
        Of the Bayesian model of the spread.
    seed
        Everything random follows from it.
    replicates
        Data sets per setting: 100 take about ten core seconds a year for 35 therapists, 20 give a first answer.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: low and high are the 95 % Monte Carlo interval. `beyond` says that an odds ratio is not to be
        had, burnout explaining more than differs between therapists, or that more than `MOST` therapists are needed;
        the value is then extrapolated by the power curve.
    """
    tables = [pd.DataFrame(of_years(numbers, years, priors, seed, replicates)) for years in numbers.years]
    return pd.concat(tables, ignore_index=True).reindex(columns=list(COLUMNS))


def of_years(numbers: Numbers, years: float, priors: Priors, seed: int, replicates: int) -> Iterator[dict]:
    """Yield the rows of one number of years; other years do not touch them, so that they can run side by side."""
    setting = numbers.setting(years)
    about = {"years": years, "clients": setting.clients, "beyond": False}
    asked = replace(setting, effect=numbers.effect)
    rows = [*spread_and_flagging(setting, replicates, priors, seed), power(asked, replicates, seed)]
    rows += reliability(replace(setting, therapists=MANY, services=1, service_sd=0.0), seed)
    for row in rows:
        if row["quantity"] not in LEFT_OUT:
            yield about | _with_interval(row)
    effect = smallest_effect(setting, replicates, seed)
    # An odds ratio below 1 is as hard to find as its inverse.
    with np.errstate(over="ignore"):  # where nothing is ever found, no odds ratio is large enough
        ratios = {name: float(np.exp(getattr(effect, name))) for name in ("value", "low", "high")}
    about_effect = {"quantity": "smallest_odds_ratio", "replicates": effect.replicates}
    yield about | about_effect | ratios | {"beyond": effect.value > numbers.sd}
    if numbers.effect:
        size = therapists_needed(asked, replicates, seed)
        found = {"quantity": "therapists_needed", "value": size.value, "low": size.low, "high": size.high}
        yield about | found | {"replicates": size.replicates, "beyond": size.value > MOST}


def smallest_effect(setting: Setting, replicates: int, seed: int, target: float = POWER) -> Solved:
    """Return the smallest log odds ratio per SD of true burnout that is found with this power."""
    freedom = float(setting.freedom)
    goal = noncentrality_for(target, freedom)
    guess = min(goal / _noncentrality_per_effect(setting), setting.therapist_sd)
    effects = np.array([share * guess for share in NEAR])
    own = derived_seed(seed, "smallest effect")
    found = [power(replace(setting, effect=float(effect)), replicates, own)["value"] for effect in effects]
    number = np.full(len(NEAR), replicates)
    c, error = slope(effects, np.full(len(NEAR), freedom), np.array(found), number)
    ends = [goal / one if one > 0 else np.inf for one in (c, c + 2 * error, c - 2 * error)]
    return Solved(*ends, replicates=int(number.sum()))


def therapists_needed(setting: Setting, replicates: int, seed: int, target: float = POWER) -> Solved:
    """Return how many therapists with such lists it takes to find the setting's effect with this power."""
    per_root = _noncentrality_per_effect(replace(setting, therapists=1)) * abs(setting.effect)
    # So many therapists that each service has some, and a degree of freedom is left.
    fewest, estimated = max(FEWEST, setting.services + 3), setting.services + 1
    solved = partial(therapists_for, target, fewest=fewest - 1, estimated=estimated)
    guess = float(np.clip(solved(per_root), fewest / NEAR[0], MOST / NEAR[-1]))
    sizes = np.array([max(round(share * guess), fewest) for share in NEAR])
    own = derived_seed(seed, "therapists needed")
    found = [power(replace(setting, therapists=int(size)), replicates, own)["value"] for size in sizes]
    number = np.full(len(NEAR), replicates)
    c, error = slope(np.sqrt(sizes), sizes - float(estimated), np.array(found), number)
    ends = [solved(one) for one in (c, c + 2 * error, c - 2 * error)]
    return Solved(*ends, replicates=int(number.sum()))


def _noncentrality_per_effect(setting: Setting) -> float:
    """Noncentrality of the test per log odds ratio of true burnout, about: sqrt(J R / (s^2 + 1 / (n p (1 - p))))."""
    chance = 1 / (setting.clients * setting.rate * (1 - setting.rate))
    return float(np.sqrt(setting.therapists * setting.reliability / (setting.therapist_sd**2 + chance)))


def _with_interval(row: dict) -> dict:
    name, number = row["quantity"], int(row["replicates"])
    value, mcse = row["value"], row["mcse"]
    ends = (np.nan, np.nan)
    if np.isfinite(value) and np.isfinite(mcse):
        ends = (
            share_interval(value, mcse, number) if name.removeprefix("raw_") in SHARES else around(value, mcse, number)
        )
    about = {"quantity": NAMES.get(name, name), "value": value, "low": ends[0], "high": ends[1]}
    return about | {"mcse": mcse, "replicates": number}

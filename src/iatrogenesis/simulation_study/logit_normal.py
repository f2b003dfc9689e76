"""Data of exactly the statistical model, so that the truth of every estimand is a number and not an estimate.

    logit p_i = intercept + sum of coefficient x standardised covariate + therapist_sd u[therapist_i]
    u_j       ~ Normal(0, 1)

Competence and burnout belong to the therapist, fit and the starting point to the client. All is drawn from the keyed
noise: a client's numbers do not depend on how many other clients or therapists there are, nor on any parameter.

Where clients do not come by chance, those of a therapist who does more harm, h_j = (burnout_j + u_j) / sqrt(2), are
worse off or poorer to begin with, by the correlations of `Allocation`. Where last scores are missing, they are missing
as `Dropout` says; it is the outcome itself that decides, which no analysis of what is left can see.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit, logit, ndtr, ndtri

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.covariates import AGE_BANDS, KNOT
from iatrogenesis.inference.data.outcomes import OutcomeData

Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]

# Where the starting scores lie, and by what one standardised unit is meant: whole numbers, so that truths are exact.
CENTRE = {"phq9_first": 15.0, "gad7_first": 13.0, "deprivation": 5.5}
SCALE = {"phq9_first": 5.0, "gad7_first": 4.0, "deprivation": 3.0}
HIGHEST = {"phq9_first": 27, "gad7_first": 21}
# Courses finished in England 2023-24 (NHS Talking Therapies annual data): 18.5, 74.6, 4.7 and 2.2 %.
VULNERABLE_SHARE = 0.2  # a round number: the truth is exact whatever it is
AGE_SHARES = (0.185, 0.746, 0.047, 0.022)
PRODUCT = "burnout:vulnerable"
STATES = ("competence", "burnout", "fit")


class Coefficients(BaseModel):
    """Log odds ratios per standardised unit; competence, burnout and fit are those of the true states.

    `burnout_by_vulnerable` comes on top of burnout in vulnerable clients, `competence_below` is per SD of competence
    below `iatrogenesis.inference.data.covariates.KNOT`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    phq9_first: Finite = 0.0
    gad7_first: Finite = 0.0
    deprivation: Finite = 0.0
    age_18_25: Finite = 0.0
    age_65_74: Finite = 0.0
    age_75_89: Finite = 0.0
    competence: Finite = 0.0
    burnout: Finite = 0.0
    fit: Finite = 0.0
    vulnerable: Finite = 0.0
    burnout_by_vulnerable: Finite = 0.0
    competence_below: Finite = 0.0


class Allocation(BaseModel):
    """Who comes to whom: correlation of clients' severity (both scores) and deprivation with their therapist's harm."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Annotated[float, Field(ge=0, lt=1)] = 0.0
    deprivation: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Dropout(BaseModel):
    """Whose last score is missing.

    Attributes
    ----------
    share
        Of clients who do not deteriorate.
    worse
        Log odds ratio of those who deteriorate, with a therapist of average burnout.
    worse_by_burnout
        How much larger it is per SD of the therapist's burnout.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    worse: Finite = 0.0
    worse_by_burnout: Finite = 0.0


class LogitNormal(BaseModel):
    """One design cell of the statistical data-generating mechanism.

    Attributes
    ----------
    clients_per_therapist
        One number per therapist.
    intercept
        Log odds of a client aged 26-64 with every standardised covariate 0 and the average therapist.
    therapist_sd
        Of the therapists' log odds that the covariates do not explain.
    reliability
        Of the ratings: squared correlation of a rating with the true state.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    clients_per_therapist: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]
    intercept: Finite
    therapist_sd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    coefficients: Coefficients = Coefficients()
    reliability: Share = 1.0
    allocation: Allocation = Allocation()
    dropout: Dropout = Dropout()


@dataclass(frozen=True)
class LogitNormalData:
    """What was drawn.

    Attributes
    ----------
    clients
        One row per client, the columns that `iatrogenesis.inference.data.clients.from_clients` reads.
    therapists
        therapist_id, clients, effect (log odds not explained by covariates), competence, burnout; the truth.
    log_odds
        float64, shape (clients,): each client's true log odds of deteriorating.
    """

    clients: pd.DataFrame
    therapists: pd.DataFrame
    log_odds: np.ndarray


def simulate(design: LogitNormal, noise: Noise, replicate: int = 0) -> LogitNormalData:
    """Draw one data set."""
    sizes = np.array(design.clients_per_therapist)
    therapist = np.repeat(np.arange(sizes.size), sizes)
    client = np.arange(therapist.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    people = _Draws(noise, replicate, therapist, client)
    clients = pd.DataFrame(people.case_mix(design.allocation) | people.states(design.reliability))
    clients["vulnerable"] = people.uniform("vulnerable") < VULNERABLE_SHARE
    # One normal per therapist, repeated over that therapist's clients.
    effect = design.therapist_sd * people.normal("therapist_effect", per_therapist=True)
    odds = design.intercept + explained(clients, design.coefficients) + effect
    clients["deteriorated"] = pd.array(people.uniform("deteriorated") < expit(odds), dtype="boolean")
    ids = [f"T{index:05d}" for index in therapist]
    clients.insert(0, "client_id", [f"{name}-{index:05d}" for name, index in zip(ids, client, strict=True)])
    clients.insert(1, "therapist_id", ids)
    clients = clients.assign(
        service_id="S001", replicate=replicate, finished=~_missing(clients, design.dropout, people)
    )
    clients["deteriorated"] = clients["deteriorated"].mask(~clients["finished"])
    first = np.cumsum(sizes) - sizes
    truth = clients.loc[first, ["therapist_id", "competence", "burnout"]].reset_index(drop=True)
    return LogitNormalData(clients, truth.assign(clients=sizes, effect=effect[first]), odds)


def truth(design: LogitNormal, data: OutcomeData) -> dict[str, float]:
    """Return the true value of each parameter, in the units and around the centre of the data's covariates.

    Parameters
    ----------
    design
        What the data were drawn from.
    data
        Built by `from_clients` with case mix and true states; covariates left out of it must have coefficient 0.

    Returns
    -------
    dict
        "intercept", "therapist_sd" and "log_odds_ratio[name]" for each covariate.

    Raises
    ------
    DataError
        If the data have a rating (whose coefficient has no closed form) or lack a covariate that has an effect.
    """
    slope = {_column(name): value / SCALE.get(name, 1.0) for name, value in design.coefficients}
    units = dict(zip(data.covariate_names, zip(data.centre, data.scale, strict=True), strict=True))
    source = {name: name.removesuffix("_within").removesuffix("_between") for name in units}
    for name, original in source.items():
        if original not in slope:
            raise DataError(
                f"{data.dataset}: covariate {name!r} is measured with error; its true coefficient is not known."
            )
    if lost := [name for name, value in slope.items() if value and name not in source.values()]:
        raise DataError(f"{data.dataset}: {lost[0]!r} has an effect but is not among the covariates; add it.")
    intercept = design.intercept
    for name in source:
        if name == PRODUCT:  # a product of centred columns: what centring takes from it goes to the two
            burnout, vulnerable = (units[part][0] for part in PRODUCT.split(":"))
            slope["burnout"] += slope[PRODUCT] * vulnerable
            slope["vulnerable"] += slope[PRODUCT] * burnout
            intercept -= slope[PRODUCT] * burnout * vulnerable
    intercept += sum(
        slope[source[name]] * (centre - CENTRE.get(source[name], 0.0)) for name, (centre, _) in units.items()
    )
    found = {f"log_odds_ratio[{name}]": slope[source[name]] * scale for name, (_, scale) in units.items()}
    return {"intercept": float(intercept), "therapist_sd": design.therapist_sd} | found


def _column(coefficient: str) -> str:
    """Name of a coefficient's column: age_18_25 is age[18-25], burnout_by_vulnerable is burnout:vulnerable."""
    if coefficient.startswith("age_"):
        return f"age[{coefficient.removeprefix('age_').replace('_', '-')}]"
    return coefficient.replace("_by_", ":")


@dataclass(frozen=True)
class _Draws:
    """The keyed noise of these people, by name of the decision."""

    noise: Noise
    replicate: int
    therapist: np.ndarray
    client: np.ndarray

    def normal(self, decision: str, *, per_therapist: bool = False) -> np.ndarray:
        return self.noise.normal(f"logit_normal.{decision}", **self._who(per_therapist))

    def uniform(self, decision: str) -> np.ndarray:
        return self.noise.uniform(f"logit_normal.{decision}", **self._who(False))

    def _who(self, per_therapist: bool) -> dict[str, object]:
        client = np.zeros_like(self.client) if per_therapist else self.client
        return {"replicate": self.replicate, "therapist": self.therapist, "client": client}

    def case_mix(self, allocation: Allocation) -> dict[str, np.ndarray]:
        band = np.searchsorted(np.cumsum(AGE_SHARES)[:-1], self.uniform("age_band"), side="right")
        scores = {}
        for name, top in HIGHEST.items():
            standard = self._allotted(self.normal(name), allocation.severity)
            scores[name] = np.clip(np.rint(CENTRE[name] + SCALE[name] * standard), 0, top).astype(int)
        place = self.uniform("deprivation")
        if allocation.deprivation:
            place = ndtr(self._allotted(ndtri(place), allocation.deprivation))
        tenths = np.floor(10 * place).astype(int) + 1
        return {"age_band": np.array(AGE_BANDS)[band], "deprivation": tenths, **scores}

    def _allotted(self, own: np.ndarray, correlation: float) -> np.ndarray:
        """A standard normal of each client, correlated with the harm that the therapist does."""
        if correlation == 0:
            return own
        parts = (self.normal(name, per_therapist=True) for name in ("burnout", "therapist_effect"))
        return correlation * sum(parts) / np.sqrt(2) + np.sqrt(1 - correlation**2) * own

    def states(self, reliability: float) -> dict[str, np.ndarray]:
        found = {}
        for name in STATES:
            shared = name != "fit"  # competence and burnout belong to the therapist, and so do their ratings
            found[name] = self.normal(name, per_therapist=shared)
            error = self.normal(f"{name}_rating", per_therapist=shared)
            found[f"{name}_rating"] = np.sqrt(reliability) * found[name] + np.sqrt(1 - reliability) * error
        error = self.normal("alliance_rating")
        found["alliance_rating"] = np.sqrt(reliability) * found["fit"] + np.sqrt(1 - reliability) * error
        return found


def _missing(clients: pd.DataFrame, dropout: Dropout, people: _Draws) -> np.ndarray:
    if dropout.share == 0:
        return np.zeros(len(clients), dtype=bool)
    worse = dropout.worse + dropout.worse_by_burnout * clients["burnout"].to_numpy()
    odds = logit(dropout.share) + clients["deteriorated"].to_numpy(dtype=float) * worse
    return people.uniform("dropout") < expit(odds)


def explained(clients: pd.DataFrame, coefficients: Coefficients) -> np.ndarray:
    """Return the covariates' part of each client's true log odds, shape (clients,)."""
    total = np.zeros(len(clients))
    for name, value in coefficients:
        if name.startswith("age_"):
            total += value * (clients["age_band"] == name.removeprefix("age_").replace("_", "-")).to_numpy()
        elif name == "burnout_by_vulnerable":
            total += value * clients["burnout"].to_numpy() * clients["vulnerable"].to_numpy()
        elif name == "competence_below":
            total += value * np.maximum(KNOT - clients["competence"].to_numpy(), 0.0)
        else:
            total += value * (clients[name].to_numpy(dtype=float) - CENTRE.get(name, 0.0)) / SCALE.get(name, 1.0)
    return total

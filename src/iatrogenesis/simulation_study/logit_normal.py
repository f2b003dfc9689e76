"""Data of exactly the statistical model, so that the truth of every estimand is a number and not an estimate.

    logit p_i = intercept + sum of coefficient x standardised covariate + own[therapist_i] + cause x shared[therapist_i]
    own_j     = competence and burnout by their coefficients + service_sd v[service_j] + therapist_sd u_j
    u_j       of mean 0 and SD 1: normal, or of another shape (`iatrogenesis.simulation_study.people.SHAPES`)

Competence and burnout belong to the therapist, fit and the starting point to the client. All is drawn from the keyed
noise (`iatrogenesis.simulation_study.people`).

Who comes to whom says `Allocation`. A referred client had two therapists; what each adds counts by the share of the
sessions. Where last scores are missing, they are missing as `Dropout` says; it is the outcome itself that decides,
which no analysis of what is left can see.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator
from scipy.special import expit, logit

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.covariates import KNOT
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.simulation_study.people import CENTRE, RATED, SCALE, VULNERABLE_SHARE, Allocation, People, shaped

Finite = Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)]  # log odds; odds overflow beyond
Share = Annotated[float, Field(gt=0, le=1)]

PRODUCT = "burnout:vulnerable"
FIRST_SHARE = (0.2, 0.8)  # of the sessions of a referred client: those with the first therapist, evenly between


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
    lists_by_harm
        Correlation of the length of a list with the harm that the therapist does: lengths are dealt out accordingly.
    intercept
        Log odds of a client aged 26-64 with every standardised covariate 0 and the average therapist.
    therapist_sd, shape, service_sd, services
        Of the therapists' log odds that competence and burnout do not explain: those within services, and those of
        services, to which therapists are dealt out in turn.
    reliability
        Of the ratings, by trait: squared correlation of a rating with the true state; one number means all.
    score_correlation
        Of the two first scores.
    curved
        Log odds per SD of the squared first PHQ-9, beyond its linear coefficient: a form that no analysis has.
    cause
        Log odds per SD of the unmeasured cause that a therapist's clients share.
    referred
        Share of clients who change their therapist: some sessions were with another one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    clients_per_therapist: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)]
    lists_by_harm: Annotated[float, Field(ge=0, lt=1)] = 0.0
    intercept: Finite
    therapist_sd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    shape: Literal["normal", "skewed", "heavy_tailed", "two_classes"] = "normal"
    service_sd: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    services: Annotated[int, Field(ge=1)] = 1
    coefficients: Coefficients = Coefficients()
    reliability: dict[str, Share] = dict.fromkeys(RATED, 1.0)
    score_correlation: Annotated[float, Field(ge=0, lt=1)] = 0.0
    allocation: Allocation = Allocation()
    curved: Finite = 0.0
    cause: Finite = 0.0
    referred: Annotated[float, Field(ge=0, lt=1)] = 0.0
    dropout: Dropout = Dropout()

    @field_validator("reliability", mode="before")
    @classmethod
    def _of_each(cls, value: object) -> object:
        return dict.fromkeys(RATED, value) if isinstance(value, int | float) else value


@dataclass(frozen=True)
class LogitNormalData:
    """What was drawn.

    Attributes
    ----------
    clients
        One row per client, the columns that `iatrogenesis.inference.data.clients.from_clients` reads; where clients are
        referred, first_therapist_id (missing for the others) and first_share, and therapist_id is the last one's.
    therapists
        therapist_id, clients, effect (log odds not explained by competence and burnout), competence, burnout, own (all
        that the therapist adds to the log odds); the truth.
    log_odds
        float64, shape (clients,): each client's true log odds of deteriorating.
    case_mix
        float64, shape (clients,): the part of it that is not the therapist's, the intercept included.
    states
        float64, shape (clients,): the part that competence, burnout and fit have in it.
    """

    clients: pd.DataFrame
    therapists: pd.DataFrame
    log_odds: np.ndarray
    case_mix: np.ndarray
    states: np.ndarray


def simulate(design: LogitNormal, noise: Noise, replicate: int = 0) -> LogitNormalData:
    """Draw one data set."""
    sizes = _sizes(design, noise, replicate)
    therapist = np.repeat(np.arange(sizes.size), sizes)
    first = np.cumsum(sizes) - sizes
    people = People(noise, replicate, therapist, np.arange(therapist.size) - first[therapist])
    slopes = design.coefficients
    risk = {name: getattr(slopes, name) for name in SCALE}
    clients = pd.DataFrame(
        people.case_mix(design.allocation, risk, design.score_correlation) | people.states(design.reliability)
    )
    clients["vulnerable"] = people.uniform("vulnerable") < VULNERABLE_SHARE
    service = therapist % design.services
    # One number per therapist, repeated over that therapist's clients.
    effect = design.therapist_sd * shaped(people.normal("therapist_effect", per_therapist=True), design.shape)
    if design.service_sd:
        effect = effect + design.service_sd * noise.normal(
            "logit_normal.service_effect", replicate=replicate, therapist=service
        )
    states = slopes.competence * clients["competence"].to_numpy() + slopes.burnout * clients["burnout"].to_numpy()
    own = states + effect
    case_mix = design.intercept + explained(clients, slopes) - states
    if design.curved:
        standard = (clients["phq9_first"].to_numpy() - CENTRE["phq9_first"]) / SCALE["phq9_first"]
        case_mix = case_mix + design.curved * (standard**2 - 1) / np.sqrt(2)
    if design.cause:
        shared = people.allotted(people.normal("cause", per_therapist=True), design.allocation.unmeasured)
        case_mix = case_mix + design.cause * shared
    ids = np.array([f"T{index:05d}" for index in range(sizes.size)], dtype=object)
    odds = case_mix + own
    if design.referred:
        other, share = _first_therapists(design, people, sizes.size)
        odds = odds + share * (own[first[other]] - own)
        states = states + share * (states[first[other]] - states)
        clients["first_therapist_id"] = pd.Series(ids[other]).where(share > 0, None)
        clients["first_share"] = share
    clients["deteriorated"] = pd.array(people.uniform("deteriorated") < expit(odds), dtype="boolean")
    names = [f"{name}-{index:05d}" for name, index in zip(ids[therapist], people.client, strict=True)]
    clients.insert(0, "client_id", names)
    clients.insert(1, "therapist_id", ids[therapist])
    clients["service_id"] = [f"S{index + 1:03d}" for index in service]
    clients = clients.assign(replicate=replicate, finished=~_missing(clients, design.dropout, people))
    clients["deteriorated"] = clients["deteriorated"].mask(~clients["finished"])
    true = clients.loc[first, ["therapist_id", "competence", "burnout"]].reset_index(drop=True)
    true = true.assign(clients=sizes, effect=effect[first], own=own[first])
    return LogitNormalData(clients, true, odds, case_mix, states + slopes.fit * clients["fit"].to_numpy())


def _sizes(design: LogitNormal, noise: Noise, replicate: int) -> np.ndarray:
    """Lengths of the lists, dealt out by harm where the design says so."""
    sizes = np.array(design.clients_per_therapist)
    if design.lists_by_harm == 0:
        return sizes
    people = People(noise, replicate, np.arange(sizes.size), np.zeros(sizes.size, dtype=int))
    place = people.allotted(people.normal("list", per_therapist=True), design.lists_by_harm)
    return np.sort(sizes)[np.argsort(np.argsort(place))]


def _first_therapists(design: LogitNormal, people: People, therapists: int) -> tuple[np.ndarray, np.ndarray]:
    """Whom each client was with first, anybody else, and for what share of the sessions; 0 if not referred."""
    step = 1 + np.floor(people.uniform("first_therapist") * (therapists - 1)).astype(int)
    share = FIRST_SHARE[0] + (FIRST_SHARE[1] - FIRST_SHARE[0]) * people.uniform("first_share")
    return (people.therapist + step) % therapists, share * (people.uniform("referred") < design.referred)


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


def _missing(clients: pd.DataFrame, dropout: Dropout, people: People) -> np.ndarray:
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

"""Who takes part: therapists with their places, and their waiting lists of clients with fixed traits.

All of it is drawn from keyed noise, so the same people come in every scenario; a scenario can only shift them
(``fit_mean``, ``competence_mean``), and a shifted client is still the same client.
"""

from dataclasses import dataclass

import numpy as np
from pydantic import Field, model_validator

from iatrogenesis.core.sources import Sourced, Strict
from iatrogenesis.core.streams import Noise
from iatrogenesis.world.members import aligned, member_count
from iatrogenesis.world.parameters import BurnoutProcess, Category, World
from iatrogenesis.world.shapes import g_and_h

MOST_CLIENTS = 10**11
CLIENT_SECONDS = 4e-6  # core seconds of one client in one world, about: 8 sessions of 500 ns
YOUNG = "18-25"  # the youngest age band


class Design(Strict):
    """Size of a simulated data set: a choice of the study, not a fact about the world.

    Attributes
    ----------
    replicates
        Number of independent copies of the whole set of services.
    therapists, services
        Per replicate; therapists are dealt out to services in turn.
    clients_per_therapist, clients_log_sd, clients_minimum
        Length of a therapist's waiting list: log-normal with this mean and spread, and at least this many.
    list_start
        Number of the first client on each list: other numbers are other clients of the same therapists, who come in the
        same weeks.
    clients_by_workload
        Correlation of the logarithm of that length with the therapist's workload: who has many places sees many.
    severity_by_burnout, course_by_burnout
        Confounded allocation: points of severity at intake, and points per session of the natural course, by which the
        clients of a therapist differ per SD of the therapist's burnout in the first week; 0 is chance.
    """

    replicates: int = Field(1, ge=1, le=1_000_000)
    therapists: int = Field(ge=2, le=1_000_000)
    services: int = Field(ge=1, le=1_000_000)
    clients_per_therapist: float = Field(ge=2, le=1_000_000)
    clients_log_sd: float = Field(0.5, ge=0, le=2)
    clients_minimum: int = Field(5, ge=1, le=1_000_000)
    list_start: int = Field(0, ge=0, le=2**31)
    clients_by_workload: float = Field(0.6, ge=0, le=1)
    severity_by_burnout: float = Field(0.0, ge=-27, le=27)
    course_by_burnout: float = Field(0.0, ge=-27, le=27)

    @model_validator(mode="after")
    def _services_have_therapists(self) -> "Design":
        if self.services > self.therapists:
            raise ValueError(f"{self.services} services need at least as many therapists, not {self.therapists}")
        self.check_cost("replicates")
        return self

    @property
    def clients(self) -> float:
        """About how many, in all replicates."""
        return self.replicates * self.therapists * max(self.clients_per_therapist, self.clients_minimum)

    def check_cost(self, field: str, times: int = 1) -> None:
        """Refuse so many simulations of this size if they would never end; ``field`` says how many they are.

        Raises
        ------
        ValueError
            With what they would cost.
        """
        if (clients := times * self.clients) > MOST_CLIENTS:
            hours = clients * CLIENT_SECONDS / 3600
            raise ValueError(
                f"{field}: {clients:,.0f} clients in all would take about {hours:,.0f} core hours for each world; "
                f"at most {MOST_CLIENTS:,} are simulated"
            )


def in_blocks(replicates: range, size: int) -> list[range]:
    """Replicates in blocks of at most so many: simulated one after the other, memory stays flat."""
    return [replicates[start : start + size] for start in range(0, len(replicates), size)]


@dataclass(frozen=True)
class Therapists:
    """One entry per therapist of each replicate of each member, member by member, shape (therapists,)."""

    member: np.ndarray
    replicate: np.ndarray
    index: np.ndarray
    service: np.ndarray
    caseload: np.ndarray
    clients: np.ndarray
    workload: np.ndarray
    competence: np.ndarray
    competence_rating: np.ndarray
    drift: np.ndarray
    dropout: np.ndarray
    alliance: np.ndarray
    first_client: np.ndarray


@dataclass(frozen=True)
class Clients:
    """One entry per client, therapist by therapist in the order of the waiting lists, shape (clients,)."""

    replicate: np.ndarray
    therapist: np.ndarray
    index: np.ndarray
    row: np.ndarray
    level: np.ndarray
    elevation: np.ndarray
    natural_slope: np.ndarray
    gain: np.ndarray
    agreed: np.ndarray
    fit: np.ndarray
    fit_rating: np.ndarray
    alliance: np.ndarray
    age_band: np.ndarray
    deprivation: np.ndarray
    ethnicity: np.ndarray
    problem: np.ndarray
    cluster: np.ndarray
    case_mix_drift: np.ndarray
    young: np.ndarray
    trauma: np.ndarray
    fragile: np.ndarray
    unrealistic: np.ndarray

    def who(self) -> dict[str, np.ndarray]:
        """The counter of each client's own noise."""
        return {"replicate": self.replicate, "therapist": self.therapist, "client": self.index}


def noisy_rating(true: np.ndarray, mean: float, reliability: float, error: np.ndarray) -> np.ndarray:
    """A rating of SD 1 around the same mean whose squared correlation with the true state is the reliability."""
    return mean + np.sqrt(reliability) * (true - mean) + np.sqrt(1 - reliability) * error


def first_burnout(
    process: BurnoutProcess, workload: np.ndarray, replicate: np.ndarray, therapist: np.ndarray, noise: Noise
) -> np.ndarray:
    """Burnout in the first week around its mean, SD of the reference population, shape (therapists,)."""
    r = process.workload_correlation.value
    own = noise.normal("burnout.start", replicate=replicate, therapist=therapist)
    return r * workload + np.sqrt(1 - r**2) * own


def draw_therapists(
    world: World, design: Design, noise: Noise, replicates: range, *, apart: bool = False
) -> Therapists:
    """Draw the therapists of some replicates; any subset of replicates gives the same people as all together.

    Each member of an ensemble (`iatrogenesis.world.members`) has the same people; ``apart``: people of its own, the
    replicates being dealt out to the members in turn.

    Raises
    ------
    ValueError
        If replicates cannot be dealt out evenly.
    """
    worlds, one = member_count(world), np.repeat(np.asarray(replicates, dtype=np.uint32), design.therapists)
    if apart:
        if len(replicates) % worlds:
            raise ValueError(f"{len(replicates)} replicates cannot be dealt out evenly to {worlds} members")
        member, replicate = np.repeat(np.arange(worlds), len(one) // worlds), one
    else:
        member, replicate = np.repeat(np.arange(worlds), len(one)), np.tile(one, worlds)
    index = np.tile(np.arange(design.therapists, dtype=np.uint32), len(member) // design.therapists)
    world = aligned(world, member)
    service = (index % design.services).astype(np.uint32)
    who = {"replicate": replicate, "therapist": index}
    p = world.therapist
    workload = noise.normal("therapist.caseload", **who)
    skill = noise.normal("therapist.competence", **who)
    competence = p.competence_mean.value + skill
    burnout = first_burnout(world.burnout, workload, replicate, index, noise)
    form = g_and_h(noise.normal("therapist.drift", **who), p.drift_skewness.value, p.drift_tails.value)
    drift = p.drift_sd.value * form + p.drift_with_burnout.value * burnout - p.drift_with_competence.value * skill
    spread = design.clients_log_sd
    r = design.clients_by_workload
    length = r * workload + np.sqrt(1 - r**2) * noise.normal("therapist.list", **who)
    clients = np.exp(np.log(design.clients_per_therapist) - spread**2 / 2 + spread * length)
    clients = np.maximum(np.rint(clients), design.clients_minimum).astype(np.int64)
    caseload = p.caseload_mean.value + p.caseload_sd.value * workload
    return Therapists(
        member=member,
        replicate=replicate,
        index=index,
        service=service,
        caseload=np.maximum(np.rint(caseload), 1).astype(np.int64),
        clients=clients,
        workload=workload,
        competence=competence,
        competence_rating=noisy_rating(
            competence, 0.0, world.ratings.competence.value, noise.normal("rating.competence", **who)
        ),
        drift=drift,
        dropout=p.dropout_sd.value * noise.normal("therapist.dropout", **who),
        alliance=p.alliance_sd.value * noise.normal("therapist.alliance", **who),
        first_client=np.concatenate([[0], np.cumsum(clients)[:-1]]).astype(np.int64),
    )


def draw_clients(world: World, therapists: Therapists, noise: Noise, start: int = 0) -> Clients:
    """Draw everyone on the therapists' waiting lists, whose first client has the number ``start``."""
    row = np.repeat(np.arange(len(therapists.index)), therapists.clients)
    who = {
        "replicate": therapists.replicate[row],
        "therapist": therapists.index[row],
        "client": (start + np.arange(len(row)) - therapists.first_client[row]).astype(np.uint32),
    }
    world = aligned(world, therapists.member[row])
    p, t = world.client, world.therapy
    fit = p.fit_mean.value + noise.normal("client.fit", **who)
    age = _category(p.age_shares.value, noise.uniform("client.age", **who))
    deprivation = _category(p.deprivation_shares.value, noise.uniform("client.deprivation", **who)) + 1
    bands = list(p.age_shares.value)
    log_odds = _by_category(p.age_log_odds, bands, age) + p.deprivation_log_odds.value * (deprivation - 5.5)
    case_mix = {}
    for name in type(p.case_mix).model_fields:
        category: Category = getattr(p.case_mix, name)
        values = list(category.shares.value)
        which = _category(category.shares.value, noise.uniform(f"client.{name}", **who))
        case_mix[name] = np.take_along_axis(np.asarray(values, dtype=object), which, 0)
        log_odds = log_odds + _by_category(category.log_odds, values, which)
    alliance = world.alliance.own_sd.value * noise.normal("client.alliance", **who)
    slope = p.natural_slope_mean.value + p.natural_slope_sd.value * noise.normal("client.slope", **who)
    gain_spread = t.gain_log_sd.value
    agreed = np.exp(t.agreed_log_mean.value + t.agreed_log_sd.value * noise.normal("client.agreed", **who))
    return Clients(
        replicate=who["replicate"],
        therapist=who["therapist"],
        index=who["client"],
        row=row,
        level=p.severity_mean.value - p.intake_elevation.value + p.level_sd.value * noise.normal("client.level", **who),
        elevation=p.intake_elevation.value + p.fluctuation_sd.value * noise.normal("client.intake", **who),
        natural_slope=slope + p.slope_with_alliance.value * alliance,
        gain=t.gain.value * np.exp(gain_spread * noise.normal("client.gain", **who) - gain_spread**2 / 2),
        agreed=np.clip(np.rint(agreed), 2, t.agreed_maximum.value).astype(np.int64),
        fit=fit,
        fit_rating=noisy_rating(fit, 0.0, world.ratings.fit.value, noise.normal("rating.fit", **who)),
        alliance=alliance + therapists.alliance[row],
        age_band=np.take_along_axis(np.asarray(bands, dtype=object), age, 0),
        deprivation=deprivation,
        **case_mix,
        case_mix_drift=p.drift_per_log_odds.value * log_odds,
        young=(age == bands.index(YOUNG)) * 1.0 if YOUNG in bands else np.zeros(len(row)),
        trauma=(noise.uniform("client.trauma", **who) < p.trauma_share.value) * 1.0,
        fragile=(noise.uniform("client.fragile", **who) < p.fragile_share.value) * 1.0,
        unrealistic=(noise.uniform("client.unrealistic", **who) < p.unrealistic_share.value) * 1.0,
    )


def _category(shares: dict[str, float], uniform: np.ndarray) -> np.ndarray:
    edges = np.cumsum(list(shares.values()))
    return np.minimum(np.searchsorted(edges, uniform, side="right"), len(edges) - 1)


def _by_category(numbers: dict[str, Sourced], names: list[str], which: np.ndarray) -> np.ndarray:
    """The number of each client's category, 0 where it has none, shape (clients,)."""
    found = np.zeros(len(which))
    for position, name in enumerate(names):
        if name in numbers:
            found = np.where(which == position, numbers[name].value, found)
    return found

"""Policies of a service (removal, support, monitoring) where harm is rare, clients differ and burnout fluctuates.

Imel et al. (2015, 10.1037/pst0000023) removed the worst 5 % each quarter when half of the clients respond. Here a few
in a hundred deteriorate. In quarter q the clients of the therapist in place p do so with log odds

    base + u_j + b burnout_jq + seen_p + unseen_p

`base` is such that with no policy the world's share of all clients deteriorates. u_j is what stays with the therapist,
burnout moves (its one-year correlation is given; a part r comes from workload and stays), and places get unlike
clients, half of which can be measured. u_j and b burnout_jq together have the world's spread. Worlds are those of
`iatrogenesis.simulation_study.policy_world`. Everything is keyed: each policy meets the same first therapists, clients,
and chances as doing nothing.

=====================  =================================================================================================
`remove_raw`           the worst 5 % by their own rate since they began are replaced by others of the pool
`remove_adjusted`      the same by observed less expected, given what is measured of their clients
`remove_sure`          those flagged as harmful (`iatrogenesis.core.definitions`), by a shrunken record
`support_worst`        the worst 5 %, adjusted, get support for a year, which takes something from their burnout
`support_burned_out`   the 5 % with the highest burnout ratings get it
`caseload_limit`       nobody has more clients than a limit; fewer clients are seen, and burnout from workload falls
`monitoring`           outcome monitoring for all clients, which lowers the odds of deterioration
=====================  =================================================================================================

A *false positive* is removed or supported without belonging to the worst fifth of the pool by u_j.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from iatrogenesis.core.definitions import flagged, harmful_rate
from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.streams import Noise
from iatrogenesis.evidence.ranges import RANGE, ranges
from iatrogenesis.inference.models.spread import log_odds_at, sd_of
from iatrogenesis.simulation_study.binomial import quantile
from iatrogenesis.simulation_study.names import POLICIES
from iatrogenesis.simulation_study.policy_world import Numbers

QUARTERS, POOL, YEAR = 40, 1000, 4
WORST = 0.8
BLOCK = 200  # services at a time: arrays that fit a processor's cache
MEASURES = {
    "averted": "Deteriorations averted per 1,000 clients",
    "fdr": "False discovery rate, %",
    "chosen": "Therapists removed or supported in ten years",
    "not_seen": "Clients not seen, per 1,000",
}
COLUMNS = ("policy", "measure", "label", *RANGE)


@dataclass
class TenYears:
    """What came of a policy in each service, shape (worlds, services)."""

    deteriorated: np.ndarray
    seen: np.ndarray
    chosen: np.ndarray
    false_positives: np.ndarray


@dataclass
class _Service:
    """The state of every service, arrays of shape (services, places); numbers of its world, shape (services, 1)."""

    world: Numbers
    noise: Noise
    base: np.ndarray
    service: np.ndarray
    place: np.ndarray
    pool: np.ndarray
    lasting: np.ndarray
    workload: np.ndarray
    moving: np.ndarray
    seen: np.ndarray
    unseen: np.ndarray
    supported: np.ndarray
    events: np.ndarray = field(init=False)
    expected: np.ndarray = field(init=False)
    trials: np.ndarray = field(init=False)

    def __post_init__(self):
        self.events, self.expected, self.trials = (np.zeros_like(self.lasting) for _ in range(3))

    @classmethod
    def opened(cls, worlds: Numbers, noise: Noise, services: int, first: int) -> "_Service":
        def total(*sds: np.ndarray) -> np.ndarray:
            return np.sqrt(sum(sd**2 for sd in sds))

        unlike = (worlds["unlike_seen"], worlds["unlike_unseen"])
        lasting = np.sqrt(np.maximum(sd_of(worlds["spread"]) ** 2 - worlds["burnout"] ** 2, 0.0))
        every = total(lasting, worlds["burnout"], *unlike)
        base = np.array([log_odds_at(float(p), float(sd)) for p, sd in zip(worlds["rate"], every, strict=True)])
        world = {name: np.repeat(of, services)[:, None] for name, of in (worlds | {"base": base}).items()}
        service = first + np.arange(len(base) * services)[:, None]
        place = np.arange(int(worlds["places"][0]))
        who = {"replicate": service, "therapist": place}
        pool = np.repeat(lasting, services)[:, None] * noise.normal(
            "pool", replicate=service, therapist=np.arange(POOL)
        )
        return cls(
            world=world,
            noise=noise,
            base=world["base"],
            service=service,
            place=place,
            pool=pool,
            lasting=pool[:, : len(place)],
            workload=noise.normal("workload", **who),
            moving=noise.normal("moving", **who, occasion=0),
            seen=world["unlike_seen"] * noise.normal("seen", **who),
            unseen=world["unlike_unseen"] * noise.normal("unseen", **who),
            supported=np.zeros((len(service), len(place)), dtype=int),
        )

    def burnout(self, limit: float | np.ndarray) -> np.ndarray:
        r = self.world["workload_correlation"]
        own = r * np.minimum(self.workload, limit) + np.sqrt(1 - r**2) * self.moving
        return own - self.world["support"] * (self.supported > 0)

    def replace(self, out: np.ndarray, quarter: int) -> None:
        """Others of the pool take these places and caseloads, with a record and a burnout of their own."""
        when = {"replicate": self.service, "therapist": self.place, "occasion": quarter}
        who = np.floor(POOL * self.noise.uniform("successor", **when)).astype(int)
        self.lasting = np.where(out, np.take_along_axis(self.pool, who, axis=1), self.lasting)
        self.moving = np.where(out, self.noise.normal("successor's burnout", **when), self.moving)
        for record in (self.events, self.expected, self.trials):
            record[out] = 0.0


def ten_years(policy: str, worlds: Numbers, noise: Noise, services: int, first: int = 0) -> TenYears:
    """Run a policy, or "none", for services that are otherwise the same.

    Parameters
    ----------
    services
        In each world.
    first
        Number of the first service: it decides who the therapists are.
    """
    service = _Service.opened(worlds, noise, services, first)
    world = service.world
    limit = world["caseload_limit"] if policy == "caseload_limit" else np.inf
    relief = world["monitoring"] if policy == "monitoring" else 0.0
    kept = world["yearly_stability"] ** (1 / YEAR)
    worst = np.quantile(service.pool, WORST, axis=1)[:, None]
    found = TenYears(*(np.zeros(len(service.service)) for _ in range(4)))
    for quarter in range(QUARTERS):
        when = {"replicate": service.service, "therapist": service.place, "occasion": quarter}
        if quarter:
            service.moving = kept * service.moving + np.sqrt(1 - kept**2) * noise.normal("moving", **when)
        caseload = 1 + world["caseload_spread"] * np.minimum(service.workload, limit)
        clients = np.rint(world["clients"] * np.maximum(caseload, 0.1))
        known = service.base + service.seen - relief
        odds = known + service.unseen + service.lasting + world["burnout"] * service.burnout(limit)
        now = quantile(noise.uniform("outcome", **when), clients, expit(odds))
        found.deteriorated += now.sum(axis=1)
        found.seen += clients.sum(axis=1)
        service.events += now
        service.expected += clients * expit(known)
        service.trials += clients
        service.supported = np.maximum(service.supported - 1, 0)
        chosen = _chosen(policy, service, when)
        found.chosen += chosen.sum(axis=1)
        found.false_positives += (chosen & (service.lasting < worst)).sum(axis=1)
        if policy.startswith("remove"):
            service.replace(chosen, quarter)
        elif policy.startswith("support"):
            service.supported[chosen] = YEAR
    return TenYears(**{name: of.reshape(-1, services) for name, of in vars(found).items()})


def _chosen(policy: str, service: _Service, when: dict) -> np.ndarray:
    """Whom the policy picks at the end of a quarter, bool, shape (services, places)."""
    if policy in ("none", "caseload_limit", "monitoring"):
        return np.zeros(service.lasting.shape, dtype=bool)
    if policy == "remove_sure":
        return _surely_harmful(service)
    if policy == "remove_raw":
        badness = service.events / service.trials
    elif policy == "support_burned_out":
        error = service.noise.normal("burnout_rating", **when)
        reliability = service.world["burnout_reliability"]
        badness = np.sqrt(reliability) * service.burnout(np.inf) + np.sqrt(1 - reliability) * error
    else:
        badness = (service.events - service.expected) / service.trials
    badness = badness + 1e-9 * service.noise.uniform("ties", **when)
    badness = np.where(service.supported > 0, -np.inf, badness)  # nobody is supported twice at a time
    size = max(1, round(float(service.world["share"][0, 0]) * badness.shape[1] + 1e-9))
    return (badness >= np.partition(badness, -size, axis=1)[:, [-size]]) & np.isfinite(badness)


def _surely_harmful(service: _Service) -> np.ndarray:
    """Who is flagged as harmful, by rates for the same clients; normal on the log-odds scale.

    The record tells (events - expected) / information of a therapist's log odds, which the world's spread shrinks.
    """
    from scipy.stats import norm  # here, because reading a study, before every run, does without it

    rate = service.expected / service.trials
    information = service.trials * rate * (1 - rate)
    variance = sd_of(service.world["spread"]) ** 2
    weight = variance / (variance + 1 / information)
    mean = weight * (service.events - service.expected) / information
    sd = np.sqrt(weight / information)
    too_many = logit(np.minimum(harmful_rate(rate), 0.999)) - logit(rate)
    with np.errstate(divide="ignore"):  # therapists who do not differ are harmful with certainty or not at all
        return flagged(norm.sf((too_many - mean) / sd))


def in_worlds(worlds: Numbers, noise: Noise, services: int) -> pd.DataFrame:
    """Every measure of every policy beside doing nothing: conclusion, label, member, value and its Monte Carlo error.

    `averted` counts deteriorations fewer among as many clients as are seen with no policy; clients who find no place
    because of a caseload limit are `not_seen`, and nothing is claimed about them.
    """
    members, at_once = len(worlds["rate"]), max(1, BLOCK // services)
    rows = []
    for first in range(0, members, at_once):
        block = {name: of[first : first + at_once] for name, of in worlds.items()}
        nothing = ten_years("none", block, noise, services, first * services)
        for policy in POLICIES:
            found = ten_years(policy, block, noise, services, first * services)
            for measure, member, (value, error) in _measured(policy, found, nothing):
                name = {"conclusion": f"{policy}.{measure}", "label": MEASURES[measure]}
                rows.append(name | {"member": first + member, "value": value, "mcse": error})
    return pd.DataFrame(rows)


def _measured(policy: str, found: TenYears, nothing: TenYears) -> Iterator[tuple[str, int, tuple[float, float]]]:
    # Per client seen, times the clients of a service that does nothing: fewer clients are not harm averted.
    averted = nothing.deteriorated - found.deteriorated * nothing.seen / found.seen
    for member, seen in enumerate(nothing.seen):
        yield "averted", member, _per(1000, averted[member], seen)
        if policy.startswith(("remove", "support")):
            yield "fdr", member, _per(100, found.false_positives[member], found.chosen[member])
            yield "chosen", member, _per(1, found.chosen[member], np.ones_like(seen))
        elif policy == "caseload_limit":
            yield "not_seen", member, _per(1000, seen - found.seen[member], seen)


def _per(unit: float, part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    value, error = ratio(part, whole) if whole.sum() else (np.nan, np.nan)
    return unit * value, unit * error


def table(members: pd.DataFrame, centre: pd.DataFrame) -> pd.DataFrame:
    """Every policy's measures over plausible worlds, and at the centre; columns `COLUMNS`."""
    found = ranges(members, centre)
    names = found["conclusion"].str.partition(".")
    return found.assign(policy=names[0], measure=names[2])[list(COLUMNS)]

"""Policies of a service (removal, support, monitoring) where harm is rare, clients differ and burnout fluctuates.

Imel et al. (2015, 10.1037/pst0000023) removed the worst 5 % each quarter when half of the clients respond. Here a few
in a hundred deteriorate. In quarter q the clients of the therapist in place p do so with log odds

    base + u_j + b burnout_jq + seen_p + unseen_p

`base` is such that with no policy the published share of all clients deteriorates. u_j is what stays with the
therapist, burnout moves (its one-year correlation is given; a part r comes from workload and stays), and places get
unlike clients, half of which can be measured. u_j and b burnout_jq together have the published spread. Everything is
keyed: each policy meets the same first therapists, clients, and chances as doing nothing.

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

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from iatrogenesis.core.definitions import flagged, harmful_rate
from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.sources import Sourced, Strict
from iatrogenesis.core.streams import Noise
from iatrogenesis.evidence.unknowns import is_uncertain, prior_of
from iatrogenesis.inference.models.spread import log_odds_at, sd_of
from iatrogenesis.simulation_study.names import POLICIES

QUARTERS, POOL, YEAR = 40, 1000, 4
WORST = 0.8
WORLDS, SERVICES = 40, 10  # plausible worlds, and services in each: few, because the many worlds tell the range
COLUMNS = (
    "policy", "reading", "averted", "averted_mcse", "averted_low", "averted_high", "chosen", "fdr",
    "fdr_mcse", "not_seen", "clients", "replicates",
)  # fmt: skip


class PolicyWorld(Strict):
    """Every number of the ten years, with its record; see `config/policies.yaml`."""

    places: Sourced
    clients: Sourced
    share: Sourced
    rate: Sourced
    spread: Sourced
    burnout: Sourced
    yearly_stability: Sourced
    workload_correlation: Sourced
    burnout_reliability: Sourced
    unlike_seen: Sourced
    unlike_unseen: Sourced
    support: Sourced
    caseload_limit: Sourced
    caseload_spread: Sourced
    monitoring: Sourced

    def plausible(self, noise: Noise, worlds: int) -> list[dict[str, float]]:
        """Return plain numbers of so many worlds, each drawn from what its record says is plausible."""
        world = np.arange(worlds)
        every: dict[str, float | np.ndarray] = dict(self.read_as("base"))
        for name in type(self).model_fields:
            record = getattr(self, name)
            if is_uncertain(record):
                every[name] = prior_of(record).quantile(noise.normal(f"plausible.{name}", client=world))
        return [{name: float(np.broadcast_to(of, worlds)[one]) for name, of in every.items()} for one in world]

    def read_as(self, reading: str) -> dict[str, float]:
        """Return plain numbers, as a base, sceptical or optimistic reader would take them."""
        return {name: getattr(self, name).read_as(reading).value for name in type(self).model_fields}


@dataclass
class TenYears:
    """What came of a policy, one entry per replicate."""

    deteriorated: np.ndarray
    seen: np.ndarray
    chosen: np.ndarray
    false_positives: np.ndarray


@dataclass
class _Service:
    """The state of all replicates of a service, arrays of shape (replicates, places)."""

    world: dict[str, float]
    noise: Noise
    base: float
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
    def opened(cls, world: dict[str, float], noise: Noise, replicates: int) -> "_Service":
        service, place = np.arange(replicates)[:, None], np.arange(int(world["places"]))
        who = {"replicate": service, "therapist": place}
        own = np.sqrt(max(sd_of(world["spread"]) ** 2 - world["burnout"] ** 2, 0.0))
        total = np.sqrt(own**2 + world["burnout"] ** 2 + world["unlike_seen"] ** 2 + world["unlike_unseen"] ** 2)
        pool = own * noise.normal("pool", replicate=service, therapist=np.arange(POOL))
        ticket = noise.uniform("ticket", replicate=service, therapist=np.arange(POOL))
        first = np.argsort(ticket, axis=1)[:, : len(place)]
        return cls(
            world=world,
            noise=noise,
            base=log_odds_at(world["rate"], total),
            service=service,
            place=place,
            pool=pool,
            lasting=np.take_along_axis(pool, first, axis=1),
            workload=noise.normal("workload", **who),
            moving=noise.normal("moving", **who, occasion=0),
            seen=world["unlike_seen"] * noise.normal("seen", **who),
            unseen=world["unlike_unseen"] * noise.normal("unseen", **who),
            supported=np.zeros((replicates, len(place)), dtype=int),
        )

    def burnout(self, limit: float) -> np.ndarray:
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


def ten_years(policy: str, world: dict[str, float], noise: Noise, replicates: int) -> TenYears:
    """Run a policy, or "none", for services that are otherwise the same."""
    from scipy.stats import binom  # here, because reading a study, before every run, does without it

    service = _Service.opened(world, noise, replicates)
    limit = world["caseload_limit"] if policy == "caseload_limit" else np.inf
    relief = world["monitoring"] if policy == "monitoring" else 0.0
    kept = world["yearly_stability"] ** (1 / YEAR)
    worst = np.quantile(service.pool, WORST, axis=1)[:, None]
    found = TenYears(*(np.zeros(replicates) for _ in range(4)))
    for quarter in range(QUARTERS):
        when = {"replicate": service.service, "therapist": service.place, "occasion": quarter}
        if quarter:
            service.moving = kept * service.moving + np.sqrt(1 - kept**2) * noise.normal("moving", **when)
        caseload = 1 + world["caseload_spread"] * np.minimum(service.workload, limit)
        clients = np.rint(world["clients"] * np.maximum(caseload, 0.1))
        known = service.base + service.seen - relief
        odds = known + service.unseen + service.lasting + world["burnout"] * service.burnout(limit)
        now = binom.ppf(noise.uniform("outcome", **when), clients, expit(odds))
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
    return found


def _chosen(policy: str, service: _Service, when: dict) -> np.ndarray:
    """Whom the policy picks at the end of a quarter, bool, shape (replicates, places)."""
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
    size = max(1, round(service.world["share"] * badness.shape[1] + 1e-9))
    place = np.argsort(np.argsort(-badness, axis=1), axis=1)
    return (place < size) & np.isfinite(badness)


def _surely_harmful(service: _Service) -> np.ndarray:
    """Who is flagged as harmful, by rates for the same clients; normal on the log-odds scale.

    The record tells (events - expected) / information of a therapist's log odds, which the published spread shrinks.
    """
    from scipy.stats import norm  # as above

    rate = service.expected / service.trials
    information = service.trials * rate * (1 - rate)
    variance = sd_of(service.world["spread"]) ** 2
    weight = variance / (variance + 1 / information)
    mean = weight * (service.events - service.expected) / information
    sd = np.sqrt(weight / information)
    too_many = logit(np.minimum(harmful_rate(rate), 0.999)) - logit(rate)
    return flagged(norm.sf((too_many - mean) / sd))


def table(world: PolicyWorld, noise: Noise, replicates: int) -> pd.DataFrame:
    """Every policy beside doing nothing, in each reading that it has and in plausible worlds; columns `COLUMNS`.

    `averted` counts deteriorations fewer among as many clients as are seen with no policy; clients who find no place
    because of a caseload limit are `not_seen`, and nothing is claimed about them.
    """
    rows = []
    for reading in ("base", "sceptical", "optimistic"):
        numbers = world.read_as(reading)
        nothing = ten_years("none", numbers, noise, replicates)
        for policy in POLICIES:
            found = ten_years(policy, numbers, noise, replicates)
            # Per client seen, times the clients of a service that does nothing: fewer clients are not harm averted.
            averted = nothing.deteriorated - found.deteriorated * nothing.seen / found.seen
            error = averted.std(ddof=1) / np.sqrt(replicates)
            low, high = np.quantile(averted, [0.025, 0.975])
            fdr, fdr_error = _share(found.false_positives, found.chosen)
            rows.append(
                {
                    "policy": policy,
                    "reading": reading,
                    "averted": averted.mean(),
                    "averted_mcse": error,
                    "averted_low": low,
                    "averted_high": high,
                    "chosen": found.chosen.mean(),
                    "fdr": fdr,
                    "fdr_mcse": fdr_error,
                    "not_seen": (nothing.seen - found.seen).mean(),
                    "clients": nothing.seen.mean(),
                    "replicates": replicates,
                }
            )
    rows += _plausible(world, noise)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _plausible(world: PolicyWorld, noise: Noise) -> list[dict[str, object]]:
    """What each policy averts in plausible worlds: median, and the 90 % range as `averted_low` and `averted_high`.

    `averted_mcse` is the Monte Carlo error of one world's value.
    """
    found: dict[str, list[tuple[float, ...]]] = {policy: [] for policy in POLICIES}
    for numbers in world.plausible(noise, WORLDS):
        nothing = ten_years("none", numbers, noise, SERVICES)
        for policy, of in found.items():
            years = ten_years(policy, numbers, noise, SERVICES)
            averted = nothing.deteriorated - years.deteriorated * nothing.seen / years.seen
            error = averted.std(ddof=1) / np.sqrt(SERVICES)
            not_seen = (nothing.seen - years.seen).mean()
            of.append((averted.mean(), error, years.chosen.mean(), not_seen, nothing.seen.mean()))
    rows = []
    for policy, of in found.items():
        averted, error, chosen, not_seen, clients = np.array(of).T
        low, median, high = np.quantile(averted, [0.05, 0.5, 0.95])
        about = {"policy": policy, "reading": "plausible", "averted": median, "averted_low": low, "averted_high": high}
        about |= {
            "averted_mcse": np.sqrt(np.mean(error**2)),
            "chosen": chosen.mean(),
            "fdr": np.nan,
            "fdr_mcse": np.nan,
        }
        rows.append(about | {"not_seen": not_seen.mean(), "clients": clients.mean(), "replicates": WORLDS})
    return rows


def _share(part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    return ratio(part, whole) if whole.sum() else (np.nan, np.nan)

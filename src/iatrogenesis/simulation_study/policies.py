"""Policies of a service (removal, support, monitoring) where harm is rare, clients differ and burnout fluctuates.

Imel et al. (2015, 10.1037/pst0000023) removed the worst 5 % each quarter when half of the clients respond. Here a few
in a hundred deteriorate. Worlds are those of `iatrogenesis.simulation_study.policy_world`, what happens in a service
stands in `iatrogenesis.simulation_study.policy_service`, what it can know of that in
`iatrogenesis.simulation_study.policy_record`. Everything is keyed: each policy meets the same first therapists,
clients, and chances as doing nothing.

=====================  =================================================================================================
`remove_raw`           the worst 5 % by their own rate since they began are replaced by others of the pool
`remove_adjusted`      the same by observed less expected, given what is measured of their clients
`remove_sure`          those flagged as harmful (`iatrogenesis.core.definitions`), by a shrunken record
`support_worst`        the worst 5 %, adjusted, get support for a year, which takes something from their burnout
`support_burned_out`   the 5 % with the highest burnout ratings get it
`caseload_limit`       nobody has more clients than a limit; fewer clients are seen, and burnout from workload falls
`monitoring`           outcome monitoring for all clients, which lowers the odds of deterioration
=====================  =================================================================================================

Removal leaves a place empty for a while, and its clients are not seen. Who was chosen is judged by what the therapist
adds to the log odds in the quarter in which they are chosen, u_j + b burnout_jq, so that support of the burned-out and
removal are held to the same:

``fdr``
    the share of them who are not harmful as this study defines it: their rate is not above twice the service's mean;
``not_worst_fifth``
    the share who are not even among the worst fifth of all therapists.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from iatrogenesis.core.montecarlo import ratio
from iatrogenesis.core.streams import Noise
from iatrogenesis.evidence.ranges import RANGE, ranges
from iatrogenesis.simulation_study.binomial import quantile
from iatrogenesis.simulation_study.names import POLICIES
from iatrogenesis.simulation_study.policy_service import YEAR, Service
from iatrogenesis.simulation_study.policy_world import Numbers

QUARTERS = 40
BLOCK = 200  # services at a time: arrays that fit a processor's cache
MEASURES = {
    "averted": "Deteriorations averted per 1,000 clients",
    "fdr": "False discovery rate: chosen but not harmful, %",
    "not_worst_fifth": "Chosen but not among the worst fifth, %",
    "chosen": "Therapists removed or supported in ten years",
    "not_seen": "Clients not seen, per 1,000",
}
CHOOSING, FEWER_SEEN = ("remove", "support"), ("remove", "caseload_limit")
COLUMNS = ("policy", "measure", "label", *RANGE)


@dataclass
class TenYears:
    """What came of a policy in each service.

    Attributes
    ----------
    events, clients
        Deteriorations and clients, shape (worlds, services, quarters, places).
    chosen, not_harmful, not_worst_fifth
        Therapists who were chosen, and how many of them are not what a policy looks for, shape (worlds, services).
    """

    events: np.ndarray
    clients: np.ndarray
    chosen: np.ndarray
    not_harmful: np.ndarray
    not_worst_fifth: np.ndarray

    @property
    def deteriorated(self) -> np.ndarray:
        """Deteriorations in ten years, shape (worlds, services)."""
        return self.events.sum(axis=(2, 3))

    @property
    def seen(self) -> np.ndarray:
        """Clients in ten years, shape (worlds, services)."""
        return self.clients.sum(axis=(2, 3))

    def averted(self, nothing: "TenYears") -> np.ndarray:
        """Deteriorations fewer than with no policy among the clients who are seen, shape (worlds, services).

        Fewer clients are not harm averted, nor is it that a place with hard clients is empty more often: each place
        and quarter is held to its own rate with no policy.
        """
        return (self.clients * nothing.events / nothing.clients).sum(axis=(2, 3)) - self.deteriorated


def ten_years(policy: str, worlds: Numbers, noise: Noise, services: int, first: int = 0) -> TenYears:
    """Run a policy, or "none", for services that are otherwise the same.

    Parameters
    ----------
    services
        In each world.
    first
        Number of the first service: it decides who the therapists are.
    """
    service = Service.opened(worlds, noise, services, first)
    world = service.world
    limit = world["caseload_limit"] if policy == "caseload_limit" else np.inf
    relief = world["monitoring"] if policy == "monitoring" else 0.0
    kept = world["yearly_stability"] ** (1 / YEAR)
    counts = np.zeros((2, QUARTERS, *service.lasting.shape))
    number, not_harmful, not_worst_fifth = np.zeros((3, len(service.service)))
    for quarter in range(QUARTERS):
        when = {"replicate": service.service, "therapist": service.place, "occasion": quarter}
        if quarter:
            service.moving = kept * service.moving + np.sqrt(1 - kept**2) * noise.normal("moving", **when)
        clients, excess = service.clients(limit), service.excess(limit)
        odds = service.base + service.seen + service.unseen - relief + excess
        now = quantile(noise.uniform("outcome", **when), clients, expit(odds))
        counts[:, quarter] = now, clients
        service.supported = np.maximum(service.supported - 1, 0)
        if not policy.startswith(CHOOSING):
            continue
        service.record.add(now, clients)
        chosen = _chosen(policy, service, when)
        number += chosen.sum(axis=1)
        not_harmful += (chosen & ~service.harmful(excess)).sum(axis=1)
        not_worst_fifth += (chosen & ~service.in_worst_fifth(excess)).sum(axis=1)
        if policy.startswith("remove"):
            service.replace(chosen, quarter)
        else:
            service.supported[chosen] = YEAR
    events, seen = np.moveaxis(counts, 1, 2).reshape(2, -1, services, QUARTERS, counts.shape[-1])
    return TenYears(events, seen, *(of.reshape(-1, services) for of in (number, not_harmful, not_worst_fifth)))


def _chosen(policy: str, service: Service, when: dict) -> np.ndarray:
    """Whom the policy picks at the end of a quarter, bool, shape (services, places)."""
    if policy == "remove_sure":
        return service.record.probably_harmful()
    if policy == "remove_raw":
        badness = service.record.raw()
    elif policy == "support_burned_out":
        error = service.noise.normal("burnout_rating", **when)
        reliability = service.world["burnout_reliability"]
        badness = np.sqrt(reliability) * service.burnout(np.inf) + np.sqrt(1 - reliability) * error
    else:
        badness = service.record.excess()
    badness = badness + 1e-9 * service.noise.uniform("ties", **when)
    badness = np.where(service.supported > 0, -np.inf, badness)  # nobody is supported twice at a time
    size = max(1, round(float(service.world["share"][0, 0]) * badness.shape[1] + 1e-9))
    return (badness >= np.partition(badness, -size, axis=1)[:, [-size]]) & np.isfinite(badness)


def in_worlds(worlds: Numbers, noise: Noise, services: int) -> pd.DataFrame:
    """Every measure of every policy beside doing nothing: conclusion, label, member, value and its Monte Carlo error.

    `averted` is per 1,000 clients who are seen; nothing is claimed about those who find no place, because of a caseload
    limit or because a place is empty: they are `not_seen`.
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
    averted, seen, usual = found.averted(nothing), found.seen, nothing.seen
    for member in range(len(seen)):
        yield "averted", member, _per(1000, averted[member], seen[member])
        if policy.startswith(CHOOSING):
            yield "fdr", member, _per(100, found.not_harmful[member], found.chosen[member])
            yield "not_worst_fifth", member, _per(100, found.not_worst_fifth[member], found.chosen[member])
            yield "chosen", member, _per(1, found.chosen[member], np.ones_like(seen[member]))
        if policy.startswith(FEWER_SEEN):
            yield "not_seen", member, _per(1000, usual[member] - seen[member], usual[member])


def _per(unit: float, part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    value, error = ratio(part, whole) if whole.sum() else (np.nan, np.nan)
    return unit * value, unit * error


def table(members: pd.DataFrame, centre: pd.DataFrame) -> pd.DataFrame:
    """Every policy's measures over plausible worlds, and at the centre; columns `COLUMNS`."""
    return parted(ranges(members, centre))[list(COLUMNS)]


def parted(found: pd.DataFrame) -> pd.DataFrame:
    """What `in_worlds` found, or its ranges, with columns policy and measure instead of their common name."""
    names = found["conclusion"].str.partition(".")
    others = found.drop(columns="conclusion")
    return others.assign(policy=names[0], measure=names[2])[["policy", "measure", *others.columns]]

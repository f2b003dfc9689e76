"""The services of the ten years of policies: therapists of a pool, their burnout, their clients, and empty places.

In quarter q the clients of the therapist in place p do so with log odds

    base + u_j + b burnout_jq + seen_p + unseen_p

`base` is such that with no policy the world's share of all clients deteriorates. u_j is what stays with the therapist,
burnout moves (its one-year correlation is given; a part r comes from workload and stays), and places get unlike
clients, half of which can be measured. u_j and b burnout_jq together have the world's spread.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit, ndtri

from iatrogenesis.core.definitions import harmful_rate
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models.spread import log_odds_at, sd_of
from iatrogenesis.simulation_study.policy_record import Record
from iatrogenesis.simulation_study.policy_world import Numbers

POOL, YEAR = 1000, 4
WORST = 0.8
WEEKS = 13  # of a quarter
NODES = 9  # of the clients' distribution


@dataclass
class Service:
    """The state of every service, arrays of shape (services, places); numbers of its world, shape (services, 1).

    Attributes
    ----------
    vacant
        Weeks for which the place stays empty.
    record
        What the service itself knows.
    """

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
    vacant: np.ndarray = field(init=False)
    record: Record = field(init=False)

    def __post_init__(self):
        self.vacant, self.record = np.zeros_like(self.lasting), Record(self.seen)

    @classmethod
    def opened(cls, worlds: Numbers, noise: Noise, services: int, first: int) -> "Service":
        """So many services in each world; the number of the first decides who the therapists are."""

        def total(*sds: np.ndarray) -> np.ndarray:
            return np.sqrt(sum(sd**2 for sd in sds))

        unlike = (worlds["unlike_seen"], worlds["unlike_unseen"])
        lasting = np.sqrt(np.maximum(sd_of(worlds["spread"]) ** 2 - worlds["burnout"] ** 2, 0.0))
        every = total(lasting, worlds["burnout"], *unlike)
        base = np.array([log_odds_at(float(p), float(sd)) for p, sd in zip(worlds["rate"], every, strict=True)])
        own = {"base": base, "unlike": total(*unlike), "total": total(lasting, worlds["burnout"])}
        world = {name: np.repeat(of, services)[:, None] for name, of in (worlds | own).items()}
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
        """Burnout now, if nobody's workload is above the limit."""
        r = self.world["workload_correlation"]
        own = r * np.minimum(self.workload, limit) + np.sqrt(1 - r**2) * self.moving
        return own - self.world["support"] * (self.supported > 0)

    def excess(self, limit: float | np.ndarray = np.inf) -> np.ndarray:
        """Log odds that the therapist adds now: what stays, and burnout's."""
        return self.lasting + self.world["burnout"] * self.burnout(limit)

    def clients(self, limit: float | np.ndarray) -> np.ndarray:
        """Clients of the quarter that begins, whole numbers; it passes for places that stay empty."""
        caseload = 1 + self.world["caseload_spread"] * np.minimum(self.workload, limit)
        away = np.minimum(self.vacant, WEEKS)
        self.vacant = self.vacant - away
        return np.rint(self.world["clients"] * np.maximum(caseload, 0.1) * (1 - away / WEEKS))

    def harmful(self, excess: np.ndarray) -> np.ndarray:
        """Who is harmful now (`iatrogenesis.core.definitions`), by the rate among the clients of all places.

        Parameters
        ----------
        excess
            As `excess` returns it, shape (services, places).
        """
        points, weights = np.polynomial.hermite_e.hermegauss(NODES)
        clients = self.world["unlike"] * points
        rate = expit((self.base + excess)[..., None] + clients[:, None, :]) @ (weights / weights.sum())
        here = self.record.trials > 0
        mean = (rate * here).sum(axis=1, keepdims=True) / np.maximum(here.sum(axis=1, keepdims=True), 1)
        return rate > harmful_rate(mean)

    def in_worst_fifth(self, excess: np.ndarray) -> np.ndarray:
        """Whose excess now is among the highest fifth of all who could be in place."""
        return excess >= ndtri(WORST) * self.world["total"]

    def replace(self, out: np.ndarray, quarter: int) -> None:
        """Others of the pool take these places and caseloads, after a while, with a record and burnout of their own."""
        when = {"replicate": self.service, "therapist": self.place, "occasion": quarter}
        who = np.floor(POOL * self.noise.uniform("successor", **when)).astype(int)
        self.lasting = np.where(out, np.take_along_axis(self.pool, who, axis=1), self.lasting)
        self.moving = np.where(out, self.noise.normal("successor's burnout", **when), self.moving)
        self.vacant = np.where(out, self.world["vacancy"], self.vacant)
        self.record.begin_anew(out)

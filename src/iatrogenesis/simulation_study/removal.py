"""Removing the therapists with the worst results every quarter, as Imel et al. (2015, 10.1037/pst0000023) simulated it.

Fifty therapists out of a thousand see thirty clients each per quarter, for ten years. A client responds with
probability inverse logit(base + effect), effects being normal with the SD that a share of variance (VPC) implies. Every
quarter the worst five per cent by their own results so far are replaced by others out of the thousand, drawn anew. What
is counted are responses more than the same service has that removes nobody.

Not said in the abstract, and chosen here: five per cent of fifty are three, results are counted since a therapist
began, ties are broken by chance.

The same with harm instead of response: a rare outcome, and clients that differ. There ``referral_sd`` gives each
*place* in the service clients of its own, whoever sits there, so that raw results speak of clients as well as of
therapists.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import binom

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models.spread import sd_of

WORST = 0.8  # a choice: a therapist in the worst fifth of the thousand is rightly removed


@dataclass(frozen=True)
class Removal:
    """One service and its policy.

    Attributes
    ----------
    vpc
        Share of variance between therapists, latent logistic scale.
    rate
        Probability of the outcome with the average therapist.
    harm
        Whether the outcome is harm: then those with most of it are removed, otherwise those with least.
    referral_sd
        SD, in log odds, of the clients that come to each place.
    """

    vpc: float
    rate: float = 0.5
    harm: bool = False
    referral_sd: float = 0.0
    therapists: int = 50
    pool: int = 1000
    clients: int = 30
    quarters: int = 40
    removed: int = 3


@dataclass(frozen=True)
class Removed:
    """Gained outcomes (averted, if harm) and false discovery rate of removal, one entry per replicate."""

    gained: np.ndarray
    fdr: np.ndarray


def simulate(policy: Removal, noise: Noise, replicates: int) -> Removed:
    """Run replicates of a service with and without removal, with the same first therapists and the same clients."""
    sd = sd_of(policy.vpc)
    service, place = np.arange(replicates)[:, None], np.arange(policy.therapists)
    pool = sd * noise.normal("pool", replicate=service, therapist=np.arange(policy.pool))
    worst = np.quantile(pool, WORST if policy.harm else 1 - WORST, axis=1)[:, None]
    # The first therapists are those whose random number is smallest: drawn without putting back.
    ticket = noise.uniform("ticket", replicate=service, therapist=np.arange(policy.pool))
    start = np.take_along_axis(pool, np.argsort(ticket, axis=1)[:, : policy.therapists], axis=1)
    clients = policy.referral_sd * noise.normal("clients", replicate=service, therapist=place)
    effect, base = start.copy(), logit(policy.rate) + clients
    events, seen = np.zeros_like(effect), np.zeros_like(effect)
    gained, wrong = np.zeros(replicates), np.zeros(replicates)
    for quarter in range(policy.quarters):
        when = {"replicate": service, "therapist": place, "occasion": quarter}
        uniform = noise.uniform("outcome", **when)
        now, without = (binom.ppf(uniform, policy.clients, expit(base + one)) for one in (effect, start))
        gained += (without - now if policy.harm else now - without).sum(axis=1)
        events, seen = events + now, seen + policy.clients
        badness = (events if policy.harm else -events) / seen + 1e-9 * noise.uniform("ties", **when)
        out = np.argsort(-badness, axis=1)[:, : policy.removed]
        leaving = np.take_along_axis(effect, out, axis=1)
        wrong += ((leaving < worst) if policy.harm else (leaving > worst)).mean(axis=1)
        who = np.floor(policy.pool * noise.uniform("successor", **when)[:, : policy.removed]).astype(int)
        for array, values in ((effect, np.take_along_axis(pool, who, axis=1)), (events, 0.0), (seen, 0.0)):
            np.put_along_axis(array, out, values, axis=1)
    return Removed(gained, wrong / policy.quarters)

"""The numbers of the ten years of policies: from the plausible worlds what they tell, with priors of its own the rest.

Each member of the ensemble is a world of policies. Its rate of deterioration, the spread between its therapists, and
what less burnout or outcome monitoring averts are found in its simulated routine care; how burnout stays and goes with
workload, how it is rated, and how caseloads differ stand among its numbers. No pattern is about how unlike the clients
of different places are, nor about what support for one therapist brings: these have declared priors.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from iatrogenesis.core.montecarlo import without_chance
from iatrogenesis.core.quantities import NotNegative, Proportion, Spread, Weeks
from iatrogenesis.core.sources import Sourced, Strict
from iatrogenesis.core.streams import Noise
from iatrogenesis.evidence.unknowns import is_uncertain, prior_of
from iatrogenesis.inference.models.spread import log_odds_at, sd_of
from iatrogenesis.world.members import member_count
from iatrogenesis.world.scenarios import Scenario

Numbers = dict[str, np.ndarray]
"""Numbers of some worlds of policies, by name, shape (worlds,)."""
SIMULATED = ("rate", "burnout", "monitoring", "spread")
"""What is found in a member's routine care; of burnout and monitoring, what less of one or more of the other averts."""
RAREST = 1e-3
"""No rate is taken to be lower, for it has no log odds; small simulations may show none."""


class PolicyWorld(Strict):
    """Numbers that no plausible world tells, with their records; see `config/policies.yaml`."""

    places: NotNegative
    clients: NotNegative
    share: Proportion
    caseload_limit: Sourced
    unlike_seen: Spread
    unlike_unseen: Spread
    support: Sourced
    vacancy: Weeks

    def centre(self) -> Numbers:
        """One world, in which every number is what its record says."""
        return {name: np.array([getattr(self, name).value]) for name in type(self).model_fields}

    def drawn(self, noise: Noise, worlds: int) -> Numbers:
        """So many worlds, each number drawn from the prior that its record states."""
        world, found = np.arange(worlds), {name: np.repeat(of, worlds) for name, of in self.centre().items()}
        for name in found:
            record = getattr(self, name)
            if is_uncertain(record):
                found[name] = prior_of(record).quantile(noise.normal(f"plausible.{name}", client=world))
        return found


class Estimates(NamedTuple):
    """A number per 1,000 in some worlds, and its Monte Carlo standard errors, shape (worlds,)."""

    values: np.ndarray
    errors: np.ndarray


def of_service(scenario: Scenario) -> Numbers:
    """What stands among the numbers of a world, or of each of its members."""
    world, members = scenario.world, member_count(scenario)
    found = {
        "yearly_stability": world.burnout.yearly_stability.value,
        "workload_correlation": world.burnout.workload_correlation.value,
        "burnout_reliability": world.ratings.burnout.value,
        "caseload_spread": world.therapist.caseload_sd.value / np.asarray(world.therapist.caseload_mean.value),
    }
    return {name: np.broadcast_to(of, members).astype(float) for name, of in found.items()}


def of_outcomes(found: Mapping[str, Estimates], declared: Numbers) -> Numbers:
    """Rate and spread as shares; what a SD of burnout adds, and monitoring takes off, in log odds.

    The log odds are those of a policy's world: given the therapist and the place, such that over all of them as many
    deteriorate as in the simulated one. Monte Carlo error is taken off the differences between worlds.

    Parameters
    ----------
    found
        By the names in `SIMULATED`.
    declared
        The same worlds' other numbers, of which `unlike_seen` and `unlike_unseen` are used.
    """
    told = {
        name: (without_chance(*of) if len(of.values) > 1 else of.values) / 1000
        for name, of in ((name, found[name]) for name in SIMULATED)
    }
    rate, spread = np.clip(told["rate"], RAREST, 0.5), np.clip(told["spread"], 0.0, 0.9)
    total = np.sqrt(sd_of(spread) ** 2 + declared["unlike_seen"] ** 2 + declared["unlike_unseen"] ** 2)

    def log_odds(share: np.ndarray) -> np.ndarray:
        return np.array([log_odds_at(float(p), float(sd)) for p, sd in zip(share, total, strict=True)])

    fewer = {name: log_odds(np.clip(rate - told[name], RAREST, 0.9)) for name in ("burnout", "monitoring")}
    return {"rate": rate, "spread": spread} | {name: log_odds(rate) - of for name, of in fewer.items()}

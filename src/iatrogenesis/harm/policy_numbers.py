"""What the ten years of policies need to know of a plausible world, from its simulated routine care.

Per finished course, because clients of a policy's world are courses that were judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from iatrogenesis.evidence.patterns.therapists import vpc_of_deterioration
from iatrogenesis.harm.conclusions import Asks, Conclusion, finished
from iatrogenesis.world.judged import Sample


@dataclass(frozen=True)
class Spread:
    """Variance partition coefficient of deterioration, as published pattern T01 is worked out, in one world."""

    label: str
    world: str

    def of(self, samples: Mapping[str, Sample]) -> tuple[float, float]:
        """The share of variance in 1,000, and its standard error."""
        share, error = vpc_of_deterioration(samples[self.world])
        return 1000 * share, 1000 * error


PER = "per 1,000 finished courses"
MONITORED = "prevention.monitoring"
"""The world with outcome monitoring as its only prevention, as in `iatrogenesis.harm.conclusions.one_by_one`."""
POLICY: Mapping[str, Asks] = {  # by `iatrogenesis.simulation_study.policy_world.SIMULATED`
    "policy.rate": Conclusion(f"Reliably deteriorated, {PER}", "routine_care", None, among=finished),
    "policy.burnout": Conclusion(
        f"Averted if therapists' burnout were one SD lower, {PER}", "routine_care", "rested", among=finished
    ),
    "policy.monitoring": Conclusion(f"Averted by monitoring, {PER}", "routine_care", MONITORED, among=finished),
    "policy.spread": Spread("Variance of deterioration between therapists, in 1,000 of all", "routine_care"),
}

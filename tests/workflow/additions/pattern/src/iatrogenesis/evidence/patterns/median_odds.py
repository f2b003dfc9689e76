"""Therapists' part in deterioration as an odds ratio between two of them."""

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import PATTERNS, pattern
from iatrogenesis.inference.models.spread import mor, sd_of


@pattern("T01_mor")
def median_odds_ratio(counterparts: Counterparts) -> float:
    """Median odds ratio of deterioration between two therapists, from the share of variance (T01)."""
    return float(mor(sd_of(max(PATTERNS["T01"](counterparts), 0.0))))

"""Therapists' part in deterioration as an odds ratio between two of them."""

from iatrogenesis.evidence.counterparts import Worlds
from iatrogenesis.evidence.patterns.register import PATTERNS, pattern
from iatrogenesis.inference.models.spread import mor, sd_of


@pattern("T01_mor")
def median_odds_ratio(worlds: Worlds) -> float:
    """Median odds ratio of deterioration between two therapists, from the share of variance (T01)."""
    return float(mor(sd_of(max(PATTERNS["T01"](worlds), 0.0))))

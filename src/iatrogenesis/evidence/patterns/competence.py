"""Competence: hardly related to outcome, but for the least competent; and what therapists do not notice."""

import numpy as np

from iatrogenesis.evidence.counterparts import Worlds
from iatrogenesis.evidence.patterns.register import fall, pattern

LEAST = 0.1  # the least competent tenth


@pattern("C01")
def competence_outcome(worlds: Worlds) -> float:
    """Correlation of the therapist's rated competence with the fall of the PHQ-9."""
    done = worlds.treated.only(worlds.treated.finished)
    return float(np.corrcoef(done.competence_rating, fall(done))[0, 1])


@pattern("C02")
def least_competent(worlds: Worlds) -> float:
    """Risk ratio of deterioration, clients of the tenth of therapists rated least competent against all others."""
    done = worlds.treated.only(worlds.treated.finished)
    least = done.competence_rating <= np.quantile(done.competence_rating, LEAST)
    return float(done.deteriorated[least].mean() / done.deteriorated[~least].mean())


@pattern("C10")
def recognised(worlds: Worlds) -> float:
    """Share of those who deteriorated whose therapist had noticed, without being told."""
    sample = worlds.treated
    return float(sample.noticed[sample.deteriorated].mean())

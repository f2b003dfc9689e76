"""Competence: a weak relation to outcome except among the least competent; and deterioration that therapists miss."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import fall, pattern

LEAST = 0.1  # the least competent tenth


@pattern("C01")
def competence_outcome(counterparts: Counterparts) -> float:
    """Correlation of the therapist's rated competence with the fall of the PHQ-9."""
    done = counterparts.treated.only(counterparts.treated.finished)
    return float(np.corrcoef(done.competence_rating, fall(done))[0, 1])


@pattern("C02")
def least_competent(counterparts: Counterparts) -> float:
    """Risk ratio of deterioration, clients of the tenth of therapists rated least competent against all others."""
    done = counterparts.treated.only(counterparts.treated.finished)
    least = done.competence_rating <= np.quantile(done.competence_rating, LEAST)
    return float(done.deteriorated[least].mean() / done.deteriorated[~least].mean())


@pattern("C10")
def recognised(counterparts: Counterparts) -> float:
    """Share of those who deteriorated whose therapist had noticed, without being told."""
    sample = counterparts.treated
    return float(sample.noticed[sample.deteriorated].mean())

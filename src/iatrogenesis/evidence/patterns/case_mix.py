"""Who deteriorates: odds ratios between groups of clients."""

import numpy as np

from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.patterns.register import odds_ratio, pattern


def _between(counterparts: Counterparts, exposed: np.ndarray, others: np.ndarray) -> float:
    sample = counterparts.treated
    among = sample.finished & (exposed | others)
    return odds_ratio(sample.deteriorated[among], exposed[among])


def _compare(name: str, trait: str, one: object, other: object) -> None:
    def function(counterparts: Counterparts) -> float:
        values = getattr(counterparts.treated, trait)
        return _between(counterparts, values == one, values == other)

    function.__doc__ = f"Odds ratio of deterioration by {trait}: {one} against {other}."
    pattern(name)(function)


_compare("D12", "deprivation", 10, 1)
_compare("D13", "ethnicity", "BME", "White British")
_compare("D14_depression", "problem", "depression", "generalised anxiety")
_compare("D14_ptsd", "problem", "PTSD", "generalised anxiety")
_compare("D15", "cluster_of_care", "very severe", "low severity")
_compare("D16_young", "age_band", "18-25", "26-64")
_compare("D16_old", "age_band", "65-74", "26-64")

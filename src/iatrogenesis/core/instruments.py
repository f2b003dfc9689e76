"""Questionnaires: range, reliability, reliable change and cut-off, with their sources."""

from collections.abc import Iterable, Mapping
from math import sqrt

import numpy as np

from iatrogenesis.core.lines import Title
from iatrogenesis.core.quantities import NotNegative, Reliability, Spread
from iatrogenesis.core.sources import Sourced, Strict

CRITICAL = 1.96
"""A change is reliable beyond so many SDs of a difference without true change."""
ROUNDING_VARIANCE = 1 / 12
"""Variance that rounding to whole points adds."""


class Instrument(Strict):
    """One questionnaire; higher scores are worse."""

    name: Title
    minimum: int
    maximum: int
    mean: Sourced
    sd: Spread
    reliability: Reliability
    reliable_change: NotNegative
    caseness: Sourced

    @property
    def error_sd(self) -> float:
        """SD in points of what moves a score without true change, before it is rounded.

        Such that the difference of two whole-number scores without true change has an SD of ``reliable_change / 1.96``:
        rounding adds a variance of 1/12 to each score. Whole scores reach a whole threshold from half a point below,
        so that without true change the rule finds a change in 7 to 8 of 100, not in 5.
        """
        return sqrt((float(self.reliable_change) / CRITICAL) ** 2 / 2 - ROUNDING_VARIANCE)

    @property
    def computed_reliable_change(self) -> float:
        """Reliable change in points from ``sd`` and ``reliability`` (Jacobson & Truax, 10.1037/0022-006X.59.1.12)."""
        return CRITICAL * sqrt(2) * float(self.sd) * sqrt(1 - float(self.reliability))

    def score(self, true: np.ndarray) -> np.ndarray:
        """Whole points within the instrument's range from continuous values, shape kept."""
        return np.clip(np.rint(true), self.minimum, self.maximum).astype(np.int16)


class Instruments(Strict):
    """The instruments of a study, by the name their columns carry."""

    phq9: Instrument
    gad7: Instrument
    oq45: Instrument | None = None
    core_om: Instrument | None = None

    def by_name(self) -> Mapping[str, Instrument]:
        """Name and instrument, in the order of the columns; those that are not used are left out."""
        every = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: instrument for name, instrument in every.items() if instrument is not None}

    def only(self, names: Iterable[str]) -> "Instruments":
        """Those of these names, and the two that every service takes: the models adjust for their first scores."""
        keep = {*names, "phq9", "gad7"}
        return self.model_copy(update={name: None for name in type(self).model_fields if name not in keep})

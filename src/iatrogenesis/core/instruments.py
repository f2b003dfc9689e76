"""Questionnaires: range, reliability, reliable change and cut-off, with their sources."""

from collections.abc import Iterable, Mapping
from math import sqrt

import numpy as np

from iatrogenesis.core.sources import Sourced, Strict


class Instrument(Strict):
    """One questionnaire; higher scores are worse."""

    name: str
    minimum: int
    maximum: int
    mean: Sourced
    sd: Sourced
    reliability: Sourced
    reliable_change: Sourced
    caseness: Sourced
    last_mean: Sourced | None = None
    last_sd: Sourced | None = None

    @property
    def error_sd(self) -> float:
        """Standard error of measurement in points: ``sd * sqrt(1 - reliability)``."""
        return float(self.sd) * sqrt(1 - float(self.reliability))

    @property
    def computed_reliable_change(self) -> float:
        """Reliable change in points, ``1.96 * sqrt(2) * error_sd`` (Jacobson & Truax, 10.1037/0022-006X.59.1.12)."""
        return 1.96 * sqrt(2) * self.error_sd

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

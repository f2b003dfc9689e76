"""Misapplied technique: pushing too hard. Most of it passes; with complex trauma part of it stays."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Sessions
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class MisappliedTechnique(Mechanism):
    """Less competent therapists push more clients; that exacerbates for a while, and retraumatises some.

    pushed = 1 with probability expit(logit - per_competence * competence), drawn once per client; 0 again with another
             therapist
    active = pushed, in sessions first_session to last_session
    exacerbation = exacerbation_points * active
    drift = lasting_points * active * trauma
    rupture = rupture_logit * active
    """

    kind: Literal["misapplied_technique"] = "misapplied_technique"
    seed: ClassVar = (
        "Opening",
        "Common Types of Therapy-Induced Harm",
        "Causes Behind Iatrogenic Effects in Therapy",
        "Self-Harm Ideation Spikes",
    )
    signs: ClassVar = {"exacerbation": 1, "drift": 1, "rupture": 1}
    own: ClassVar = ("pushed",)
    ends_with_therapist: ClassVar = ("pushed",)
    logit: Sourced
    per_competence: Sourced
    first_session: Sessions
    last_session: Sessions
    exacerbation_points: Sourced
    lasting_points: Sourced
    rupture_logit: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who is pushed."""
        logit = self.logit.value - self.per_competence.value * intake.competence
        return {"pushed": draw.uniform("pushed") < exposure / (1.0 + np.exp(-logit))}

    def _active(self, week: Week, own: Own) -> np.ndarray:
        return own["pushed"] * ((week.session >= self.first_session.value) & (week.session <= self.last_session.value))

    def exacerbation(self, week: Week, own: Own) -> np.ndarray:
        """Points that pass, while the client is pushed."""
        return self.exacerbation_points.value * self._active(week, own)

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points that stay, with complex trauma."""
        return self.lasting_points.value * self._active(week, own) * week.trauma

    def rupture(self, week: Week, own: Own) -> np.ndarray:
        """Log odds of a rupture while the client is pushed."""
        return self.rupture_logit.value * self._active(week, own)

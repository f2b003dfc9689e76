"""Overmedication: drugs that should not have been given, too many of them, and stopping them abruptly."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Probability, Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class Overmedication(Mechanism):
    """Inappropriate drugs bring side effects, more with each further drug and in the young; dependence, and withdrawal.

    drugs = 0 for clients without an inappropriate prescription, else 1, 2 or 3:
            u1 < share and u2 < inappropriate; 2 or more if u3 < two_or_more, 3 if u3 < three_or_more
    dependence = 0 at first; after each session dependence + growth * (1 - dependence) while drugs > 0
    stopped abruptly after a session with probability abrupt_stop while drugs > 0: withdrawal = dependence, drugs = 0,
            dependence = 0; afterwards withdrawal falls to kept * withdrawal after each session
    burden = drugs * (1 + young_extra * young)
    symptom = side_effect_points * burden
    drift = interaction_points * max(0, drugs - 1) * (1 + young_extra * young)
    exacerbation = withdrawal_points * withdrawal
    after = late_withdrawal_points * dependence      (for those who stop after the end)
    """

    kind: Literal["overmedication"] = "overmedication"
    seed: ClassVar = (
        "Opening",
        "Overmedication and Medication-Related Harm",
        "Prescription Risks and Misuse",
        "Side Effects and Dependency",
        "Causes Behind Iatrogenic Effects in Therapy",
    )
    signs: ClassVar = {"symptom": 1, "drift": 1, "exacerbation": 1}
    own: ClassVar = ("drugs", "dependence", "withdrawal")
    share: Proportion
    inappropriate: Proportion
    two_or_more: Proportion
    three_or_more: Proportion
    side_effect_points: Sourced
    interaction_points: Sourced
    young_extra: Proportion
    growth: Proportion
    abrupt_stop: Probability
    withdrawal_points: Sourced
    kept: Proportion
    late_withdrawal_points: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who takes how many drugs that should not have been prescribed."""
        harmful = draw.uniform("prescribed") < self.share.value
        harmful &= draw.uniform("inappropriate") < self.inappropriate.value * exposure
        more = draw.uniform("polypharmacy")
        drugs = 1 + (more < self.two_or_more.value) + (more < self.three_or_more.value)
        return {"drugs": harmful * drugs}

    def _extra(self, week: Week) -> np.ndarray:
        return 1.0 + self.young_extra.value * week.young

    def symptom(self, week: Week, own: Own) -> np.ndarray:
        """Points of side effects per session."""
        return self.side_effect_points.value * own["drugs"] * self._extra(week)

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session by interactions, from the second drug on."""
        return self.interaction_points.value * np.maximum(own["drugs"] - 1.0, 0.0) * self._extra(week)

    def exacerbation(self, week: Week, own: Own) -> np.ndarray:
        """Points that pass, after an abrupt stop."""
        return self.withdrawal_points.value * own["withdrawal"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Dependence grows; some stop from one day to the next."""
        taking = own["drugs"] > 0
        stops = draw.event("stop", self.abrupt_stop.value * taking)
        dependence = own["dependence"] + self.growth.value * taking * (1.0 - own["dependence"])
        return {
            "drugs": own["drugs"] * ~stops,
            "withdrawal": np.where(stops, dependence, self.kept.value * own["withdrawal"]),
            "dependence": dependence * ~stops,
        }

    def after(self, own: Own) -> np.ndarray:
        """Points by stopping after the end."""
        return self.late_withdrawal_points.value * own["dependence"]

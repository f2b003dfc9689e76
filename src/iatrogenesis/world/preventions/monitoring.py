"""Routine outcome monitoring: scores are compared with an expected course, and the therapist is told."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.definitions import can_be_judged
from iatrogenesis.core.quantities import Probability, Proportion, Sessions
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Own, Week
from iatrogenesis.world.preventions.base import Prevention


class Monitoring(Prevention):
    """An alarm where the score lies too far above its expected course; some therapists look, and then help better.

    expected = -expected_fall * min(session - 1, expected_sessions)    in units of the reliable change
    alarm = rise - expected > margin, from the second session on
    notice = attention * alarm
    alarmed = 0 at first; after each session max(alarmed, alarm)
    drift = -support_points * noticed
    """

    kind: Literal["monitoring"] = "monitoring"
    seed: ClassVar = (
        "Defining Iatrogenic Effects in Mental Health Care",
        "Preventative Measures for Iatrogenic Effects",
        "Self-Harm Ideation Spikes",
        "Repairing Trust After Therapeutic Harm",
    )
    signs: ClassVar = {"drift": -1}
    own: ClassVar = ("alarmed",)
    expected_fall: Proportion
    expected_sessions: Sessions
    margin: Proportion
    attention: Probability
    support_points: Sourced

    def alarm(self, week: Week) -> np.ndarray:
        """Whether the client is not on track by the rule."""
        expected = -self.expected_fall.value * np.minimum(week.session - 1, self.expected_sessions.value)
        return (week.rise - expected > self.margin.value) & can_be_judged(week.session)

    def notice(self, week: Week) -> np.ndarray:
        """Probability that the alarm is seen and taken seriously."""
        return self.attention.value * self.alarm(week)

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session; negative where the therapist knows and does something about it."""
        return -self.support_points.value * week.noticed

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Who ever was off track, noticed or not."""
        return {"alarmed": np.maximum(own["alarmed"], self.alarm(week))}

"""Thorough assessment, with a second opinion where in doubt: fewer wrong diagnoses, and providers who talk."""

from typing import ClassVar, Literal

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.world.preventions.base import Amount, Prevention


class ThoroughAssessment(Prevention):
    """Some diagnoses that would have been wrong are right, and some plans that would have collided are coordinated.

    exposure(misdiagnosis) = 1 - fewer_wrong
    exposure(poor_communication) = 1 - coordinated
    """

    kind: Literal["thorough_assessment"] = "thorough_assessment"
    seed: ClassVar = ("Treatment Mismatch Dangers", "Defining Iatrogenic Effects in Mental Health Care")
    fewer_wrong: Proportion
    coordinated: Proportion

    def exposure(self, kind: str) -> Amount:
        """Fewer wrong diagnoses, fewer colliding plans."""
        fewer = {"misdiagnosis": self.fewer_wrong, "poor_communication": self.coordinated}
        return 1.0 - fewer[kind].value if kind in fewer else 1.0

"""Supervision and training: the least competent learn most, and nobody is left alone with it."""

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.cohort import Therapists
from iatrogenesis.world.preventions.base import Amount, Posts, Prevention


class Supervision(Prevention):
    """Part of what is missing to a standard of competence is learned, and burnout is relieved.

    competence = competence + learned * max(0, standard - competence)
    relief = relief_sd
    """

    kind: Literal["supervision"] = "supervision"
    seed: ClassVar = (
        "Preventative Measures for Iatrogenic Effects",
        "The Role of Therapist Competence and Burnout",
        "Defining Iatrogenic Effects in Mental Health Care",
        "Conclusion",
    )
    learned: Proportion
    standard: Sourced
    relief_sd: Sourced

    def staff(self, therapists: Therapists, posts: Posts) -> Therapists:
        """Those below the standard come closer to it."""
        missing = np.maximum(self.standard.value - therapists.competence, 0.0)
        return replace(therapists, competence=therapists.competence + self.learned.value * missing)

    def relief(self) -> Amount:
        """SD of burnout."""
        return self.relief_sd.value

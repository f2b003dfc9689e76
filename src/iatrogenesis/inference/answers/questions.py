"""What-if questions as a study asks them; apart from the models that answer."""

from pydantic import Field

from iatrogenesis.core.sources import Strict
from iatrogenesis.world.cohort import Design


class WhatIf(Strict):
    """Questions put to fitted models and to the simulated world, with clients allotted by chance and otherwise.

    `severity_by_burnout` and `course_by_burnout`: see `iatrogenesis.world.cohort.Design`.
    """

    design: Design
    rested: str
    limited: str
    severity_by_burnout: float = Field(ge=-27, le=27)
    course_by_burnout: float = Field(ge=-27, le=27)

    def designs(self) -> dict[str, Design]:
        """Design by allocation: by chance, by what is seen, by what is not."""
        return {
            "chance": self.design,
            "severity": self.design.model_copy(update={"severity_by_burnout": self.severity_by_burnout}),
            "course": self.design.model_copy(update={"course_by_burnout": self.course_by_burnout}),
        }

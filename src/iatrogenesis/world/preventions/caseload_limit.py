"""Caseload limit: nobody sees more clients at a time than is manageable; others wait longer."""

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Caseload
from iatrogenesis.world.cohort import Therapists
from iatrogenesis.world.preventions.base import Posts, Prevention


class CaseloadLimit(Prevention):
    """Places above the limit are closed, and the workload falls with them.

    caseload = min(caseload, limit)
    workload = min(workload, (limit - mean caseload) / SD of caseloads)
    """

    kind: Literal["caseload_limit"] = "caseload_limit"
    seed: ClassVar = ("The Role of Therapist Competence and Burnout",)
    neutral: ClassVar = {"limit": 1000.0}
    limit: Caseload

    def staff(self, therapists: Therapists, posts: Posts) -> Therapists:
        """Fewer places for those who had more than the limit."""
        limit = self.limit.value
        return replace(
            therapists,
            caseload=np.minimum(therapists.caseload, np.maximum(np.rint(limit), 1).astype(np.int64)),
            workload=np.minimum(therapists.workload, (limit - posts.mean) / posts.sd),
        )

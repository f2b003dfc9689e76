"""Convergence criteria, apart from the code that judges fits by them, which takes seconds to import."""

from math import log10
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Convergence(BaseModel):
    """Convergence criteria of a fit.

    Attributes
    ----------
    max_rhat
        R-hat of every parameter must be below this.
    min_ess
        Bulk and tail effective draws of every parameter must be at least this.
    max_divergences
        Divergent transitions allowed, in all chains together.
    min_bfmi
        Energy-based fraction of missing information of every chain must be at least this.
    max_pareto_k
        For engines that weight draws by importance: Pareto k must be below this, and below what so few draws allow
        (`highest_k`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_rhat: Annotated[float, Field(gt=1, le=10, allow_inf_nan=False)] = 1.01
    min_ess: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = 400.0
    max_divergences: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    min_bfmi: Annotated[float, Field(ge=0, le=1)] = 0.3
    max_pareto_k: Annotated[float, Field(gt=0, le=1)] = 0.7

    def highest_k(self, draws: int) -> float:
        """Return what Pareto k must be below for so many draws: `max_pareto_k`, or 1 - 1 / log10(draws) if less.

        Vehtari et al. (2024), arXiv:1507.02646.
        """
        return min(self.max_pareto_k, 1.0 - 1.0 / log10(max(draws, 11)))

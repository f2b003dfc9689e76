"""Convergence criteria, apart from the code that judges fits by them, which takes seconds to import."""

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
        For engines that weight draws by importance: Pareto k must be below this.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_rhat: Annotated[float, Field(gt=1, allow_inf_nan=False)] = 1.01
    min_ess: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 400.0
    max_divergences: Annotated[int, Field(ge=0)] = 0
    min_bfmi: Annotated[float, Field(ge=0, le=1)] = 0.3
    max_pareto_k: Annotated[float, Field(gt=0, le=1)] = 0.7
